"""uvicorn's HTTP/1.1 protocol with deadlines, bounds and problem answers of its own.

Stock uvicorn bounds neither the size of a head nor the time a client may take, answers malformed
requests in plain text, and lets trailers change the headers of a running request.
"""

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .cycle import Cycle, bound_unsent, field_line, status_line
from .exchange import LINES
from .policies.headers import security_lines
from .policies.request_id import request_id
from .problems import MEDIA_TYPE, Problem, render

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from uvicorn.server import ServerState

    from .server_policy import BoundedConfig

_MAX_FIELDS: Final = 100
_MAX_PIPELINED: Final = 100
_LINGER_SECONDS: Final = 2.0
_VERSIONS: Final = frozenset({"1.0", "1.1"})
_IDLE, _HEAD, _BODY = range(3)
_ABSOLUTE: Final = re.compile(rb"(?i)https?://(?P<authority>[^/?#]+)(?P<rest>.*)", re.DOTALL)

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
        config: "BoundedConfig",
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
        self._due: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False
        self._socket: asyncio.Transport

    # What the event loop calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn narrows it too
        """Give the client ``head_seconds`` for its first head."""
        super().connection_made(transport)
        self._socket = transport
        bound_unsent(transport)
        self.transport = _Transport(transport, self)  # type: ignore[assignment] # what uvicorn uses
        self._arm(self._policy.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection's timer."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and answer what it cannot read."""
        if self._closing:
            return
        self._chunk_bytes = len(data)
        self._head_is_new = False
        idle = self._phase == _IDLE
        previous = self.cycle
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            return  # served as a plain request; the parser reads nothing more, its end is ours
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
        if self._phase == _IDLE:
            self._arm(self._policy.body_seconds)
            self._socket.close()
            return
        self.flow.resume_reading()
        if self._socket.can_write_eof():
            self._socket.write_eof()
        self._arm(_LINGER_SECONDS)

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
        self._due = None
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
        self.cycle = Cycle(
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
            if len(self.pipeline) >= _MAX_PIPELINED:
                self._stop(Problem(400, "Too many requests are waiting for their answers."))
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def on_body(self, body: bytes) -> None:
        """Hand a part of the body on."""
        self._uncounted_bytes = -self._chunk_bytes  # this chunk held a body
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the next request."""
        self._phase = _IDLE
        super().on_message_complete()
        if self.cycle.response_complete:
            self._arm(self._policy.idle_seconds)

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for it.

        The rest of a body that the application did not read has ``body_seconds`` to arrive.
        """
        self.server_state.total_requests += 1
        if self.closing:
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        elif self._phase == _BODY:
            self._arm(self._policy.body_seconds)
        elif self._phase == _IDLE:
            self._arm(self._policy.idle_seconds)

    # Deadlines

    def _arm(self, seconds: float) -> None:
        """Let the connection expire in ``seconds``; another call, or no ``_due``, replaces this.

        One timer serves all deadlines of a connection and is moved only when it fires: most
        deadlines are met, and a timer for each of them is what costs.
        """
        self._due = self.loop.time() + seconds
        if self._timer is None or self._timer.when() > self._due:
            self._set_timer(self._due)

    def _set_timer(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_at(when, self._check)

    def _check(self) -> None:
        self._timer = None
        if self._due is None:
            return
        if self._due > self.loop.time():
            self._set_timer(self._due)
        else:
            self._due = None
            self._expire()

    def _wait_for_head(self, size: int) -> None:
        self._uncounted_bytes += size
        if self._uncounted_bytes > self._policy.head_bytes:
            self._refuse(_head_too_large())
        elif self._head_is_new or self._due is None:
            self._arm(self._policy.head_seconds)

    def _expire(self) -> None:
        if self._closing:
            self._socket.abort()
        elif self.cycle is not None and not self.cycle.response_complete:
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
        # A head within one chunk is no larger than it; of one that began earlier, count the fields.
        if self._chunk_bytes > limit or not self._head_is_new:
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
        lines = (field_line(field)[1] for field in fields)
        return b"".join((status_line(problem.status), *lines, security, b"\r\n", content))


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


def _head_too_large() -> Problem:
    return Problem(431, "The request head is too large.")
