"""The edge decides who may ask: heads, paths, hosts, proxies, https, origins, request ids."""

import asyncio
import re

import pytest

from .wire import Pairs, ask, edge, hello

HOST = (b"host", b"api.example.com")
ORIGIN = b"https://app.example.com"


@pytest.mark.parametrize(
    "headers",
    [
        [HOST, (b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")],
        [HOST, (b"content-type", b"application/json"), (b"content-type", b"text/plain")],
        [HOST, (b"content-length", b"1"), (b"content-length", b"1")],
        [HOST, (b"content-length", b"1_0")],
        [HOST, (b"content-length", b"1"), (b"transfer-encoding", b"chunked")],
        [HOST, (b"origin", ORIGIN), (b"origin", b"https://evil.example")],
    ],
)
def test_an_ambiguous_head_is_refused(headers: Pairs) -> None:
    answer = ask(edge(hello), headers=headers)
    assert answer.status == 400
    assert answer.problem["detail"]
    assert answer["connection"] == "close"


@pytest.mark.parametrize("repeated", [b"accept", b"x-forwarded-for", b"cookie"])
def test_fields_that_are_lists_may_be_repeated(repeated: bytes) -> None:
    assert ask(edge(hello), headers=[HOST, (repeated, b"a"), (repeated, b"b")]).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1%2Fadmin",
        "/v1%2fadmin",
        "/v1%5cadmin",
        "/v1\\admin",
        "/v1/items%00",
        "//v1/admin",
        "/v1//admin",
        "/public/../v1/admin",
        "/public/%2e%2e/v1/admin",
        "/public/.%2E/v1/admin",
        "/./v1/admin",
        "/v1/..",
    ],
)
def test_a_path_that_two_parsers_read_differently_is_refused(path: str) -> None:
    assert ask(edge(hello), path=path).status == 400


@pytest.mark.parametrize(
    "path", ["/", "/v1/items/a.b", "/.well-known/x", "/caf%C3%A9", "/a%20b", "/..a"]
)
def test_ordinary_paths_pass(path: str) -> None:
    assert ask(edge(hello), path=path).status == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (b"api.example.com", 200),
        (b"API.example.com:8443", 200),
        (b"api.example.com.", 200),
        (b"a.tenant.example.com", 200),
        (b"[::1]:8000", 200),
        (b"tenant.example.com", 400),
        (b".tenant.example.com", 400),
        (b"a..tenant.example.com", 400),
        (b"a" * 240 + b".tenant.example.com", 400),
        (b"evil.example", 400),
        (b"api.example.com.evil.example", 400),
        (b"evilapi.example.com", 400),
        (b"api.example.com@evil.example", 400),
        (b"api.example.com, evil.example", 400),
        (b"api.example.com:port", 400),
        (b"api.example.com/", 400),
        (b"api.example.com evil.example", 400),
        (b"", 400),
        (None, 400),
    ],
)
def test_only_our_hosts_are_served(host: bytes | None, status: int) -> None:
    app = edge(hello, allowed_hosts=("api.example.com", "*.tenant.example.com", "[::1]"))
    assert ask(app, headers=[] if host is None else [(b"host", host)]).status == status


def test_x_forwarded_host_is_not_believed() -> None:
    app = edge(hello, allowed_hosts=("api.example.com",), trusted_proxies=("192.0.2.1",))
    forged = [(b"host", b"evil.example"), (b"x-forwarded-host", b"api.example.com")]
    assert ask(app, headers=forged).status == 400


def test_plain_http_is_refused_and_not_redirected() -> None:
    answer = ask(edge(hello, force_https=True))
    assert answer.status == 403
    assert answer["location"] is None
    assert answer.problem["detail"] == "HTTPS is required."
    assert ask(edge(hello, force_https=True), scheme="https").status == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_host_https_or_quota(path: str) -> None:
    app = edge(hello, force_https=True, allowed_hosts=("api.example.com",))
    for _ in range(150):
        answer = ask(app, path=path, headers=[(b"host", b"10.0.0.7:8000")])
        assert answer.status == 200
    assert answer["ratelimit"] is None
    assert ask(app, path=path + "/x", headers=[(b"host", b"10.0.0.7:8000")]).status == 400
    assert ask(app, path=path, headers=[]).status == 400


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        # the peer is no proxy: whatever it says is ignored
        ("203.0.113.9", b"198.51.100.7", "203.0.113.9"),
        # one proxy, which appends what it saw
        ("10.0.0.1", b"198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", b"1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", b"10.0.0.9, 198.51.100.7", "198.51.100.7"),
        # two proxies
        ("10.0.0.1", b"1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        # nothing but proxies
        ("10.0.0.1", b"10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", None, "10.0.0.1"),
        # an entry that is no address: the hop that wrote it answers for it
        ("10.0.0.1", b"unknown", "10.0.0.1"),
        ("10.0.0.1", b"1.1.1.1, junk, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", b"198.51.100.7,", "10.0.0.1"),
        # forms that proxies write
        ("10.0.0.1", b"198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.1", b"[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:10.0.0.1", b"::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1::5", b"2001:DB8::0007", "2001:db8::7"),
    ],
)
def test_the_client_is_the_first_address_that_no_trusted_proxy_has(
    peer: str, forwarded: bytes | None, client: str
) -> None:
    seen = []

    async def application(scope, receive, send):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        seen.append(scope["client"][0])
        await hello(scope, receive, send)

    app = edge(application, trusted_proxies=("10.0.0.0/8", "2001:db8:1::/48"))
    fields = [HOST] if forwarded is None else [HOST, (b"x-forwarded-for", forwarded)]
    assert ask(app, client=peer, headers=fields).status == 200
    assert seen == [client]


def test_repeated_forwarding_fields_are_one_list() -> None:
    app = edge(hello, trusted_proxies=("10.0.0.1",), public=None, force_https=True)
    fields = [HOST, (b"x-forwarded-proto", b"https"), (b"x-forwarded-proto", b"http")]
    assert ask(app, client="10.0.0.1", headers=fields).status == 403


@pytest.mark.parametrize(
    ("peer", "proto", "status"),
    [
        ("10.0.0.1", b"https", 200),
        ("10.0.0.1", b"HTTPS", 200),
        ("10.0.0.1", b"https, http", 403),
        ("10.0.0.1", b"http", 403),
        ("10.0.0.1", b"junk", 403),
        ("203.0.113.9", b"https", 403),
    ],
)
def test_only_a_trusted_proxy_may_say_https(peer: str, proto: bytes, status: int) -> None:
    app = edge(hello, trusted_proxies=("10.0.0.1",), force_https=True)
    answer = ask(app, client=peer, headers=[HOST, (b"x-forwarded-proto", proto)])
    assert answer.status == status
    assert (answer["strict-transport-security"] is not None) == (status == 200)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"order-17.a_B", True),
        (b"a" * 64, True),
        (b"short", False),
        (b"a" * 65, False),
        (b"id with blank", False),
        (b'12345678","level":"x', False),
        (b"12345678\n", False),
    ],
)
def test_a_request_id_is_kept_only_when_it_is_harmless(sent: bytes, kept: bool) -> None:  # noqa: FBT001 - a case
    answer = ask(edge(hello), headers=[HOST, (b"x-request-id", sent)])
    assert (answer["x-request-id"] == sent.decode()) == kept
    if not kept:
        assert re.fullmatch("[0-9a-f]{32}", answer["x-request-id"] or "")


def test_two_request_ids_are_replaced_by_one() -> None:
    two = [(b"x-request-id", b"12345678"), (b"x-request-id", b"87654321")]
    answer = ask(edge(hello), headers=[HOST, *two])
    assert answer.status == 200
    assert re.fullmatch("[0-9a-f]{32}", answer["x-request-id"] or "")


def test_request_ids_differ() -> None:
    app = edge(hello)
    assert len({ask(app)["x-request-id"] for _ in range(50)}) == 50


def preflight(origin: bytes, method: bytes = b"PUT", fields: bytes | None = None) -> Pairs:
    pairs = [HOST, (b"origin", origin), (b"access-control-request-method", method)]
    return pairs if fields is None else [*pairs, (b"access-control-request-headers", fields)]


def test_a_preflight_of_an_allowed_origin_is_granted_without_asking_the_application() -> None:
    app = edge(hello, cors_origins=(ORIGIN.decode(),))
    headers = preflight(ORIGIN, fields=b"Authorization, content-type")
    answer = ask(app, "OPTIONS", "/anything", headers)
    assert (answer.status, answer.body) == (204, b"")
    assert answer["access-control-allow-origin"] == ORIGIN.decode()
    assert "PUT" in (answer["access-control-allow-methods"] or "")
    assert "authorization" in (answer["access-control-allow-headers"] or "")
    assert answer["access-control-max-age"] == "600"
    assert answer["access-control-allow-credentials"] is None
    assert answer["vary"] == "Origin"


@pytest.mark.parametrize(
    "headers",
    [
        preflight(b"https://evil.example"),
        preflight(b"null"),
        preflight(ORIGIN, b"TRACE"),
        preflight(ORIGIN, b"put"),
        preflight(ORIGIN, fields=b"x-forwarded-for"),
    ],
)
def test_a_denied_preflight_is_400_without_cors_fields(headers: Pairs) -> None:
    answer = ask(edge(hello, cors_origins=(ORIGIN.decode(),)), "OPTIONS", "/", headers)
    assert answer.status == 400
    assert not [name for name, _ in answer.fields if name.startswith("access-control-")]
    assert answer["vary"] == "Origin"
    assert answer.problem["title"] == "Bad Request"


def test_without_origins_every_preflight_is_denied() -> None:
    assert ask(edge(hello), "OPTIONS", "/", preflight(ORIGIN)).status == 400


@pytest.mark.parametrize(
    "origin",
    [
        b"null",
        b"http://app.example.com",
        b"https://app.example.com.evil.example",
        b"https://evilapp.example.com",
        b"https://appXexample.com",
        b"https://app.example.com:8443",
        b"https://APP.example.com",
        b"https://app.example.com/",
        b"http://localhost.evil.example",
        b"http://localhost:3000.evil.example",
        b"http://localhost:123456",
        b"https://localhost:3000",
        b"http://devXlocalhost:3000",
    ],
)
def test_an_origin_that_only_looks_allowed_is_not(origin: bytes) -> None:
    allowed = (ORIGIN.decode(), "http://localhost:*", "http://dev.localhost:*")
    app = edge(hello, cors_origins=allowed)
    answer = ask(app, headers=[HOST, (b"origin", origin)])
    assert answer.status == 200
    assert answer["access-control-allow-origin"] is None
    assert answer["vary"] == "Origin"


@pytest.mark.parametrize("origin", [ORIGIN, b"http://localhost", b"http://localhost:3000"])
def test_an_allowed_origin_may_read_every_answer(origin: bytes) -> None:
    async def failing(_scope, _receive, _send):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        raise RuntimeError

    policy = {"cors_origins": (ORIGIN.decode(), "http://localhost:*")}
    for app, status in ((edge(hello, **policy), 200), (edge(failing, **policy), 500)):
        answer = ask(app, headers=[HOST, (b"origin", origin)])
        assert answer.status == status
        assert answer["access-control-allow-origin"] == origin.decode()
        assert "RateLimit" in (answer["access-control-expose-headers"] or "")


def test_options_without_an_origin_is_the_applications_to_answer() -> None:
    assert ask(edge(hello), "OPTIONS").status == 200


def test_a_websocket_is_refused() -> None:
    sent = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    asyncio.run(edge(hello)({"type": "websocket", "headers": [], "path": "/"}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]
