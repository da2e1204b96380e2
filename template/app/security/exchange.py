"""One request and its answer: every message to the client passes here and is completed."""

import logging
from collections.abc import Awaitable, Callable, Generator, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from .context import RequestContext
from .deadlines import Deadline
from .policies.headers import OWNED, pairs_of, without_owned
from .problems import MEDIA_TYPE, Problem, render

if TYPE_CHECKING:
    from .policies.body import Body

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

LINES: Final = "app.security.lines"
"""ASGI extension of our server: ``http.response.start`` may carry finished field lines."""

_CLOSE: Final = (b"connection", b"close")
_PROBLEM_TYPE: Final = MEDIA_TYPE.encode("ascii")
_KEPT: Final = frozenset(
    {b"allow", b"deprecation", b"link", b"retry-after", b"sunset", b"www-authenticate"}
)
_FIRST_ERROR: Final = 400

_logger: Final = logging.getLogger(__name__)


class Exchange:
    """The answer to one request.

    An answer that the edge refuses to send (a body over its cap, an error that is no problem
    object) is held back, and a problem object takes its place in :meth:`finish`. An answer in parts
    has its deadline anew for each: a long one is not cut off, one whose service or client stands
    still is.

    Args:
        context: who asked.
        lines: the field lines that every answer to this request carries.
        send: the server's callable.
        deadline: the request's timer.
        part_seconds: the time that one part of an answer may take.
        takes_lines: whether the server writes finished lines.

    Attributes:
        context: who asked.
        lines: the field lines that every answer to this request carries.
        body: the body on its way in; None when the request has none.
        status: the status code sent; 0 before that.
        started: whether the head of the answer has left.
    """

    __slots__ = (
        "_deadline",
        "_part_seconds",
        "_refusal",
        "_send",
        "_takes_lines",
        "body",
        "context",
        "lines",
        "started",
        "status",
    )

    def __init__(  # noqa: PLR0913 - one constructor call, in the edge
        self,
        context: RequestContext,
        lines: bytes,
        send: Send,
        deadline: Deadline,
        *,
        part_seconds: float,
        takes_lines: bool,
    ) -> None:
        self.context = context
        self.lines = lines
        self.body: Body | None = None
        self.status = 0
        self.started = False
        self._send = send
        self._deadline = deadline
        self._part_seconds = part_seconds
        self._takes_lines = takes_lines
        self._refusal: Problem | None = None

    def send(self, message: Message) -> Awaitable[None]:
        """Pass one message of the application on to the client."""
        if self._refusal is not None:
            return _NOTHING
        if message["type"] != "http.response.start":
            if message.get("more_body"):
                self._deadline.restart(self._part_seconds)
            return self._send(message)
        if self._holds_back(message):
            return _NOTHING
        return self._start(message)

    def refuse(self, problem: Problem) -> None:
        """Answer with ``problem`` unless something else has already been decided."""
        if self._refusal is None:
            self._refusal = problem

    def time_out(self) -> None:
        """Answer 408 when the client was too slow (RFC 9110 section 15.5.9), 504 when we were."""
        if self.body is not None and self.body.waiting:
            self._refusal = Problem(408, "The body did not arrive in time.", close=True)
        else:
            self._refusal = Problem(504, "The service did not answer in time.")

    async def grant(self, lines: bytes) -> None:
        """Answer 204 with further field lines."""
        self.lines += lines
        await self.send({"type": "http.response.start", "status": 204, "headers": []})
        await self.send({"type": "http.response.body", "body": b""})

    @property
    def held_back(self) -> bool:
        """Whether a problem takes the place of the application's answer."""
        return self._refusal is not None

    async def finish(self) -> None:
        """Send the problem that took the place of the application's answer, if one did.

        When the head has already left, nothing can be said any more; the server cuts the
        connection, which the client sees as an incomplete answer.
        """
        if self._refusal is None or self.started:
            return
        try:
            await self._say(self._refusal)
        except (RuntimeError, ValueError):  # one of its own fields is none; nothing has left yet
            _logger.exception("A problem cannot be sent")
            await self._say(Problem(500))

    async def _say(self, problem: Problem) -> None:
        content = render(problem, self.context.request_id)
        headers = [
            (b"content-type", _PROBLEM_TYPE),
            (b"content-length", b"%d" % len(content)),
            *((k.lower().encode("ascii"), v.encode("latin-1")) for k, v in problem.headers.items()),
        ]
        if problem.close and not (self.body is not None and self.body.unbounded):
            headers.append(_CLOSE)
        await self._start(
            {"type": "http.response.start", "status": problem.status, "headers": headers}
        )
        await self._send({"type": "http.response.body", "body": content})

    def _holds_back(self, message: Message) -> bool:
        """Decide whether a problem takes the place of the application's answer."""
        if self.body is not None and self.body.refusal is not None:
            self._refusal = self.body.refusal
        elif message["status"] >= _FIRST_ERROR and not _is_problem(message.get("headers", ())):
            self._refusal = _as_problem(message["status"], message.get("headers", ()))
        return self._refusal is not None

    async def _start(self, message: Message) -> None:
        headers = list(message.get("headers", ()))
        for name, _ in headers:
            if name in OWNED:
                headers = without_owned(headers)
                break
        if self.body is not None and self.body.unbounded:
            headers.append(_CLOSE)
        if self._takes_lines:
            message[LINES] = self.lines
        else:
            headers += pairs_of(self.lines)
        message["headers"] = headers
        await self._send(message)
        self.status = message["status"]
        self.started = True


class _Nothing:
    """What awaiting a message that is not sent takes."""

    def __await__(self) -> Generator[None]:
        return
        yield


_NOTHING: Final = _Nothing()


def _is_problem(headers: Headers) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(_PROBLEM_TYPE)
        for name, value in headers
    )


def _as_problem(status: int, headers: Headers) -> Problem:
    kept = {
        name.decode("ascii"): value.decode("latin-1")
        for name, value in headers
        if name.lower() in _KEPT
    }
    return Problem(status, headers=kept)
