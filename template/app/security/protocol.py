"""uvicorn's HTTP/1.1 protocol with deadlines, bounds and problem answers of its own.

Stock uvicorn bounds neither the size of a head nor the time a client may take, answers malformed
requests in plain text, and lets trailers change the headers of a running request.
"""

import asyncio
import http
import logging
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from .exchange import LINES
from .policies.headers import security_lines
from .policies.request_id import request_id
from .problems import MEDIA_TYPE, Problem, render

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from uvicorn.server import ServerState

    from .server import HardenedConfig

_MAX_FIELDS: Final = 100
_LINGER_SECONDS: Final = 2.0
_VERSIONS: Final = frozenset({"1.0", "1.1"})
_IDLE, _HEAD, _BODY, _DEAF = range(4)
_PLAIN, _LENGTH, _CODING, _CONNECTION = range(4)
_KINDS: Final = {
    b"content-length": _LENGTH,
    b"transfer-encoding": _CODING,
    b"connection": _CONNECTION,
}
_BAD_NAME: Final = re.compile(rb"[^!#$%&'*+.^_`|~0-9A-Za-z-]")
_BAD_VALUE: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_ABSOLUTE: Final = re.compile(rb"(?i)https?://(?P<authority>[^/?#]+)(?P<rest>.*)", re.DOTALL)
_NO_BODY: Final = frozenset({204, 304})

_EXTENSIONS: Final[dict[str, dict[object, object]]] = {LINES: {}}

_logger: Final = logging.getLogger("app.security.protocol")


class HardenedProtocol(HttpToolsProtocol):
    """One connection.

    A head has ``head_seconds`` to arrive and ``head_bytes`` to fit in, 408 and 431 otherwise; a
    body that nobody reads has ``body_seconds``; what surrounds a body in its message (chunk
    extensions, trailers) is bounded like a head and thrown away.
    """

    def __init__(
        self,
        config: "HardenedConfig",
        server_state: "ServerState",
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._policy = config.policy
        self._phase = _IDLE
        self._chunk_bytes = 0
        self._head_is_new = False
        self._uncounted_bytes = 0
        self._refusal: Problem | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._closing = False
        self._socket: asyncio.Transport

    # What the event loop calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn narrows it too
        """Give the client ``head_seconds`` for its first head."""
        super().connection_made(transport)
        self._socket = transport
        self.transport = _Transport(transport, self)  # type: ignore[assignment] # what uvicorn uses
        self._arm(self._policy.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection's timer."""
        self._closing = True
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and answer what it cannot read."""
        if self._closing or self._phase == _DEAF:
            return
        self._unset_keepalive_if_required()
        self._chunk_bytes = len(data)
        self._head_is_new = False
        idle = self._phase == _IDLE
        previous = self.cycle
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._phase = _DEAF  # the request is served as it is, the connection ends with it
            return
        except httptools.HttpParserError:
            self._refuse(self._refusal or Problem(400, "The request is malformed."))
            return
        if self._phase == _HEAD or (idle and previous is self.cycle):
            self._wait_for_head(0 if self._head_is_new else len(data))
        elif self._phase == _BODY:
            self._uncounted_bytes += len(data)
            if self._uncounted_bytes > self._policy.head_bytes:
                self._refuse(Problem(400, "The body is malformed."))

    def close(self) -> None:
        """Close without cutting off an answer that the client may still be reading.

        A socket that is closed while data is arriving is reset, and the client loses the answer. So
        the sending side is closed first, what still arrives is thrown away for two seconds.
        """
        if self._closing:
            return
        self._closing = True
        self._disarm()
        if self._phase == _IDLE:
            self._deadline = self.loop.call_later(self._policy.body_seconds, self._socket.abort)
            self._socket.close()
            return
        self.flow.resume_reading()
        if self._socket.can_write_eof():
            self._socket.write_eof()
        self._deadline = self.loop.call_later(_LINGER_SECONDS, self._socket.abort)

    @property
    def closing(self) -> bool:
        """Whether nothing more may be written."""
        return self._closing or self._socket.is_closing()

    # What the parser calls

    def on_message_begin(self) -> None:
        """Start a head."""
        self._phase = _HEAD
        self._head_is_new = True
        self._uncounted_bytes = 0
        super().on_message_begin()
        self.scope["extensions"] = _EXTENSIONS

    def on_headers_complete(self) -> None:
        """Check the head and hand the request to the application."""
        self._disarm()
        self._phase = _BODY
        headers, self.headers = self.headers, []  # trailers go where nobody looks
        self._check_size(headers)
        scope: MutableMapping[str, Any] = self.scope  # type: ignore[assignment] # filled step by step
        version = self.parser.get_http_version()
        if version not in _VERSIONS:
            self._stop(Problem(400, "The protocol version is not supported."))
        target = self.url if self.url.startswith(b"/") else self._origin_form(headers)
        raw_path, _, query = target.partition(b"?")
        path = raw_path.decode("ascii")
        scope["http_version"] = version
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = raw_path
        scope["query_string"] = query
        previous = self.cycle
        self.cycle = _Cycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade(),
            on_response=self.on_response_complete,
        )
        if previous is None or previous.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def on_body(self, body: bytes) -> None:
        """Hand a part of the body on."""
        self._uncounted_bytes = -self._chunk_bytes  # this chunk held a body
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the next request."""
        self._phase = _IDLE
        self._disarm()
        super().on_message_complete()
        if self.cycle.response_complete:
            self._arm(self._policy.idle_seconds)

    def on_response_complete(self) -> None:
        """Give the rest of a body that the application did not read ``body_seconds`` to arrive."""
        super().on_response_complete()
        if self._phase == _BODY and not self.closing and not self.pipeline:
            self._arm(self._policy.body_seconds)

    # Deadlines

    def _arm(self, seconds: float) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(seconds, self._expire)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _wait_for_head(self, size: int) -> None:
        self._uncounted_bytes += size
        if self._uncounted_bytes > self._policy.head_bytes:
            self._refuse(_head_too_large())
        else:
            self._arm(self._policy.head_seconds)

    def _expire(self) -> None:
        self._deadline = None
        if self.cycle is not None and not self.cycle.response_complete:
            self._arm(self._policy.head_seconds)  # a pipelined head waits for the answer before it
        elif self._phase == _HEAD:
            self._refuse(Problem(408, "The request head did not arrive in time."))
        else:
            self._phase = _IDLE
            self.close()

    # Refusals

    def _check_size(self, headers: list[tuple[bytes, bytes]]) -> None:
        limit = self._policy.head_bytes
        if len(headers) > _MAX_FIELDS:
            self._stop(_head_too_large())
        if self._uncounted_bytes + self._chunk_bytes > limit:
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in headers)
            if size > limit:
                self._stop(_head_too_large())
        self._uncounted_bytes = -self._chunk_bytes

    def _origin_form(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        """Return the path and query of an absolute request target whose host is ``Host``'s.

        RFC 9112 section 3.2.2: the target's host counts, not the field's. So both must agree.
        """
        match = _ABSOLUTE.fullmatch(self.url)
        hosts = [value.lower() for name, value in headers if name == b"host"]
        if match is None or hosts != [match["authority"].lower()]:
            self._stop(Problem(400, "The request target is not supported."))
        rest = match["rest"]
        return rest if rest.startswith(b"/") else b"/" + rest

    def _stop(self, problem: Problem) -> NoReturn:
        """Leave the parser, which turns any exception into its own; ``data_received`` answers."""
        self._refusal = problem
        raise problem

    def _refuse(self, problem: Problem) -> None:
        """Answer in the application's stead and close."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            started = cycle.response_started
            cycle.disconnected = True
            cycle.message_event.set()
            if started:
                self._socket.abort()
                return
        identifier = request_id(None)
        self._socket.write(self._answer(problem, identifier))
        client = self.client[0] if self.client else None
        fields = {"status": problem.status, "client": client, "request_id": identifier}
        _logger.warning("request head refused", extra={"fields": fields})
        self._phase = _HEAD
        self.close()

    def _answer(self, problem: Problem, identifier: str) -> bytes:
        content = render(problem, identifier)
        fields = (
            *self.server_state.default_headers,
            (b"content-type", MEDIA_TYPE.encode("ascii")),
            (b"content-length", b"%d" % len(content)),
            (b"x-request-id", identifier.encode("ascii")),
            (b"connection", b"close"),
        )
        security = security_lines(
            https=self.scheme == "https", hsts_seconds=self._policy.hsts_seconds
        )
        lines = (_line(field)[1] for field in fields)
        return b"".join((_status_line(problem.status), *lines, security, b"\r\n", content))


class _Transport:
    """What uvicorn takes for the transport: closing goes through the protocol."""

    def __init__(self, transport: asyncio.Transport, protocol: HardenedProtocol) -> None:
        self._protocol = protocol
        self.write = transport.write
        self.get_extra_info = transport.get_extra_info

    def close(self) -> None:
        self._protocol.close()

    def is_closing(self) -> bool:
        return self._protocol.closing


class _Cycle(RequestResponseCycle):
    """Writes the head of an answer from lines that were checked before: most repeat for ever."""

    async def send(self, message: Any) -> None:  # noqa: ANN401 - uvicorn's types are private
        """Send one ASGI message."""
        if self.response_started or message["type"] != "http.response.start":
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        head = self._head(message["status"], message.get("headers", ()))
        self.response_started = True
        self.waiting_for_100_continue = False
        self.transport.write(head + message.get(LINES, b"") + b"\r\n")

    def _head(self, status: int, headers: "Iterable[tuple[bytes, bytes]]") -> bytes:
        """Return the status line and the field lines, noting what they say of the body."""
        parts = [_status_line(status), *[_line(field)[1] for field in self.default_headers]]
        says_close = False
        lines = [_line(tuple(field)) for field in headers]  # all of them, or nothing is noted
        for kind, line in lines:
            parts.append(line)
            if kind == _PLAIN:
                continue
            value = line.partition(b":")[2].strip()
            if kind == _LENGTH and self.chunked_encoding is None:
                self.expected_content_length = int(value)
                self.chunked_encoding = False
            elif kind == _CODING:
                self.expected_content_length = 0
                self.chunked_encoding = True
            elif kind == _CONNECTION and b"close" in value.lower():
                self.keep_alive = False
                says_close = True
        if not self.keep_alive and not says_close:
            parts.append(b"connection: close\r\n")
        has_body = self.scope["method"] != "HEAD" and status not in _NO_BODY
        if self.chunked_encoding is None and has_body:
            self.chunked_encoding = True
            parts.append(b"transfer-encoding: chunked\r\n")
        return b"".join(parts)


@lru_cache(maxsize=1024)
def _line(field: tuple[bytes, bytes]) -> tuple[int, bytes]:
    """Return what a field means to the connection, and its line.

    Raises:
        RuntimeError: the name or the value could end the line, a response-splitting attempt.
    """
    name, value = field
    if not name or _BAD_NAME.search(name) or _BAD_VALUE.search(value):
        raise RuntimeError("an answer's field is malformed")
    name = name.lower()
    return _KINDS.get(name, _PLAIN), name + b": " + value + b"\r\n"


@lru_cache(maxsize=64)
def _status_line(status: int) -> bytes:
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode("ascii")


def _head_too_large() -> Problem:
    return Problem(431, "The request head is too large.")
