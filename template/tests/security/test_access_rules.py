"""Who may call what, and whose objects they may touch (OWASP API1, API3, API5)."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.security.probe import ALICE, BOB, PLANTED, bearer, probe_client, unfit_router

METHODS = ("GET", "HEAD", "PATCH", "DELETE")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with probe_client(tmp_path) as client:
        yield client


def create(client: TestClient, token: str = "alice", name: str = "probe") -> str:
    answer = client.post("/v1/probes", json={"name": name}, headers=bearer(token))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("method", METHODS)
def test_a_strangers_object_and_a_missing_one_look_the_same(
    client: TestClient, method: str
) -> None:
    strange, missing = f"/v1/probes/{create(client)}", f"/v1/probes/{uuid4()}"
    answers = []
    for path in (strange, missing):
        content = b'{"name":"stolen"}' if method == "PATCH" else None
        headers = bearer("bob") | {"Content-Type": "application/json", "X-Request-ID": "same-id-1"}
        answer = client.request(method, path, content=content, headers=headers)
        answers.append((answer.status_code, answer.content, answer.headers["content-type"]))
    assert answers[0][0] == 404
    assert answers[0] == answers[1]
    assert client.get(strange, headers=bearer("alice")).json()["name"] == "probe"


def test_an_owner_reads_changes_and_deletes(client: TestClient) -> None:
    path = f"/v1/probes/{create(client)}"
    changed = client.patch(path, json={"name": "new"}, headers=bearer("alice"))
    assert (changed.status_code, changed.json()["name"]) == (200, "new")
    unchanged = client.patch(path, json={}, headers=bearer("alice"))
    assert (unchanged.status_code, unchanged.json()["name"]) == (200, "new")
    gone = client.delete(path, headers=bearer("alice"))
    assert (gone.status_code, gone.content, gone.headers.get("content-type")) == (204, b"", None)
    assert client.get(path, headers=bearer("alice")).status_code == 404


@pytest.mark.parametrize("value", [None, [], "text", 1, True])
def test_a_body_that_is_no_object_is_refused_as_such(client: TestClient, value: object) -> None:
    answer = client.post(
        "/v1/probes",
        content=json.dumps(value),
        headers=bearer("alice") | {"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "", "detail": "must be an object"}]


def test_an_id_has_one_spelling(client: TestClient) -> None:
    key = create(client)
    for text in (f"{{{key}}}", key.replace("-", ""), f"urn:uuid:{key}", f"{key[1:]}{key[0]}-"):
        assert client.get(f"/v1/probes/{text}", headers=bearer("alice")).status_code == 404
    assert client.get(f"/v1/probes/{key.upper()}", headers=bearer("alice")).status_code == 200


def test_null_is_not_a_way_to_leave_a_field_out(client: TestClient) -> None:
    path = f"/v1/probes/{create(client)}"
    assert client.patch(path, json={"name": None}, headers=bearer("alice")).status_code == 422


@pytest.mark.parametrize("field", ["id", "owner_id", "created_at", "role", "__class__", "name "])
def test_only_known_fields_can_be_sent(client: TestClient, field: str) -> None:
    path = f"/v1/probes/{create(client)}"
    body = {"name": "taken", field: ALICE.user_id}
    for method, target in (("POST", "/v1/probes"), ("PATCH", path)):
        answer = client.request(method, target, json=body, headers=bearer("alice"))
        assert answer.status_code == 422
    assert client.get(path, headers=bearer("alice")).json()["name"] == "probe"


def test_an_answer_shows_its_models_fields_and_no_others(client: TestClient) -> None:
    answer = client.get(f"/v1/probes/{create(client)}", headers=bearer("alice"))
    assert set(answer.json()) == {"id", "name"}


@pytest.mark.parametrize("path", ["/v1/unfit/dict", "/v1/unfit/object"])
def test_an_answer_that_does_not_fit_is_500_and_shows_nothing_even_in_the_log(
    tmp_path: Path, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with probe_client(tmp_path, unfit_router()) as client:
        answer = client.get(path, headers=bearer("alice"))
    assert answer.status_code == 500
    assert "name" in caplog.text
    assert PLANTED not in caplog.text + answer.text


def test_a_list_holds_only_the_callers_objects_on_every_page(client: TestClient) -> None:
    mine = {create(client, "alice") for _ in range(3)}
    theirs = {create(client, "bob") for _ in range(3)}
    cursor, seen = "", set()
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/probes", params=query, headers=bearer("alice")).json()
        seen |= {item["id"] for item in page["items"]}
        cursor = page["next_cursor"]
        if not cursor:
            break
        foreign = client.get("/v1/probes", params=query | {"cursor": cursor}, headers=bearer("bob"))
        assert {item["id"] for item in foreign.json()["items"]} <= theirs
    assert seen == mine


def test_roles_open_what_they_open_and_nothing_else(client: TestClient) -> None:
    path = f"/v1/admin/probes/{create(client)}"
    for token, status in (("alice", 403), ("admin", 200)):
        answer = client.patch(path, json={"name": "renamed"}, headers=bearer(token))
        assert answer.status_code == status
        assert client.get("/v1/admin/ping", headers=bearer(token)).status_code == status
    assert (
        client.patch(
            f"/v1/admin/probes/{uuid4()}", json={"name": "x"}, headers=bearer("admin")
        ).status_code
        == 404
    )
    own = create(client, "alice")
    assert client.get(f"/v1/probes/{own}", headers=bearer("admin")).status_code == 404


def test_a_policy_decides_over_attributes_of_the_object(client: TestClient) -> None:
    short, long = create(client, name="abc"), create(client, name="abcd")
    assert client.get(f"/v1/shared/{short}", headers=bearer("bob")).status_code == 200
    assert client.get(f"/v1/shared/{long}", headers=bearer("bob")).status_code == 404
    assert client.get(f"/v1/shared/{long}").status_code == 401


def test_a_denied_caller_is_a_security_event(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """ASVS 5.0 16.3.2: refused authorization is logged with who and what."""
    strange = create(client)
    client.get(f"/v1/probes/{strange}", headers=bearer("bob"))
    client.get("/v1/admin/ping", headers=bearer("bob"))
    events = {record.getMessage(): vars(record)["fields"] for record in caplog.records}
    assert events["object_denied"]["actor"] == BOB.user_id
    assert str(events["object_denied"]["object"]) == strange
    assert events["role_denied"]["rule"] == "role:admin"


def test_a_method_cannot_be_smuggled(client: TestClient) -> None:
    path = f"/v1/probes/{create(client)}"
    headers = bearer("alice") | {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    assert client.post(path, headers=headers).status_code == 405
    assert client.get(f"{path}?_method=DELETE", headers=headers).status_code == 200
    assert client.get(path, headers=bearer("alice")).status_code == 200


def test_head_answers_like_get_without_its_body(client: TestClient) -> None:
    path = f"/v1/probes/{create(client)}"
    get, head = (
        client.request(method, path, headers=bearer("alice")) for method in ("GET", "HEAD")
    )
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert client.head("/v1/me").status_code == 401


@pytest.mark.parametrize(
    "path", ["/v1/open/", "/v1//open", "/V1/open", "/v1/open;x=1", "/v1/open/x", "/v1/probes/"]
)
def test_there_is_one_spelling_of_a_path_and_no_redirect(client: TestClient, path: str) -> None:
    assert client.get(path, follow_redirects=False).status_code in {400, 404}


def test_a_handler_that_fails_leaves_nothing_behind(client: TestClient) -> None:
    answer = client.post("/v1/probes", json={"name": "explode"}, headers=bearer("alice"))
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "explode" not in answer.text
    assert client.get("/v1/probes", headers=bearer("alice")).json()["items"] == []


@pytest.mark.parametrize(
    "limit", ["0", "101", "-1", "1_0", "1.0", "٣", "1e1", "9" * 5000, "", " 5"]
)
def test_a_limit_is_a_plain_number_within_the_cap(client: TestClient, limit: str) -> None:
    answer = client.get("/v1/probes", params={"limit": limit}, headers=bearer("alice"))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "cursor", ["", "a", "A" * 31, "A" * 33, "=" * 32, "+" * 32, "A" * 31 + "!", "8" * 32]
)
def test_a_cursor_is_parsed_to_the_character(client: TestClient, cursor: str) -> None:
    answer = client.get("/v1/probes", params={"cursor": cursor}, headers=bearer("alice"))
    assert answer.status_code == 422
