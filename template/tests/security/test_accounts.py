"""Accounts: registration, sign-in limits, passwords, profiles, administration."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from sqlalchemy import Delete, Update, delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.testclient import TestClient

from app.auth.accounts import Accounts
from app.auth.flow_limits import FAILURES, FlowLimits
from app.security.context import Role
from app.security.limiter_memory import MemoryLimiter
from app.security.limits import Decision, Quota
from app.security.passwords import Passwords, Verdict
from app.security.problems import Problem
from app.settings import Settings
from app.storage.database import Database
from app.storage.models import User
from tests.security.accounts import (
    NEW_PASSWORD,
    PASSWORD,
    Account,
    issue_reset,
    on_both_databases,
    post_sign_in,
    promote,
    register,
    sign_in,
    use_reset,
)
from tests.security.conftest import client_of

MakeClient = Callable[..., TestClient]
MakeSettings = Callable[..., Settings]


def post_register(client: TestClient, email: str, password: str = PASSWORD) -> httpx2.Response:
    return client.post("/v1/auth/register", json={"email": email, "password": password})


def from_address(client: TestClient, address: str) -> TestClient:
    """Return a client of the same running service at another address."""
    neighbour = client_of(client.app, address=address)
    neighbour.portal = client.portal  # the same event loop
    return neighbour


# Registration


def test_registration_answers_the_account_without_secrets(client: TestClient) -> None:
    answer = post_register(client, "Alice@Example.COM")
    assert answer.status_code == 201
    assert answer.json().keys() == {"id", "email", "created_at"}
    assert answer.json()["email"] == "alice@example.com"


@on_both_databases
def test_an_address_is_taken_once_however_it_is_spelt(client: TestClient, alice: Account) -> None:
    assert post_register(client, alice.email.upper()).status_code == 409


@on_both_databases
def test_of_concurrent_registrations_one_wins(client: TestClient) -> None:
    with ThreadPoolExecutor(4) as pool:
        codes = sorted(
            pool.map(lambda _: post_register(client, "a@example.com").status_code, range(4))
        )
    assert codes == [201, 409, 409, 409]


@pytest.mark.parametrize(
    "extra", [{"role": "admin"}, {"active": True}, {"id": "x"}, {"is_admin": True}]
)
def test_registration_assigns_nothing_else(client: TestClient, extra: dict[str, Any]) -> None:
    body = {"email": "alice@example.com", "password": PASSWORD, **extra}
    assert client.post("/v1/auth/register", json=body).status_code == 422
    assert post_sign_in(client, "alice@example.com").status_code == 400


@pytest.mark.parametrize(
    "email",
    [
        "",
        "alice",
        "@example.com",
        "a@",
        "a b@example.com",
        "a@b..c",
        "a@localhost",
        "ä@example.com",
        "a@-b.com",
        "a@example.com\nBcc: x@y.z",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 250}.com",
    ],
)
def test_what_is_no_address_is_refused_without_an_echo(client: TestClient, email: str) -> None:
    answer = post_register(client, email)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/email"


def test_closed_registration_is_not_there(make_client: MakeClient) -> None:
    client = make_client(accounts={"registration": "closed"})
    assert post_register(client, "alice@example.com").status_code == 404
    assert client.get("/v1/auth/register").status_code == 404


def test_registration_is_limited_per_address_once_the_body_is_valid(client: TestClient) -> None:
    for number in range(5):
        assert post_register(client, f"user{number}@example.com", "short").status_code == 422
    for number in range(5):
        assert post_register(client, f"user{number}@example.com").status_code == 201
    refused = post_register(client, "user5@example.com")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert '"register";q=5;w=3600' in refused.headers["RateLimit-Policy"]
    assert '"register";r=0;t=3600' in refused.headers["RateLimit"]
    assert post_register(from_address(client, "192.0.2.99"), "user5@example.com").status_code == 201


def test_one_ipv6_host_is_one_address_however_many_it_has(make_client: MakeClient) -> None:
    client = make_client(address="2001:db8::1")
    for number in range(5):
        neighbour = from_address(client, f"2001:db8::{number + 2}")
        assert post_register(neighbour, f"user{number}@example.com").status_code == 201
    assert post_register(from_address(client, "2001:db8::ffff"), "x@example.com").status_code == 429
    assert post_register(from_address(client, "2001:db8:1::1"), "x@example.com").status_code == 201


# Sign-in


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "invalid_request"),
        ({"grant_type": "password", "username": "a@example.com"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": ["a", "b"]}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": ["a", "a"]}, "invalid_request"),
    ],
)
def test_malformed_token_requests_have_the_errors_of_oauth(
    client: TestClient, form: dict[str, Any], error: str
) -> None:
    answer = client.post("/v1/auth/token", data={"ignored": "yes", **form})
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_form_that_is_not_utf_8_is_refused(client: TestClient) -> None:
    answer = client.post(
        "/v1/auth/token",
        content=b"grant_type=password&username=a&password=%ff",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain"]
)
def test_a_token_request_is_a_form(client: TestClient, kind: str) -> None:
    answer = client.post("/v1/auth/token", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415


def test_sign_in_is_limited_per_address(client: TestClient) -> None:
    codes = [post_sign_in(client, f"u{n}@example.com", "x").status_code for n in range(11)]
    assert codes == [400] * 10 + [429]


@pytest.mark.parametrize("known", [True, False])
def test_failures_are_limited_per_account_from_everywhere(
    client: TestClient, alice: Account, *, known: bool
) -> None:
    """Known and unknown accounts alike, or the limit would tell which exist."""
    email = alice.email if known else "nobody@example.com"
    strangers = [from_address(client, f"198.51.100.{n}") for n in range(1, 22)]
    codes = [post_sign_in(stranger, email, "wrong").status_code for stranger in strangers]
    assert codes == [400] * 20 + [429]
    refused = post_sign_in(from_address(client, "198.51.100.99"), email)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert '"sign-in-failures";r=0;t=' in refused.headers["RateLimit"]


def test_the_limit_of_failures_does_not_lock_the_owner_out(
    client: TestClient, alice: Account
) -> None:
    for n in range(1, 22):
        post_sign_in(from_address(client, f"198.51.100.{n}"), alice.email, "wrong")
    assert post_sign_in(client, alice.email).status_code == 200


def test_a_burst_makes_no_more_guesses_than_its_quota(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.security.passwords.MAX_WAITING", 100)
    client = make_client()
    strangers = [from_address(client, f"198.51.100.{n}") for n in range(1, 31)]
    with ThreadPoolExecutor(30) as pool:
        codes = list(
            pool.map(lambda s: post_sign_in(s, "a@example.com", "x").status_code, strangers)
        )
    assert codes.count(400) <= 20
    assert set(codes) <= {400, 429, 503}


def test_a_guess_that_fails_while_the_store_answers_another_counts() -> None:
    class SlowStore(MemoryLimiter):
        """Answers questions, not counts, only when it is told to."""

        answers = asyncio.Event()

        async def hit(self, key: str, quota: Quota, cost: int = 1) -> Decision:
            decision = await super().hit(key, quota, cost)
            if not cost:
                await self.answers.wait()
            return decision

    async def guess(limits: FlowLimits, until: asyncio.Event) -> int:
        try:
            async with limits.guess("a@example.com", known_address=False):
                await until.wait()
                raise Problem(400, "wrong")  # noqa: TRY301 - as a wrong password does
        except Problem as problem:
            return problem.status

    async def last_two() -> tuple[int, int]:
        store, compared, anything = SlowStore(), asyncio.Event(), asyncio.Event()
        limits = FlowLimits(store)
        store.answers.set()
        anything.set()
        for _ in range(FAILURES.limit - 1):
            assert await guess(limits, anything) == 400
        first = asyncio.create_task(guess(limits, compared))
        await asyncio.sleep(0)
        store.answers.clear()
        second = asyncio.create_task(guess(limits, anything))
        await asyncio.sleep(0)
        compared.set()
        ended = await first
        store.answers.set()
        return ended, await second

    assert asyncio.run(last_two()) == (400, 429)


def test_successes_are_no_failures(client: TestClient, alice: Account) -> None:
    for n in range(1, 26):
        assert post_sign_in(from_address(client, f"198.51.100.{n}"), alice.email).status_code == 200


def test_an_inactive_account_looks_like_a_wrong_password(
    client: TestClient, alice: Account, administrator: Account, caplog: pytest.LogCaptureFixture
) -> None:
    change(client, administrator, alice.id, active=False)
    caplog.clear()
    inactive, wrong = post_sign_in(client, alice.email), post_sign_in(client, alice.email, "wrong")
    assert inactive.status_code == wrong.status_code == 400
    assert caplog.messages.count("sign_in_failed") == 2
    assert {**inactive.json(), "request_id": ""} == {**wrong.json(), "request_id": ""}


@pytest.mark.parametrize(
    "statement",
    [
        update(User).values(active=False),
        update(User).values(password_hash="changed"),
        delete(User),
    ],
    ids=["deactivated", "password changed", "deleted"],
)
def test_what_changes_while_a_password_is_compared_counts(
    client: TestClient,
    alice: Account,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    statement: Update | Delete,
) -> None:
    """The comparison takes long enough for an administrator, or the owner, to be faster."""
    verify = Passwords.verify

    async def slowly(self: Passwords, stored: str | None, password: str) -> Verdict:
        verdict = await verify(self, stored, password)
        database = Database(database_url)
        async with database.write() as session:
            await session.execute(statement)
        await database.close()
        return verdict

    monkeypatch.setattr(Passwords, "verify", slowly)
    answer = post_sign_in(client, alice.email)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


# One's own account


def test_me_shows_and_changes_the_profile_and_nothing_else(
    client: TestClient, alice: Account
) -> None:
    shown = client.get("/v1/users/me", headers=alice.bearer).json()
    assert shown.keys() == {"id", "email", "role", "created_at", "display_name"}
    changed = client.patch("/v1/users/me", headers=alice.bearer, json={"display_name": "Ally"})
    assert (changed.status_code, changed.json()["display_name"]) == (200, "Ally")
    assert (
        client.patch("/v1/users/me", headers=alice.bearer, json={}).json()["display_name"] == "Ally"
    )
    for attack in (
        {"role": "admin"},
        {"email": "x@example.com"},
        {"active": False},
        {"id": alice.id},
    ):
        answer = client.patch("/v1/users/me", headers=alice.bearer, json=attack)
        assert answer.status_code == 422
    assert client.get("/v1/users/me", headers=alice.bearer).json()["role"] == "user"


@on_both_databases
def test_a_deleted_account_is_gone_at_once(client: TestClient, alice: Account) -> None:
    assert client.delete("/v1/users/me", headers=alice.bearer).status_code == 204
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == 401
    assert post_sign_in(client, alice.email).status_code == 400
    assert post_register(client, alice.email).status_code == 201


# Passwords


@on_both_databases
def test_a_changed_password_ends_the_other_sessions(client: TestClient, alice: Account) -> None:
    other = sign_in(client, alice.email)
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    answer = client.post("/v1/auth/password", headers=alice.bearer, json=body)
    assert answer.status_code == 204, answer.text
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == 200
    bearer = {"Authorization": f"Bearer {other['access_token']}"}
    assert client.get("/v1/users/me", headers=bearer).status_code == 401
    assert post_sign_in(client, alice.email, PASSWORD).status_code == 400
    assert post_sign_in(client, alice.email, NEW_PASSWORD).status_code == 200


def test_changing_a_password_needs_the_current_one(client: TestClient, alice: Account) -> None:
    body = {"current_password": "wrong", "new_password": NEW_PASSWORD}
    codes = [
        client.post("/v1/auth/password", headers=alice.bearer, json=body).status_code
        for _ in range(6)
    ]
    assert codes == [403] * 5 + [429]
    assert post_sign_in(client, alice.email).status_code == 200


def test_a_changed_password_meets_the_policy(client: TestClient, alice: Account) -> None:
    body = {"current_password": PASSWORD, "new_password": "alice@example.com"}
    answer = client.post("/v1/auth/password", headers=alice.bearer, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/new_password"


def test_no_secret_and_no_address_reaches_the_log(
    client: TestClient,
    make_settings: MakeSettings,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Everything that is done with secrets, well and badly, and nothing of them in any line."""
    caplog.set_level("DEBUG")
    alice = register(client, "alice@example.com")
    post_sign_in(client, alice.email, "a-wrong-password-for-alice")
    form = {"grant_type": "refresh_token", "refresh_token": alice.refresh}
    newest = client.post("/v1/auth/token", data=form).json()
    client.post("/v1/auth/token", data=form)
    token = issue_reset(make_settings(), alice.email)
    use_reset(client, token, "short")
    use_reset(client, token)
    client.get("/v1/users/me", headers={"Authorization": f"Bearer {newest['access_token']}"})
    logged = caplog.text + "".join(capfd.readouterr())
    logged += "".join(str(vars(record)) for record in caplog.records)
    for event in ("account_created", "sign_in_failed", "refresh_token_reused", "password_reset"):
        assert event in logged
    secrets = [PASSWORD, NEW_PASSWORD, "a-wrong-password-for-alice", token, *newest.values()]
    for secret in (*secrets, alice.access, alice.refresh, alice.email):
        assert len(str(secret)) < 7 or str(secret) not in logged


# Administration


def change(
    client: TestClient, administrator: Account, user_id: str, **changes: object
) -> httpx2.Response:
    return client.patch(f"/v1/admin/users/{user_id}", headers=administrator.bearer, json=changes)


def test_administration_is_for_administrators(client: TestClient, alice: Account) -> None:
    for method, path in (("GET", "/v1/admin/users"), ("PATCH", f"/v1/admin/users/{alice.id}")):
        assert client.request(method, path).status_code == 401
        assert client.request(method, path, headers=alice.bearer).status_code == 403


def test_the_list_of_users_is_paged_and_shows_no_secret(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    page = client.get("/v1/admin/users?limit=1", headers=administrator.bearer).json()
    assert [user["email"] for user in page["items"]] == [alice.email]
    assert page["items"][0].keys() == {
        "id", "email", "role", "created_at", "display_name", "active"
    }  # fmt: skip
    rest = client.get(
        "/v1/admin/users",
        params={"limit": 1, "cursor": page["next_cursor"]},
        headers=administrator.bearer,
    ).json()
    assert [user["email"] for user in rest["items"]] == [administrator.email]
    assert rest["next_cursor"] is None


@on_both_databases
def test_a_role_change_takes_effect_at_once(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    """Also several times within one second: the old tokens die, the new ones live."""
    for role, status in (("admin", 200), ("user", 403), ("admin", 200)):
        assert change(client, administrator, alice.id, role=role).json()["role"] == role
        assert client.get("/v1/users/me", headers=alice.bearer).status_code == 401
        tokens = sign_in(client, alice.email)
        alice = Account(alice.id, alice.email, PASSWORD, tokens["access_token"], "")
        assert client.get("/v1/admin/users", headers=alice.bearer).status_code == status


def test_a_session_survives_a_role_change_by_refreshing(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    change(client, administrator, alice.id, role="admin")
    form = {"grant_type": "refresh_token", "refresh_token": alice.refresh}
    tokens = client.post("/v1/auth/token", data=form).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/v1/admin/users", headers=bearer).status_code == 200


@on_both_databases
def test_deactivation_takes_effect_at_once(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    assert change(client, administrator, alice.id, active=False).json()["active"] is False
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": alice.refresh}
    assert client.post("/v1/auth/token", data=form).status_code == 400


def test_deletion_takes_effect_at_once(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    path = f"/v1/admin/users/{alice.id}"
    assert client.delete(path, headers=administrator.bearer).status_code == 204
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == 401
    assert client.delete(path, headers=administrator.bearer).status_code == 404


def test_the_last_active_administrator_stays(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    mine = administrator.id
    assert change(client, administrator, mine, role="user").status_code == 409
    assert change(client, administrator, mine, active=False).status_code == 409
    path = f"/v1/admin/users/{mine}"
    assert client.delete(path, headers=administrator.bearer).status_code == 409
    assert client.delete("/v1/users/me", headers=administrator.bearer).status_code == 409
    change(client, administrator, alice.id, role="admin")
    assert change(client, administrator, mine, role="user").status_code == 200


@on_both_databases
def test_two_administrators_cannot_remove_each_other_at_once(
    client: TestClient,
    administrator: Account,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also when each has locked the other's row before either looks who is left."""
    demote = Accounts.change
    begun: list[User] = []
    both = asyncio.Event()

    async def together(
        self: Accounts, session: AsyncSession, user: User, *, role: Role | None, active: bool | None
    ) -> None:
        begun.append(user)
        if len(begun) > 1:
            both.set()
        with suppress(TimeoutError):  # SQLite lets no other in before this one has ended
            await asyncio.wait_for(both.wait(), 0.4)
        await demote(self, session, user, role=role, active=active)

    monkeypatch.setattr(Accounts, "change", together)
    other = register(client, "other@example.com")
    promote(database_url, other.email)
    tokens = sign_in(client, other.email)
    second = Account(other.id, other.email, PASSWORD, tokens["access_token"], "")
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda pair: change(client, pair[0], pair[1].id, role="user").status_code,
                [(administrator, second), (second, administrator)],
            )
        )
    assert sorted(answers) in ([200, 401], [200, 409])
