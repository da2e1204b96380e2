"""Hostile bytes on a real socket: whatever arrives, the answer is ours, complete and in time."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.security.problems import Problem
from app.security.server_policy import ServerPolicy

from .wire import Connection, echo, edge, hello, serving, wait_until

BOUNDS = ServerPolicy(head_seconds=0.6, body_seconds=0.8, idle_seconds=1, head_bytes=32_768)
FAULTS = {
    "/split-problem": Problem(409, headers={"X-Name": "value\r\nset-cookie: a=b"}),
    "/no-latin-problem": Problem(409, headers={"X-Name": "\u2603"}),
    "/exit": SystemExit("secret"),
}


async def application(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    path = scope["path"]
    if path == "/echo":
        await echo(scope, receive, send)
    elif path == "/slow":
        await asyncio.sleep(0.5)
        await hello(scope, receive, send)
    elif path == "/fields":
        names = b"\n".join(name for name, _ in scope["headers"])
        await receive()
        while (await receive()).get("more_body"):
            pass
        after = b"\n".join(name for name, _ in scope["headers"])
        body = b"same" if names == after else b"changed"
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
    elif path == "/split":
        headers = [(b"x-name", b"value\r\nset-cookie: a=b")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
    elif path in FAULTS:
        raise FAULTS[path]
    elif path == "/endless":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
    else:
        await hello(scope, receive, send)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = edge(application, body_bytes=100_000, body_seconds=0.8, timeout_seconds=1.5, public=None)
    with serving(app, BOUNDS) as number:
        yield number


@pytest.fixture
def connection(port: int) -> Iterator[Connection]:
    with Connection(port) as opened:
        yield opened


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n\r\n",  # no Host
        b"GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a.example, b.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: user@a.example\r\n\r\n",
        b"GET /\r\n\r\n",  # HTTP/0.9
        b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\nHost: localhost\n\n",  # bare line feeds
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n folded: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked, foo\r\n\r\n",
        b"FOOBAR / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET ftp://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /caf\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /v1%2fadmin HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /a/../b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /a/%2E%2e/b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET //evil.example/a HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS to a plain port
        b"\x00\x01\x02\x03\r\n\r\n",
    ],
)
def test_a_malformed_head_is_a_400_problem_and_ends_the_connection(
    connection: Connection, head: bytes
) -> None:
    answer = connection.send(head).answer()
    assert answer.status == 400
    assert answer.problem["title"] == "Bad Request"
    assert answer["server"] is None
    assert answer["connection"] == "close"
    connection.socket.close()


@pytest.mark.parametrize(
    "fields",
    [
        b"X-Big: " + b"a" * 40_000 + b"\r\n",
        b"X-Big: " + b"a" * 5_000_000 + b"\r\n",
        b"X-A: b\r\n" * 101,
        b"X-A: " + b"a" * 500 + b"\r\n" + b"X-B: " + b"b" * 33_000 + b"\r\n",
    ],
)
def test_a_large_head_is_431(connection: Connection, fields: bytes) -> None:
    answer = connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + fields + b"\r\n").answer()
    assert answer.status == 431
    assert answer.problem["title"] == "Request Header Fields Too Large"
    connection.seconds_until_closed(5)


def test_a_large_head_in_two_pieces_is_431(connection: Connection) -> None:
    connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Big: " + b"a" * 30_000)
    time.sleep(0.05)
    assert connection.send(b"a" * 10_000 + b"\r\n\r\n").answer().status == 431


def test_a_long_target_is_431(connection: Connection) -> None:
    assert connection.get("/" + "a" * 40_000).status == 431


def test_a_head_that_never_ends_is_cut_off_at_its_bound(connection: Connection) -> None:
    connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ")
    time.sleep(0.05)
    connection.send(b"a" * 1_000_000)
    assert connection.answer().status == 431


def test_a_head_within_its_bounds_is_served(connection: Connection) -> None:
    assert connection.get("/", "X-A: " + "a" * 30_000).status == 200
    assert connection.get("/", *["X-A: b"] * 90).status == 200


def test_a_silent_connection_is_closed(connection: Connection) -> None:
    assert connection.seconds_until_closed(3) > 0.4


def test_a_half_head_is_408(connection: Connection) -> None:
    started = time.monotonic()
    answer = connection.send(b"GET / HTTP/1.1\r\nHost: loc").answer()
    assert answer.status == 408
    assert answer.problem["title"] == "Request Timeout"
    assert 0.4 < time.monotonic() - started < 2


def test_a_head_that_drips_is_408_at_the_same_time(connection: Connection) -> None:
    started = time.monotonic()
    connection.send(b"GET / HTTP/1.1\r\n")
    for _ in range(4):
        time.sleep(0.12)
        connection.send(b"X-A: b\r\n")
    assert connection.answer().status == 408
    assert time.monotonic() - started < 1.5


def test_a_second_head_that_drips_is_408_too(connection: Connection) -> None:
    assert connection.get("/").status == 200
    started = time.monotonic()
    assert connection.send(b"G").answer().status == 408
    assert time.monotonic() - started < 1.5


def test_empty_lines_do_not_keep_a_connection(connection: Connection) -> None:
    assert connection.get("/").status == 200
    started = time.monotonic()
    for _ in range(20):
        connection.send(b"\r\n")
        time.sleep(0.1)
        if time.monotonic() - started > 1.6:
            break
    assert connection.seconds_until_closed(1) < 0.5


def test_an_idle_connection_is_closed(connection: Connection) -> None:
    assert connection.get("/").status == 200
    assert 0.5 < connection.seconds_until_closed(4) < 3


def test_a_body_that_drips_is_408(connection: Connection) -> None:
    started = time.monotonic()
    connection.send(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(6):
        time.sleep(0.1)
        connection.send(b"a")
    answer = connection.answer()
    assert answer.status == 408
    assert answer.problem["detail"] == "The body did not arrive in time."
    assert answer["connection"] == "close"
    assert time.monotonic() - started < 2


def test_a_body_that_nobody_reads_has_a_deadline(connection: Connection) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
    assert connection.send(head).answer().status == 200
    started = time.monotonic()
    while time.monotonic() - started < 3:
        try:
            connection.socket.sendall(b"a")
        except OSError:
            break
        time.sleep(0.1)
    assert time.monotonic() - started < 2


def test_a_connection_goes_on_after_a_small_body_that_nobody_reads(connection: Connection) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n"
    assert connection.send(head).answer().status == 200
    connection.send(b"hello")
    assert connection.get("/").status == 200
    assert connection.send(head).answer().status == 200
    time.sleep(0.5)
    connection.send(b"hello")  # from here on the connection is idle
    assert 0.7 < connection.seconds_until_closed(4) < 3


def test_a_declared_body_beyond_the_cap_is_413_before_it_is_sent(connection: Connection) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100001\r\n\r\n"
    answer = connection.send(head).answer()
    assert answer.status == 413
    assert answer.problem["title"] == "Content Too Large"
    assert answer["connection"] == "close"


def test_a_chunked_body_beyond_the_cap_is_413_and_the_client_can_read_it(
    connection: Connection,
) -> None:
    connection.send(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(64):
        connection.send(b"10000\r\n" + b"a" * 65536 + b"\r\n")
    assert connection.answer().status == 413
    assert connection.seconds_until_closed(5) < 4


def test_the_answer_to_a_large_declared_body_survives_the_body(connection: Connection) -> None:
    """A client that sends first and reads later must find the 413, not a reset."""
    connection.send(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n\r\n")
    connection.socket.sendall(b"a" * 8_000_000)
    assert connection.answer().status == 413
    assert connection.socket.recv(1) == b"", "the end must be clean"


def test_a_body_up_to_the_cap_is_read(connection: Connection) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
    assert connection.send(head + b"a" * 100_000).answer().body == b"a" * 100_000
    head = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert connection.send(head + b"5\r\nhello\r\n0\r\n\r\n").answer().body == b"hello"


def test_trailers_do_not_change_the_fields_of_a_running_request(connection: Connection) -> None:
    connection.send(
        b"POST /fields HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"
    )
    time.sleep(0.1)
    connection.send(b"lo\r\n0\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n")
    assert connection.answer().body == b"same"


@pytest.mark.parametrize("filler", [b"X-A: b\r\n", b"a"])
def test_trailers_and_chunk_extensions_are_bounded(connection: Connection, filler: bytes) -> None:
    connection.send(
        b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n" + (b"0\r\n" if filler.endswith(b"\n") else b"5;")
    )
    time.sleep(0.05)
    for _ in range(40):
        connection.send(filler * (8192 // len(filler)))
        time.sleep(0.002)
    assert connection.answer().status == 400


def test_a_malformed_chunk_is_400(connection: Connection) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert connection.send(head + b"zz\r\nhello\r\n").answer().status == 400


def test_pipelined_requests_are_answered_in_order(connection: Connection) -> None:
    request = b"GET %b HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: request-%d\r\n\r\n"
    paths = [b"/slow", b"/", b"/slow", b"/"]
    connection.send(b"".join(request % (path, n) for n, path in enumerate(paths)))
    ids = [connection.answer()["x-request-id"] for _ in paths]
    assert ids == [f"request-{n}" for n in range(4)]


def test_the_queue_of_pipelined_requests_is_bounded(connection: Connection) -> None:
    request = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = connection.send(request + request * 150).answer()
    assert answer.status == 400
    assert connection.seconds_until_closed(4) < 3


def test_an_absolute_target_with_the_right_host_is_served(connection: Connection) -> None:
    request = b"GET http://localhost/a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert connection.send(request).answer().status == 200


def test_a_websocket_is_answered_as_the_plain_request_it_also_is(connection: Connection) -> None:
    fields = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    answer = connection.get("/", *fields, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    assert answer.status == 200
    assert answer["x-content-type-options"] == "nosniff"
    assert answer["connection"] == "close"
    assert connection.seconds_until_closed(3) < 2.5


def test_what_follows_an_upgrade_is_not_read(connection: Connection) -> None:
    head = b"Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    connection.send(b"GET /slow HTTP/1.1\r\n" + head)
    time.sleep(0.1)
    connection.send(b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert connection.answer().body == b"hello"
    assert connection.socket.recv(1) == b""


def test_http_1_0_is_served_and_closed(connection: Connection) -> None:
    assert connection.send(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n").answer().status == 200
    assert connection.seconds_until_closed(2) < 1


def test_head_has_fields_and_no_body(connection: Connection) -> None:
    request = b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert connection.send(request).answer(head=True)["content-length"] == "5"
    assert connection.get("/").body == b"hello"


def test_expect_continue_is_answered_when_the_body_is_wanted(connection: Connection) -> None:
    connection.send(
        b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Expect: 100-continue\r\n\r\n"
    )
    assert connection.answer().status == 100
    assert connection.send(b"hello").answer().body == b"hello"


def test_a_field_cannot_split_an_answer(connection: Connection) -> None:
    answer = connection.get("/split")
    assert answer.status == 500
    assert answer["set-cookie"] is None


@pytest.mark.parametrize("path", FAULTS)
def test_what_a_handler_gets_wrong_is_the_services_own_problem(
    connection: Connection, path: str
) -> None:
    """A field that is none, a wish to end the process: the server behind has no last word."""
    answer = connection.get(path)
    assert answer.status == 500
    assert answer.problem["title"] == "Internal Server Error"
    assert answer["set-cookie"] is None
    assert b"secret" not in answer.body


def test_a_client_that_does_not_read_is_cut_off() -> None:
    """Both the time limit of the request, and then the one for what is still to be sent, pass."""
    app = edge(application, timeout_seconds=0.5, public=None)
    with serving(app, BOUNDS) as port, Connection(port) as connection:
        connection.send(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connections = port.server.server_state.connections
        wait_until(lambda: len(connections) == 1)
        wait_until(lambda: not connections, 4)


def test_little_is_held_for_a_client_that_does_not_read() -> None:
    sent = 0

    async def endless(_scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        nonlocal sent
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            sent += 65536

    app = edge(endless, timeout_seconds=0.5, public=None)
    with serving(app, BOUNDS) as port, Connection(port) as connection:
        connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connections = port.server.server_state.connections
        wait_until(lambda: len(connections) == 1)
        wait_until(lambda: not connections, 4)
    assert 0 < sent < 2**20


@pytest.mark.parametrize(("last", "whole"), [(0.3, True), (5, False)])
def test_an_answer_in_parts_may_take_long_but_not_stand_still(*, last: float, whole: bool) -> None:
    """Each part has the time of an answer anew; what is cut off looks cut off."""

    async def in_parts(_scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for seconds in (0.3, 0.3, 0.3, last):
            await send({"type": "http.response.body", "body": b"part", "more_body": True})
            await asyncio.sleep(seconds)
        await send({"type": "http.response.body", "body": b""})

    app = edge(in_parts, timeout_seconds=0.6, public=None)
    with serving(app, BOUNDS) as port, Connection(port) as connection:
        connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        started = time.monotonic()
        received = connection.everything()
        assert time.monotonic() - started < 3
        assert received.count(b"part") == 4
        assert received.endswith(b"0\r\n\r\n") is whole


def test_what_blocks_in_a_thread_is_a_504_in_time() -> None:
    async def blocking(_scope: Any, _receive: Any, _send: Any) -> None:  # noqa: ANN401 - ASGI
        await asyncio.to_thread(time.sleep, 2)

    app = edge(blocking, timeout_seconds=0.3, public=None)
    with serving(app, BOUNDS) as port, Connection(port) as connection:
        started = time.monotonic()
        assert connection.get("/").problem["status"] == 504
        assert time.monotonic() - started < 1.5


def test_slow_clients_do_not_keep_others_waiting(port: int) -> None:
    slow = [Connection(port).send(b"GET / HTTP/1.1\r\nX-A: ") for _ in range(50)]
    try:
        with Connection(port) as fast:
            started = time.monotonic()
            assert fast.get("/").status == 200
            assert time.monotonic() - started < 0.5
    finally:
        for each in slow:
            each.socket.close()
