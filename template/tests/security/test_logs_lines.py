"""Every line the process writes is JSON, tells no secret, and cannot be forged from outside."""

import asyncio
import json
import logging
import subprocess
import sys
import time
from typing import Any

import pytest
from pydantic import SecretStr

from app.security.context import Principal
from app.security.limits import Quota
from app.security.logs import configure, security_event
from app.security.redaction import MASK, Redactor

from .wire import Connection, Tokens, ask, edge, hello, serving

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
HOST = (b"host", b"api.example.com")
USER = Principal(
    "5f0c4a5e-5a0e-4d0e-8f43-0e6b9a3c9a11", "0b7c1f7e-3c39-4c0f-b3e0-1d1b5f1c7a22", "user"
)


@pytest.fixture(autouse=True)
def _json_logs() -> None:
    configure("json", secrets=["correct horse battery staple"])


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_request_is_one_line_without_its_query(capsys: pytest.CaptureFixture[str]) -> None:
    async def scenario() -> None:
        app = edge(hello, authenticator=Tokens({b"good": USER}), trusted_proxies=("192.0.2.1",))
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/v1/items",
            "raw_path": b"/v1/items",
            "query_string": b"api_key=planted-in-the-query",
            "headers": [
                HOST,
                (b"authorization", b"Bearer good"),
                (b"x-request-id", b"request-17"),
                (b"x-forwarded-for", b"198.51.100.7"),
            ],
            "client": ("192.0.2.1", 1),
            "scheme": "http",
        }

        async def send(_message: Any) -> None:  # noqa: ANN401 - ASGI
            pass

        await app(scope, None, send)
        await asyncio.sleep(0)  # the line is written at the end of the loop's turn

    asyncio.run(scenario())
    (line,) = lines(capsys)
    assert line.pop("duration_ms") < 1000
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "app.access",
        "message": "request",
        "method": "GET",
        "path": "/v1/items",
        "status": 200,
        "client": "198.51.100.7",
        "actor": USER.user_id,
        "request_id": "request-17",
    }


@pytest.mark.parametrize(
    "path",
    [
        '/a\n{"event":"sign_in"}',
        "/a\r\nb",
        '/a","level":"fatal',
        "/a\u2028b",
        "/a\x1b[31mb",
        "/\x85",
    ],
)
def test_a_path_cannot_forge_a_line(capsys: pytest.CaptureFixture[str], path: str) -> None:
    async def send(_message: Any) -> None:  # noqa: ANN401 - ASGI
        pass

    async def scenario() -> None:
        scope = {"type": "http", "method": "GET", "path": path, "headers": [HOST], "scheme": "http"}
        await edge(hello)(scope, None, send)
        await asyncio.sleep(0)

    asyncio.run(scenario())
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.count("\n") == 1
    assert json.loads(out)["path"] == path


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_message_cannot_forge_a_line(capsys: pytest.CaptureFixture[str], log_format: Any) -> None:  # noqa: ANN401 - a literal
    configure(log_format)
    logging.getLogger("app").warning("bad name %s", "x\r\n2026-01-01 FORGED \x1b[2J\u2028next")
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 1
    assert "\x1b" not in out


def test_a_long_path_is_cut_and_a_token_in_it_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    for path in ("/" + "a" * 5000, f"/reset/{JWT}"):
        ask(edge(hello), path=path)
    out = capsys.readouterr().out
    assert len(out) < 2500
    assert JWT not in out


def test_lines_of_a_request_name_it_and_its_caller(capsys: pytest.CaptureFixture[str]) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        logging.getLogger("app.items").info("looked", extra={"item": 7})
        security_event("object_denied", object="42")
        await hello(scope, receive, send)

    headers = [HOST, (b"authorization", b"Bearer good"), (b"x-request-id", b"request-18")]
    ask(edge(application, authenticator=Tokens({b"good": USER})), headers=headers)
    looked, denied, *_ = lines(capsys)
    common = {"request_id": "request-18", "client": "192.0.2.1", "actor": USER.user_id}
    assert looked["item"] == 7
    assert (denied["event"], denied["object"], denied["level"]) == (
        "object_denied",
        "42",
        "warning",
    )
    assert common.items() <= looked.items()
    assert common.items() <= denied.items()


def test_an_exception_is_one_line_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    async def application(_scope: Any, _receive: Any, _send: Any) -> None:  # noqa: ANN401 - ASGI
        raise RuntimeError(f"no row for {JWT}")

    answer = ask(edge(application))
    line = next(line for line in lines(capsys) if line["level"] == "error")
    assert line["request_id"] == answer["x-request-id"]
    assert "RuntimeError: no row for" in line["exception"]
    assert "Traceback" in line["exception"]
    assert JWT not in line["exception"]


def test_refused_tokens_and_used_up_limits_are_security_events_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    app = edge(hello, public=Quota(1, 60))
    for _ in range(5):
        ask(app, headers=[HOST, (b"authorization", b"Bearer forged-token-value")])
    out = capsys.readouterr().out
    events = [line.get("event") for line in map(json.loads, out.splitlines())]
    assert events.count("token_refused") == 1
    assert events.count("limit_hit") == 1
    assert "forged-token-value" not in out


PLANTED = "pl4nt3d-s3cr3t-value"


@pytest.mark.parametrize(
    "text",
    [
        f"password={PLANTED}",
        f"password: {PLANTED}",
        f'{{"password": "{PLANTED}"}}',
        f"{{'new_password': '{PLANTED}'}}",
        f"APP_TOKENS__SIGNING_KEYS={PLANTED}",
        f"client_secret={PLANTED}&grant_type=password",
        f"Authorization: Bearer {PLANTED}",
        f"authorization=Basic {PLANTED}",
        f"cookie: session={PLANTED}",
        f"api_key={PLANTED}",
        f"X-Api-Key: {PLANTED}",
        f"refresh_token={PLANTED}",
        f"postgresql+psycopg://app:{PLANTED}@db.internal/app",
        f"redis://:{PLANTED}@redis:6379/0",
        f"-----BEGIN PRIVATE KEY-----\n{PLANTED}\n-----END PRIVATE KEY-----",
    ],
)
def test_the_last_filter_knows_what_secrets_look_like(text: str) -> None:
    filtered = Redactor().text(text)
    assert PLANTED not in filtered
    assert MASK in filtered


@pytest.mark.parametrize(
    "text",
    ["GET /v1/items 200", "the password is too short", "token refused", "https://a.example/b?c=d"],
)
def test_the_last_filter_leaves_ordinary_text_alone(text: str) -> None:
    assert Redactor().text(text) == text


def test_fields_are_filtered_at_any_depth_and_by_type(capsys: pytest.CaptureFixture[str]) -> None:
    security_event(
        "planted",
        password=PLANTED,
        nested={"headers": [{"Authorization": PLANTED}, f"token={PLANTED}"]},
        typed=SecretStr(PLANTED),
        raw=PLANTED.encode(),
        known="it is correct horse battery staple indeed",
        user="alice",
        count=3,
    )
    logging.getLogger("app").info("set to %s", SecretStr(PLANTED))
    logging.getLogger("app").info("correct horse battery staple")
    out = capsys.readouterr().out
    assert PLANTED not in out
    assert "battery" not in out
    event = json.loads(out.splitlines()[0])
    assert (event["user"], event["count"]) == ("alice", 3)


@pytest.mark.parametrize(
    "unit", ["password=", "eyJ", "eyJ-", "a_", "a://", "'\"", "token_", "bearer "]
)
def test_no_text_makes_the_last_filter_slow(unit: str) -> None:
    text = unit * (60_000 // len(unit))
    started = time.perf_counter()
    Redactor().text(text)
    assert time.perf_counter() - started < 1


def test_warnings_and_uncaught_exceptions_are_lines_too() -> None:
    program = (
        "import warnings\nfrom app.security.logs import configure\nconfigure('json')\n"
        "warnings.warn('old\\nway', UserWarning)\n"
        "raise RuntimeError('password=pl4nt3d-s3cr3t-value')"
    )
    ran = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert ran.returncode == 1
    warning, error = map(json.loads, ran.stdout.splitlines())
    assert warning["logger"] == "py.warnings"
    assert "old\nway" in warning["message"]
    assert error["level"] == "critical"
    assert PLANTED not in ran.stdout
    assert ran.stderr == ""


def test_the_server_speaks_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(edge(hello)) as port, Connection(port) as connection:
        assert connection.send(b"junk\r\n\r\n").answer().status == 400
    logged = lines(capsys)
    assert any(line["logger"] == "uvicorn.error" for line in logged)
    assert any(line["message"] == "request head refused" for line in logged)
