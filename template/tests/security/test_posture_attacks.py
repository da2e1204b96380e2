"""Attacks made from the posture locks: a new route is attacked without a new test.

Each test goes over all routes of both locks and reports every route that gave way.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.security.routes import Route
from app.storage.models import User
from tests.security.accounts import PASSWORD, Account, register, sign_in
from tests.security.conftest import MakeClient
from tests.security.locks import locked
from tests.security.planting import plant

JSON = {"Content-Type": "application/json"}
BROKEN = b'{"broken": '
SERVER_ONLY = {
    "id": str(uuid4()),
    "owner_id": str(uuid4()),
    "user_id": str(uuid4()),
    "created_at": "2020-01-01T00:00:00Z",
    "is_admin": True,
    "password_hash": "x",
    "unknown_field": 1,
}


@pytest.fixture
def client(make_client: MakeClient) -> TestClient:
    """The service with limits that do not get in the way of many requests."""
    return make_client(limits={"public": "", "authenticated": "", "admin": ""})


@pytest.fixture
def rows(database_url: str) -> Iterator[Session]:
    engine = create_engine(database_url.replace("sqlite+aiosqlite", "sqlite"))
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def admin(client: TestClient, rows: Session) -> Account:
    """An administrator, made behind the service's back."""
    account = register(client, "admin@example.com")
    rows.execute(update(User).where(User.id == UUID(account.id)).values(role="admin"))
    rows.commit()
    tokens = sign_in(client, account.email, PASSWORD)
    return Account(
        account.id, account.email, PASSWORD, tokens["access_token"], tokens["refresh_token"]
    )


def fill(path: str, value: object = None) -> str:
    """Return a path with every parameter set."""
    return "/".join(
        str(value or uuid4()) if part.startswith("{") else part for part in path.split("/")
    )


def request(
    client: TestClient, route: Route, path: str, account: Account | None, content: bytes = BROKEN
) -> Any:  # noqa: ANN401 - the client's response
    headers = dict(account.bearer) if account else {}
    if not route.body.media_types:
        return client.request(route.method, path, headers=headers)
    media_type = min(route.body.media_types)
    headers["Content-Type"] = media_type
    return client.request(route.method, path, content=content, headers=headers)


def is_problem(answer: Any, status: int) -> bool:  # noqa: ANN401 - the client's response
    kind = answer.headers.get("content-type", "")
    return bool(answer.status_code == status and kind == "application/problem+json")


def routes_with(condition: str) -> list[tuple[str, Route]]:
    """Return the locked routes of a kind; there must be some, or the tests would test nothing."""
    kinds: dict[str, Callable[[Route], bool]] = {
        "caller": lambda route: not route.access.anonymous,
        "role": lambda route: route.access.role is not None,
        "owner": lambda route: route.access.owner is not None,
        "object": lambda route: route.access.model is not None,
        "model": lambda route: route.request_model is not None,
        "page": lambda route: route.page_limit is not None,
        "any": lambda _route: True,
    }
    found = [(key, route) for key, route in locked() if kinds[condition](route)]
    assert found, f"no locked route of the kind {condition!r}"
    return found


def test_no_caller_is_401_before_anything_is_read(client: TestClient) -> None:
    """API2: neither without a token nor with one that is not ours."""
    gave_way = []
    for key, route in routes_with("caller"):
        for headers in ({}, {"Authorization": "Bearer not.a.token"}):
            answer = client.request(
                route.method, fill(route.path), content=BROKEN, headers=JSON | headers
            )
            if not is_problem(answer, 401) or "WWW-Authenticate" not in answer.headers:
                gave_way.append((key, answer.status_code))
    assert not gave_way


def test_a_user_is_403_where_a_role_is_demanded(
    client: TestClient, alice: Account, admin: Account
) -> None:
    """API5: by every method, before body and object; and the role does open the route."""
    gave_way = []
    for key, route in routes_with("role"):
        path = fill(route.path)
        if not is_problem(request(client, route, path, alice), 403):
            gave_way.append((key, "user"))
        if request(client, route, path, admin).status_code == 403:
            gave_way.append((key, "admin"))
    assert not gave_way


def test_a_strangers_object_is_404_like_a_missing_one(
    client: TestClient, alice: Account, bob: Account, rows: Session
) -> None:
    """API1: same status, same body but for the request id, same fields; and no trace is left."""
    gave_way = []
    for key, route in routes_with("owner"):
        model, attribute = route.access.model, route.access.owner
        assert model is not None
        assert attribute is not None
        planted = plant(rows, model, UUID(alice.id), attribute)
        rows.commit()
        strange = request(client, route, fill(route.path, planted), bob)
        missing = request(client, route, fill(route.path), bob)
        if not is_problem(strange, 404) or anonymous(strange) != anonymous(missing):
            gave_way.append((key, strange.status_code, missing.status_code))
        rows.expire_all()
        if rows.get(model, planted) is None:
            gave_way.append((key, "deleted", "by a stranger"))
    assert not gave_way


def test_an_owner_is_not_taken_for_a_stranger(
    client: TestClient, alice: Account, rows: Session
) -> None:
    """Without this, a route that answers 404 to everyone would pass the test above."""
    for key, route in routes_with("owner"):
        model, attribute = route.access.model, route.access.owner
        assert model is not None
        assert attribute is not None
        planted = plant(rows, model, UUID(alice.id), attribute)
        rows.commit()
        answer = request(client, route, fill(route.path, planted), alice)
        # What is below an object, such as its attachment, may be missing.
        if route.path.endswith("}"):
            assert answer.status_code != 404, key


def test_a_malformed_id_is_404_before_the_body(
    client: TestClient, alice: Account, admin: Account
) -> None:
    gave_way = []
    for key, route in routes_with("object"):
        account = admin if route.access.role == "admin" else alice
        for text in ("1", "not-an-id", "null", "%00", "0" * 5000, "..%2f1"):
            answer = request(client, route, fill(route.path, text), account)
            if answer.status_code not in {400, 404, 414} or (
                answer.status_code == 400 and "%" not in text
            ):
                gave_way.append((key, text[:10], answer.status_code))
    assert not gave_way


def test_unknown_and_server_only_fields_are_422(
    client: TestClient, alice: Account, admin: Account, rows: Session
) -> None:
    """API3: each is named by a pointer, so that nothing is assigned in passing."""
    gave_way = []
    for key, route in routes_with("model"):
        assert route.request_model is not None
        fields = {
            name: value
            for name, value in SERVER_ONLY.items()
            if name not in route.request_model.model_fields
        }
        path, account = fill(route.path), admin if route.access.role == "admin" else alice
        if route.access.model is not None:
            attribute = route.access.owner
            owner = UUID(alice.id)
            target = plant(rows, route.access.model, owner, attribute) if attribute else owner
            rows.commit()
            path = fill(route.path, target)
        headers = {} if route.access.anonymous else account.bearer
        answer = client.request(route.method, path, json=fields, headers=headers)
        named = {error["pointer"] for error in answer.json().get("errors", ())}
        if not is_problem(answer, 422) or not {f"/{name}" for name in fields} <= named:
            gave_way.append((key, answer.status_code, sorted(named)))
    assert not gave_way


def test_a_refused_body_is_400_or_415_and_never_500(client: TestClient) -> None:
    gave_way = []
    for key, route in routes_with("model"):
        if not route.access.anonymous:
            continue
        path = fill(route.path)
        wrong = client.request(route.method, path, content=b"{}", headers={"Content-Type": "a/b"})
        bad = client.request(route.method, path, content=BROKEN, headers=JSON)
        if not (is_problem(wrong, 415) and is_problem(bad, 400)):
            gave_way.append((key, wrong.status_code, bad.status_code))
    assert not gave_way


def test_no_page_is_larger_than_its_cap(client: TestClient, alice: Account, admin: Account) -> None:
    """API4."""
    gave_way = []
    for key, route in routes_with("page"):
        account = admin if route.access.role == "admin" else alice
        assert route.page_limit is not None
        for limit in (route.page_limit + 1, 0, -1, 10**30, "1_0"):
            answer = client.get(route.path, params={"limit": limit}, headers=account.bearer)
            if not is_problem(answer, 422):
                gave_way.append((key, str(limit)[:10], answer.status_code))
        if client.get(route.path, params={"limit": 1}, headers=account.bearer).status_code != 200:
            gave_way.append((key, "1", 0))
    assert not gave_way


def test_other_methods_are_405_with_the_complete_allow(client: TestClient, alice: Account) -> None:
    """API9: what is not declared is not there, for callers of any kind."""
    methods: dict[str, set[str]] = {}
    for _, route in routes_with("any"):
        methods.setdefault(route.path, set()).add(route.method)
    gave_way = []
    for path, declared in methods.items():
        allow = declared | ({"HEAD"} if "GET" in declared else set())
        for method in {
            "GET",
            "POST",
            "PUT",
            "PATCH",
            "DELETE",
            "OPTIONS",
            "TRACE",
            "PURGE",
        } - allow:
            answer = client.request(method, fill(path), headers=alice.bearer)
            said = set(answer.headers.get("Allow", "").split(", "))
            if not is_problem(answer, 405) or said != allow:
                gave_way.append((method, path, answer.status_code, said))
    assert not gave_way


def anonymous(answer: Any) -> tuple[Any, list[str]]:  # noqa: ANN401 - the client's response
    """Return body and field names without what differs between any two answers."""
    body = answer.json()
    body.pop("request_id")
    return body, sorted(name for name in answer.headers if name != "x-request-id")
