"""The writing side of a connection: finished lines, and head and body in one piece."""

import http
import re
import socket
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from .exchange import LINES

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable, Mapping

_PLAIN, _LENGTH, _CODING, _CONNECTION = range(4)
_KINDS: Final = {
    b"content-length": _LENGTH,
    b"transfer-encoding": _CODING,
    b"connection": _CONNECTION,
}
_BAD_NAME: Final = re.compile(rb"[^!#$%&'*+.^_`|~0-9A-Za-z-]")
_BAD_VALUE: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_NO_BODY: Final = frozenset({204, 304})
_SMALL: Final = 65_536
_UNSENT_BYTES: Final = 131_072
_UNSENT_OPTION: Final[int | None] = getattr(socket, "TCP_NOTSENT_LOWAT", None)  # not on Windows


class Cycle(RequestResponseCycle):
    """Writes the head of an answer from lines that were checked before: most repeat for ever."""

    _held = b""

    async def send(self, message: Any) -> None:  # noqa: ANN401 - uvicorn's types are private
        """Send one ASGI message; the head leaves together with the first part of the body."""
        if self.response_started or message["type"] != "http.response.start":
            if self._held and message["type"] == "http.response.body":
                held, self._held = self._held, b""
                if self._completes(message):
                    self._write_all(held + message.get("body", b""))
                    return
                self.transport.write(held)
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        head = self._head(message["status"], message.get("headers", ()))
        self.response_started = True
        self.waiting_for_100_continue = False
        self._held = head + message.get(LINES, b"") + b"\r\n"

    def _completes(self, message: "Mapping[str, Any]") -> bool:
        """Tell whether a message is a whole, small body as announced, on a client that reads."""
        return (
            not message.get("more_body", False)
            and self.chunked_encoding is False
            and len(message.get("body", b"")) == self.expected_content_length <= _SMALL
            and self.scope["method"] != "HEAD"
            and not self.flow.write_paused
            and not self.disconnected
        )

    def _write_all(self, data: bytes) -> None:
        self.transport.write(data)
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def _head(self, status: int, headers: "Iterable[tuple[bytes, bytes]]") -> bytes:
        """Return the status line and the field lines, noting what they say of the body."""
        parts = [
            status_line(status),
            *[field_line(field)[1] for field in self.default_headers],
        ]
        says_close = False
        lines = [field_line(tuple(field)) for field in headers]  # all of them, or nothing is noted
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


def bound_unsent(transport: "asyncio.Transport") -> None:
    """Let the system hold little of what a connection still has to send.

    It would take megabytes from whoever does not read, and tell of room again only when a third of
    them has left: a slow reader would seem to stand still.
    """
    if _UNSENT_OPTION is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, _UNSENT_OPTION, _UNSENT_BYTES)


@lru_cache(maxsize=1024)
def field_line(field: tuple[bytes, bytes]) -> tuple[int, bytes]:
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
def status_line(status: int) -> bytes:
    """Return the first line of an answer."""
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode("ascii")
