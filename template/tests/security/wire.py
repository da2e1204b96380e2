"""Speaks to applications and servers byte by byte, as attackers do and client libraries do not."""

import asyncio
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

import uvicorn

from app.security.context import Principal
from app.security.edge import EdgePolicy, protect
from app.security.limiter_memory import MemoryLimiter
from app.security.server import HardenedConfig
from app.security.server_policy import ServerPolicy

Pairs = Sequence[tuple[bytes, bytes]]


class Tokens:
    """An authenticator that knows a few tokens.

    Args:
        callers: by token; all of them need :meth:`verify`, since nothing is cached.
    """

    def __init__(self, callers: Mapping[bytes, Principal] | None = None) -> None:
        self.callers = dict(callers or {})

    def cached(self, _token: bytes) -> Principal | None:
        """Return None: nothing is cached."""
        return None

    async def verify(self, token: bytes) -> Principal | None:
        """Return the caller of a known token."""
        return self.callers.get(token)


def edge(app: Any, **policy: Any) -> Any:  # noqa: ANN401 - ASGI callables and policy values
    """Return ``app`` behind an edge that allows plain http unless told otherwise."""
    values: dict[str, Any] = {"limiter": MemoryLimiter(), "authenticator": Tokens()}
    return protect(app, EdgePolicy(**(values | {"force_https": False} | policy)))


async def hello(_scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    """Answer 200 to everything, without reading the body."""
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


async def echo(_scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    """Answer with the body."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@dataclass
class Answer:
    """What came back.

    Attributes:
        status: the status code.
        fields: the header fields in order, names in lower case.
        body: the body, without its transfer coding.
    """

    status: int
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def __getitem__(self, name: str) -> str | None:
        """Return the value of a field; None when it is missing; its values joined when repeated."""
        values = [value for key, value in self.fields if key == name]
        return ", ".join(values) if values else None

    @property
    def problem(self) -> dict[str, Any]:
        """The problem object; fails when the answer is none or lacks what every answer carries."""
        assert self["content-type"] == "application/problem+json", self
        assert self["x-content-type-options"] == "nosniff", self
        found: dict[str, Any] = json.loads(self.body)
        assert found["status"] == self.status, self
        assert found["request_id"] == self["x-request-id"], self
        return found


def ask(  # noqa: PLR0913 - the parts of a request
    app: Any,  # noqa: ANN401 - an ASGI callable
    method: str = "GET",
    path: str = "/",
    headers: Pairs = ((b"host", b"api.example.com"),),
    *,
    client: str = "192.0.2.1",
    scheme: str = "http",
    body: Sequence[bytes] = (),
) -> Answer:
    """Return an application's answer to one request, without a server in between."""
    answer = Answer(0)
    chunks = list(body)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0)
        chunk = chunks.pop(0) if chunks else b""
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

    async def send(message: Any) -> None:  # noqa: ANN401 - ASGI
        await asyncio.sleep(0)
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.fields = [(k.decode(), v.decode()) for k, v in message["headers"]]
        else:
            answer.body += message.get("body", b"")

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": list(headers),
        "client": (client, 40000),
        "scheme": scheme,
    }
    asyncio.run(app(scope, receive, send))
    return answer


def with_lifespan(app: Any) -> Any:  # noqa: ANN401 - ASGI
    """Return ``app`` with the answers to lifespan events that servers wait for."""

    async def application(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    return application


class Port(int):
    """The port of a running server, which can also be looked into."""

    server: uvicorn.Server


@contextmanager
def serving(
    app: Any,  # noqa: ANN401 - an ASGI callable
    policy: ServerPolicy | None = None,
    **options: Any,  # noqa: ANN401 - uvicorn's
) -> Iterator[Port]:
    """Run the hardened server in a thread; yield its port on 127.0.0.1."""
    config = HardenedConfig(with_lifespan(app), policy or ServerPolicy(), port=0, **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        port = Port(server.servers[0].sockets[0].getsockname()[1])
        port.server = server
        yield port
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive(), "the server did not stop"


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Return when ``condition`` holds; fail after ``seconds``."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


class Connection:
    """A connection to a server on 127.0.0.1.

    Args:
        port: the server's.
        tls: wraps the socket; None for plain TCP.
    """

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        plain = socket.create_connection(("127.0.0.1", int(port)), timeout=15)
        self.socket = plain if tls is None else tls.wrap_socket(plain, server_hostname="localhost")
        self._buffer = b""

    def __enter__(self) -> Self:
        """Return the connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.socket.close()

    def send(self, data: bytes) -> Self:
        """Send bytes as they are; a server that has closed its side does not matter."""
        with suppress(OSError):  # what it answered before is still to be read
            self.socket.sendall(data)
        return self

    def get(self, path: str = "/", *fields: str) -> Answer:
        """Return the answer to a GET."""
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", *fields, "", ""]
        return self.send("\r\n".join(lines).encode("latin-1")).answer()

    def answer(self, *, head: bool = False) -> Answer:
        """Read one answer.

        Args:
            head: whether the request was HEAD, so that no body follows.
        """
        top, self._buffer = self._until(b"\r\n\r\n")
        first, *lines = top.decode("latin-1").split("\r\n")
        answer = Answer(int(first.split(" ")[1]))
        for line in lines:
            name, _, value = line.partition(": ")
            answer.fields.append((name.lower(), value))
        if head:
            return answer
        if answer["transfer-encoding"] == "chunked":
            answer.body = self._chunked()
        else:
            length = int(answer["content-length"] or 0)
            while len(self._buffer) < length:
                self._more()
            answer.body, self._buffer = self._buffer[:length], self._buffer[length:]
        return answer

    def seconds_until_closed(self, seconds: float = 15) -> float:
        """Return how long the server keeps its side open; fail when longer than ``seconds``."""
        started = time.monotonic()
        self.socket.settimeout(seconds)
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass  # closed all the same
        return time.monotonic() - started

    def everything(self) -> bytes:
        """Return the bytes that come until the server closes its side."""
        received = self._buffer
        while data := self.socket.recv(65536):
            received += data
        return received

    def _until(self, end: bytes) -> tuple[bytes, bytes]:
        while end not in self._buffer:
            self._more()
        before, _, after = self._buffer.partition(end)
        return before, after

    def _chunked(self) -> bytes:
        body = b""
        while True:
            size, self._buffer = self._until(b"\r\n")
            while len(self._buffer) < int(size, 16) + 2:
                self._more()
            if int(size, 16) == 0:
                self._buffer = self._buffer[2:]
                return body
            body += self._buffer[: int(size, 16)]
            self._buffer = self._buffer[int(size, 16) + 2 :]

    def _more(self) -> None:
        data = self.socket.recv(65536)
        assert data, f"the server closed the connection after {self._buffer!r}"
        self._buffer += data
