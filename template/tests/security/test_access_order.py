"""The order of answers: a refused caller's body is never read, and no answer tells too much."""

import asyncio
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from app.security.edge import EdgePolicy, protect
from app.security.limiter_memory import MemoryLimiter
from tests.security.probe import TokenTable, bearer, probe_api, probe_client

BROKEN = b'{"name": '
UNKNOWN = str(uuid4())


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with probe_client(tmp_path) as client:
        yield client


def create(client: TestClient, token: str = "alice", name: str = "probe") -> str:
    answer = client.post("/v1/probes", json={"name": name}, headers=bearer(token))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def send_broken(client: TestClient, method: str, path: str, token: str | None) -> int:
    headers = {"Content-Type": "application/xml"} | (bearer(token) if token else {})
    return client.request(method, path, content=BROKEN, headers=headers).status_code


def test_an_unknown_path_is_404_before_anything_else(client: TestClient) -> None:
    assert send_broken(client, "POST", "/v1/nothing", None) == 404


def test_a_wrong_method_is_405_before_the_caller_is_asked_for(client: TestClient) -> None:
    answer = client.put(f"/v1/probes/{UNKNOWN}")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, PATCH"


def test_options_without_origin_is_405_with_the_complete_allow(client: TestClient) -> None:
    answer = client.options("/v1/probes")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_no_caller_is_401_before_the_body_is_looked_at(client: TestClient) -> None:
    assert send_broken(client, "POST", "/v1/probes", None) == 401
    assert send_broken(client, "PATCH", f"/v1/admin/probes/{UNKNOWN}", None) == 401


def test_the_challenge_says_whether_a_token_was_sent(client: TestClient) -> None:
    absent = client.get("/v1/me")
    wrong = client.get("/v1/me", headers=bearer("mallory"))
    assert absent.headers["WWW-Authenticate"] == "Bearer"
    assert wrong.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_wrong_role_is_403_before_the_object_and_the_body(client: TestClient) -> None:
    assert send_broken(client, "PATCH", f"/v1/admin/probes/{UNKNOWN}", "alice") == 403
    assert send_broken(client, "PATCH", "/v1/admin/probes/not-an-id", "alice") == 403


@pytest.mark.parametrize("text", ["not-an-id", "1", f"{{{UNKNOWN}}}", UNKNOWN.replace("-", "")])
def test_a_malformed_id_is_404_before_the_body(client: TestClient, text: str) -> None:
    assert send_broken(client, "PATCH", f"/v1/probes/{text}", "alice") == 404


def test_a_strangers_object_is_404_before_the_body(client: TestClient) -> None:
    path = f"/v1/probes/{create(client)}"
    assert send_broken(client, "PATCH", path, "bob") == 404


def drive(path: Path, method: str, target: str, token: bytes) -> tuple[list[Any], int]:
    """Call the application as a server does; return what it sent and how often it read."""
    sent: list[Any] = []
    reads = 0

    async def receive() -> dict[str, Any]:
        nonlocal reads
        reads += 1
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    edge = EdgePolicy(limiter=MemoryLimiter(), authenticator=TokenTable(), force_https=False)
    api = probe_api(path)
    app = protect(api, edge)
    headers = [
        (b"host", b"localhost"),
        (b"content-length", b"2"),
        (b"content-type", b"application/json"),
        (b"authorization", b"Bearer " + token),
    ]
    scope = {"type": "http", "method": method, "path": target, "raw_path": target.encode()}
    scope |= {"headers": headers, "query_string": b"", "scheme": "http", "client": ("::1", 1)}

    async def serve() -> None:
        await app(scope, receive, send)
        await api.database.close()

    asyncio.run(serve())
    return sent, reads


@pytest.mark.parametrize(
    ("method", "target", "token", "status"),
    [
        ("POST", "/v1/probes", b"", 401),
        ("PATCH", f"/v1/admin/probes/{UNKNOWN}", b"bob", 403),
        ("PATCH", f"/v1/probes/{UNKNOWN}", b"bob", 404),
        ("POST", "/v1/form", b"bob", 415),
    ],
)
def test_a_refused_body_is_not_even_received(
    tmp_path: Path, method: str, target: str, token: bytes, status: int
) -> None:
    sent, reads = drive(tmp_path, method, target, token)
    assert (sent[0]["status"], reads) == (status, 0)


def test_the_answer_to_head_has_no_body_whatever_the_server_does(tmp_path: Path) -> None:
    sent, _ = drive(tmp_path, "HEAD", "/v1/me", b"bob")
    assert sent[0]["status"] == 200
    assert b"".join(message["body"] for message in sent[1:]) == b""


def test_the_media_type_is_checked_before_the_json(client: TestClient) -> None:
    path = f"/v1/probes/{create(client)}"
    assert send_broken(client, "PATCH", path, "alice") == 415
    headers = bearer("alice") | {"Content-Type": "application/json"}
    assert client.patch(path, content=BROKEN, headers=headers).status_code == 400
    assert client.patch(path, json={"nmae": "x"}, headers=headers).status_code == 422


@pytest.mark.parametrize(
    "media_type",
    ["", "text/plain", "application/x+json", "application/json; charset=utf-16", "multipart/json"],
)
def test_json_is_taken_as_json_only(client: TestClient, media_type: str) -> None:
    headers = bearer("alice") | ({"Content-Type": media_type} if media_type else {})
    answer = client.post("/v1/probes", content=b'{"name":"x"}', headers=headers)
    assert answer.status_code == 415


def test_a_charset_that_json_has_anyway_is_taken(client: TestClient) -> None:
    headers = bearer("alice") | {"Content-Type": 'Application/JSON; charset="UTF-8"'}
    answer = client.post("/v1/probes", content=b'{"name":"x"}', headers=headers)
    assert answer.status_code == 201


def test_an_encoded_body_is_refused(client: TestClient) -> None:
    headers = bearer("alice") | {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = client.post("/v1/probes", content=b"\x1f\x8b", headers=headers)
    assert answer.status_code == 415


def test_a_declared_length_beyond_the_cap_is_413_without_reading(tmp_path: Path) -> None:
    with probe_client(tmp_path, body_bytes=20) as client:
        answer = client.post("/v1/probes", json={"name": "x" * 30}, headers=bearer("alice"))
        stranger = client.post("/v1/probes", json={"name": "x" * 30})
    assert answer.status_code == 413
    assert "close" in answer.headers["connection"]
    assert stranger.status_code == 401


@pytest.mark.parametrize(
    "body",
    [b'{"name":"a","name":"b"}', b'{"name":NaN}', b'{"name":"\\ud800"}', b"[" * 5000, b"\xff", b""],
)
def test_json_that_two_parsers_could_read_differently_is_400(
    client: TestClient, body: bytes
) -> None:
    headers = bearer("alice") | {"Content-Type": "application/json"}
    answer = client.post("/v1/probes", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body", [b"", b"name", b"name=", b"other=1", b"name=a&name=b", b"name=%ff", b"name=a&&b=c"]
)
def test_a_form_is_one_and_holds_what_its_route_needs(client: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/v1/form", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    good = client.post("/v1/form", content=b"name=a&other=1", headers=headers)
    assert good.status_code == 204


def test_nul_is_refused_wherever_it_stands(client: TestClient) -> None:
    answer = client.post("/v1/probes", json={"name": "a\x00b"}, headers=bearer("alice"))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/name", "detail": "must not contain NUL"}]
    harmless = client.post("/v1/probes", json={"name": "\\u0000"}, headers=bearer("alice"))
    assert harmless.status_code == 201


def test_nul_is_refused_in_a_query(client: TestClient) -> None:
    answer = client.get("/v1/probes?cursor=%00", headers=bearer("alice"))
    assert answer.json()["errors"] == [{"pointer": "/query", "detail": "must not contain NUL"}]


def test_a_422_names_pointer_and_reason_and_never_the_input(client: TestClient) -> None:
    secret = "SuperSecret1" * 20
    answer = client.post(
        "/v1/probes", json={"name": secret, "owner_id": secret}, headers=bearer("alice")
    )
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/name", "/owner_id"}
    assert "SuperSecret1" not in answer.text


def test_a_repeated_scalar_parameter_is_422(client: TestClient) -> None:
    answer = client.get("/v1/probes?limit=1&limit=2", headers=bearer("alice"))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/query/limit", "detail": "may be given once"}]
    encoded = client.get("/v1/probes?limit=1&%6Cimit=2", headers=bearer("alice"))
    assert encoded.status_code == 422
