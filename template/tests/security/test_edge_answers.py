"""No answer escapes the edge: fields on all of them, problems for errors, limits, time and size."""

import asyncio
import json
import time
from typing import Any

import pytest

from app.security.context import Principal, context_of
from app.security.limiter_memory import MemoryLimiter
from app.security.limits import Quota
from app.security.problems import Problem

from .wire import Answer, Pairs, Tokens, ask, echo, edge, hello

HOST = (b"host", b"api.example.com")
USER = Principal(
    "5f0c4a5e-5a0e-4d0e-8f43-0e6b9a3c9a11", "0b7c1f7e-3c39-4c0f-b3e0-1d1b5f1c7a22", "user"
)
ADMIN = Principal(
    "9d1e3f70-7b8e-4b5d-9b57-6c1d2e3f4a55", "1c8d2f8e-4d40-4d1f-a4f1-2e2c6f2d8b33", "admin"
)
TOKENS = Tokens({b"user-token": USER, b"admin-token": ADMIN})
REQUIRED = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-permitted-cross-domain-policies": "none",
    "x-xss-protection": "0",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
}


def answering(status: int, headers: Pairs, body: bytes = b"") -> Any:  # noqa: ANN401 - ASGI
    async def application(_scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    return application


def raising(error: BaseException) -> Any:  # noqa: ANN401 - ASGI
    async def application(_scope: Any, _receive: Any, _send: Any) -> None:  # noqa: ANN401 - ASGI
        raise error

    return application


def bearer(token: bytes) -> Pairs:
    return [HOST, (b"authorization", b"Bearer " + token)]


@pytest.mark.parametrize(
    ("app", "status"),
    [
        (edge(hello), 200),
        (edge(answering(204, [])), 204),
        (edge(raising(RuntimeError("secret"))), 500),
        (edge(raising(Problem(401))), 401),
        (edge(answering(404, [(b"content-type", b"text/plain")], b"Not Found")), 404),
        (edge(hello, allowed_hosts=("other.example",)), 400),
        (edge(hello, limiter=MemoryLimiter(), public=Quota(0, 60)), 429),
    ],
)
def test_every_answer_carries_the_security_fields(app: Any, status: int) -> None:  # noqa: ANN401 - ASGI
    answer = ask(app, scheme="https")
    assert answer.status == status
    assert {name: answer[name] for name in REQUIRED} == REQUIRED
    assert "camera=()" in (answer["permissions-policy"] or "")
    assert answer["x-request-id"]


def test_hsts_is_sent_over_https_only_and_not_when_it_is_off() -> None:
    assert ask(edge(hello))["strict-transport-security"] is None
    assert ask(edge(hello, hsts_seconds=0), scheme="https")["strict-transport-security"] is None


def test_an_application_cannot_weaken_or_repeat_the_fields() -> None:
    own = [
        (b"content-type", b"text/plain"),
        (b"content-security-policy", b"default-src *"),
        (b"Cache-Control", b"public"),
        (b"server", b"acme/1.0"),
        (b"x-powered-by", b"acme"),
        (b"x-request-id", b"forged-id"),
        (b"access-control-allow-origin", b"*"),
        (b"etag", b'"1"'),
    ]
    answer = ask(edge(answering(200, own)), scheme="https")
    assert {name: answer[name] for name in REQUIRED} == REQUIRED
    assert answer["server"] is None
    assert answer["x-powered-by"] is None
    assert answer["access-control-allow-origin"] is None
    assert answer["x-request-id"] != "forged-id"
    assert answer["etag"] == '"1"'


def test_the_docs_page_has_a_policy_of_its_own_only_where_docs_are_enabled() -> None:
    docs = ask(edge(hello, docs_enabled=True), path="/docs")["content-security-policy"] or ""
    assert "script-src 'self'" in docs
    assert "unsafe" not in docs
    for answer in (ask(edge(hello), path="/docs"), ask(edge(hello, docs_enabled=True), path="/v1")):
        assert answer["content-security-policy"] == REQUIRED["content-security-policy"]


def test_an_error_that_is_no_problem_becomes_one_and_keeps_what_the_client_needs() -> None:
    headers = [
        (b"content-type", b"text/html"),
        (b"allow", b"GET, HEAD"),
        (b"www-authenticate", b"Bearer"),
        (b"x-debug", b"/srv/app/main.py"),
    ]
    answer = ask(edge(answering(405, headers, b"<pre>Traceback</pre>")))
    assert answer.problem == {
        "type": "about:blank",
        "title": "Method Not Allowed",
        "status": 405,
        "request_id": answer["x-request-id"],
    }
    assert answer["allow"] == "GET, HEAD"
    assert answer["www-authenticate"] == "Bearer"
    assert answer["x-debug"] is None


def test_an_exception_is_a_500_without_its_words() -> None:
    answer = ask(edge(raising(RuntimeError("at 10.1.2.3 in /srv/app"))))
    assert set(answer.problem) == {"type", "title", "status", "request_id"}
    assert answer.status == 500
    assert b"10.1.2.3" not in answer.body


def test_a_problem_says_all_it_was_given() -> None:
    problem = Problem(
        422, "Bad.", errors=[{"pointer": "/a", "detail": "too long"}], headers={"Retry-After": "7"}
    )
    answer = ask(edge(raising(problem)))
    assert answer.problem["errors"] == [{"pointer": "/a", "detail": "too long"}]
    assert answer.problem["title"] == "Unprocessable Content"
    assert answer["retry-after"] == "7"


def test_a_failure_after_the_head_leaves_the_answer_incomplete() -> None:
    async def application(_scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError

    answer = ask(edge(application))
    assert (answer.status, answer.body) == (200, b"half")


def test_a_slow_service_is_a_504() -> None:
    async def application(_scope: Any, _receive: Any, _send: Any) -> None:  # noqa: ANN401 - ASGI
        await asyncio.sleep(30)

    started = time.monotonic()
    answer = ask(edge(application, timeout_seconds=0.3))
    assert answer.problem["title"] == "Gateway Timeout"
    assert time.monotonic() - started < 2


def test_a_timeout_of_the_service_itself_is_a_500() -> None:
    assert ask(edge(raising(TimeoutError()))).status == 500


def test_the_body_has_a_time_of_its_own() -> None:
    """Arriving in 0.4 s is fine for a body that may take 1 s, though an answer may take 0.3 s."""

    async def slowly(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        async def drip() -> Any:  # noqa: ANN401 - ASGI
            await asyncio.sleep(0.2)
            return await receive()

        await app(scope, drip, send)

    headers = [HOST, (b"content-length", b"2")]
    app = edge(echo, timeout_seconds=0.3, body_seconds=1)
    assert ask(slowly, "POST", headers=headers, body=[b"a", b"b"]).body == b"ab"
    app = edge(echo, timeout_seconds=5, body_seconds=0.3)
    answer = ask(slowly, "POST", headers=headers, body=[b"a", b"b"])
    assert answer.problem["title"] == "Request Timeout"
    assert answer["connection"] == "close"


@pytest.mark.parametrize(
    ("body_seconds", "timeout_seconds", "status"), [(0.3, 5, 200), (5, 0.3, 504)]
)
def test_the_time_to_answer_counts_from_the_end_of_the_body(
    body_seconds: float, timeout_seconds: float, status: int
) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        await receive()
        await asyncio.sleep(0.8)
        await hello(scope, receive, send)

    app = edge(application, body_seconds=body_seconds, timeout_seconds=timeout_seconds)
    headers = [HOST, (b"content-length", b"2")]
    assert ask(app, "POST", headers=headers, body=[b"ab"]).status == status


def test_a_stopping_server_answers_what_it_interrupts() -> None:
    async def scenario() -> Answer:
        answer = Answer(0)

        async def send(message: Any) -> None:  # noqa: ANN401 - ASGI
            answer.status = message.get("status", answer.status)
            answer.body += message.get("body", b"")

        async def waiting(_scope: Any, _receive: Any, _send: Any) -> None:  # noqa: ANN401 - ASGI
            await asyncio.sleep(30)

        scope = {"type": "http", "method": "GET", "path": "/", "headers": [HOST], "scheme": "http"}
        task = asyncio.ensure_future(edge(waiting)(scope, None, send))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return answer

    answer = asyncio.run(scenario())
    assert answer.status == 503
    assert json.loads(answer.body)["detail"] == "The service is stopping."


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_beyond_its_cap_is_413_whatever_the_framework_makes_of_it(declared: bool) -> None:  # noqa: FBT001 - a case
    """FastAPI turns an exception from ``receive`` into 400; the edge has the last word."""

    async def swallowing(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        try:
            await echo(scope, receive, send)
        except Exception:  # noqa: BLE001 - what frameworks do
            await answering(400, [(b"content-type", b"application/problem+json")], b"{}")(
                scope, receive, send
            )

    length = (b"content-length", b"30") if declared else (b"transfer-encoding", b"chunked")
    for app in (echo, swallowing):
        answer = ask(edge(app, body_bytes=20), "POST", headers=[HOST, length], body=[b"a" * 10] * 3)
        assert answer.problem["title"] == "Content Too Large"
        assert answer["connection"] == "close"
    answer = ask(edge(echo, body_bytes=30), "POST", headers=[HOST, length], body=[b"a" * 10] * 3)
    assert answer.body == b"a" * 30


def test_a_route_may_raise_the_cap_before_it_reads() -> None:
    async def upload(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        context_of(scope).body_limit = 100
        await echo(scope, receive, send)

    headers = [HOST, (b"content-length", b"50")]
    app = edge(upload, body_bytes=20)
    assert ask(app, "POST", headers=headers, body=[b"a" * 50]).body == b"a" * 50


def test_a_refused_caller_is_answered_before_the_body_and_a_huge_one_is_not_read() -> None:
    read = []

    async def receive() -> dict[str, object]:
        read.append(1)
        return {"type": "http.request", "body": b"", "more_body": True}

    for length, closes in ((b"10", False), (b"1000", True)):
        sent: list[Any] = []

        async def send(message: Any) -> None:  # noqa: ANN401 - ASGI
            sent.append(message)  # noqa: B023 - used within the turn

        scope = {"type": "http", "method": "POST", "path": "/", "scheme": "http"}
        scope["headers"] = [HOST, (b"content-length", length)]  # type: ignore[assignment]
        asyncio.run(edge(raising(Problem(401)), body_bytes=20)(scope, receive, send))
        assert ((b"connection", b"close") in sent[0]["headers"]) == closes
    assert read == []


def test_the_public_quota_counts_every_answer_by_address() -> None:
    app = edge(answering(404, []), public=Quota(3, 60))
    statuses = [ask(app, client="192.0.2.7").status for _ in range(5)]
    assert statuses == [404, 404, 404, 429, 429]
    assert ask(app, client="192.0.2.8").status == 404


def test_ipv6_clients_count_by_their_network() -> None:
    app = edge(hello, public=Quota(2, 60))
    clients = ["2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:0:9::1", "2001:db8:0:1::1"]
    assert [ask(app, client=client).status for client in clients] == [200, 200, 429, 200]


def test_a_caller_counts_on_the_class_of_a_valid_token_only() -> None:
    app = edge(
        hello,
        authenticator=TOKENS,
        public=Quota(1, 60),
        authenticated=Quota(2, 60),
        admin=Quota(3, 60),
    )
    by_user = [ask(app, headers=bearer(b"user-token")).status for _ in range(3)]
    by_admin = [ask(app, headers=bearer(b"admin-token")).status for _ in range(4)]
    by_forger = [ask(app, headers=bearer(b"forged-%d" % n)).status for n in range(2)]
    assert by_user == [200, 200, 429]
    assert by_admin == [200, 200, 200, 429]
    assert by_forger == [200, 429]


def test_preflights_have_a_counter_of_their_own() -> None:
    app = edge(hello, public=Quota(1, 60), cors_origins=("https://app.example.com",))
    headers = [
        HOST,
        (b"origin", b"https://app.example.com"),
        (b"access-control-request-method", b"GET"),
    ]
    assert ask(app, "OPTIONS", headers=headers).status == 204
    assert ask(app).status == 200
    assert ask(app, "OPTIONS", headers=headers).status == 429
    assert ask(app).status == 429


def test_the_answer_says_what_is_left_in_the_two_fields_of_the_draft() -> None:
    app = edge(hello, public=Quota(2, 60))
    first = ask(app)
    assert first["ratelimit-policy"] == '"public";q=2;w=60'
    assert first["ratelimit"] == '"public";r=1;t=60'
    ask(app)
    refused = ask(app)
    assert refused.status == 429
    wait = int(refused["retry-after"] or 0)
    assert 58 <= wait <= 60
    assert refused["ratelimit"] == f'"public";r=0;t={wait}'
    assert (
        refused.problem["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    )
    assert refused.problem["violated-policies"] == ["public"]


def test_an_unlimited_class_has_no_fields() -> None:
    answer = ask(edge(hello, public=None))
    assert (answer["ratelimit"], answer["ratelimit-policy"]) == (None, None)


def test_a_principal_is_known_to_the_application_and_an_unknown_token_is_nobody() -> None:
    seen = []

    async def application(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        context = context_of(scope)
        seen.append((context.principal, context.token_present))
        await hello(scope, receive, send)

    long = b"x" * 5000  # longer than any token of ours: not even looked at
    app = edge(application, authenticator=Tokens(TOKENS.callers | {long: USER}))
    ask(app, headers=bearer(b"user-token"))
    ask(app, headers=[HOST, (b"authorization", b"bearer user-token")])
    ask(app, headers=bearer(b"forged"))
    ask(app, headers=bearer(long))
    ask(app, headers=[HOST, (b"authorization", b"Basic dXNlcjpwYXNz")])
    ask(app)
    nobody = [(None, True), (None, True), (None, False), (None, False)]
    assert seen == [(USER, True), (USER, True), *nobody]


def test_nothing_may_be_trusted_without_the_edge() -> None:
    with pytest.raises(LookupError, match="does not wrap"):
        context_of({})
