"""One request and its answer: every message to the client passes here and is completed."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from .context import RequestContext
from .policies.headers import OWNED, without_owned
from .problems import MEDIA_TYPE, Problem, render

if TYPE_CHECKING:
    from .policies.body import Body

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Fields = tuple[tuple[bytes, bytes], ...]

_CLOSE: Final = (b"connection", b"close")
_PROBLEM_TYPE: Final = MEDIA_TYPE.encode("ascii")
_KEPT: Final = frozenset(
    {b"allow", b"retry-after", b"www-authenticate", b"link", b"deprecation", b"sunset"}
)
_FIRST_ERROR: Final = 400


class Exchange:
    """The answer to one request.

    An answer that the edge refuses to send (a body over its cap, an error that is no problem
    object) is held back, and a problem object takes its place in :meth:`finish`.

    Attributes:
        context: who asked.
        fields: what every answer to this request carries.
        body: the body on its way in; None when the request has none.
        status: the status code sent; 0 before that.
        started: whether the head of the answer has left.
    """

    __slots__ = ("_refusal", "_send", "body", "context", "fields", "started", "status")

    def __init__(self, context: RequestContext, fields: Fields, send: Send) -> None:
        self.context = context
        self.fields = (*fields, (b"x-request-id", context.request_id.encode("ascii")))
        self.body: Body | None = None
        self.status = 0
        self.started = False
        self._send = send
        self._refusal: Problem | None = None

    async def send(self, message: Message) -> None:
        """Pass one message of the application on to the client."""
        if self._refusal is not None:
            return
        if message["type"] == "http.response.start":
            body = self.body
            if body is not None and body.refusal is not None:
                self._refusal = body.refusal
                return
            status: int = message["status"]
            headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
            if status >= _FIRST_ERROR and not _is_problem(headers):
                self._refusal = _as_problem(status, headers)
                return
            for name, _ in headers:
                if name in OWNED:
                    headers = without_owned(headers)
                    break
            headers += self.fields
            if body is not None and body.unbounded:
                headers.append(_CLOSE)
            message["headers"] = headers
            self.status = status
            self.started = True
        await self._send(message)

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

    async def grant(self, fields: Fields) -> None:
        """Answer 204 with ``fields``."""
        await self.send({"type": "http.response.start", "status": 204, "headers": list(fields)})
        await self.send({"type": "http.response.body", "body": b""})

    async def finish(self) -> None:
        """Send the problem that took the place of the application's answer, if one did.

        When the head has already left, nothing can be said any more; the server cuts the
        connection, which the client sees as an incomplete answer.
        """
        problem = self._refusal
        if problem is None or self.started:
            return
        content = render(problem, self.context.request_id)
        headers = [
            (b"content-type", _PROBLEM_TYPE),
            (b"content-length", b"%d" % len(content)),
            *((k.lower().encode("ascii"), v.encode("latin-1")) for k, v in problem.headers.items()),
            *self.fields,
        ]
        if problem.close or (self.body is not None and self.body.unbounded):
            headers.append(_CLOSE)
        self.status = problem.status
        self.started = True
        await self._send(
            {"type": "http.response.start", "status": problem.status, "headers": headers}
        )
        await self._send({"type": "http.response.body", "body": content})


def _is_problem(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(_PROBLEM_TYPE)
        for name, value in headers
    )


def _as_problem(status: int, headers: list[tuple[bytes, bytes]]) -> Problem:
    kept = {
        name.decode("ascii"): value.decode("latin-1")
        for name, value in headers
        if name.lower() in _KEPT
    }
    return Problem(status, headers=kept)
