"""Hands the body to the application up to its cap, and its deadline while it arrives."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from app.security.context import RequestContext
from app.security.deadlines import Deadline
from app.security.problems import Problem

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


class Body:
    """A request body on its way in.

    Args:
        receive: the server's callable.
        context: holds the cap, which the route may have raised before it reads.
        declared: the value of ``Content-Length``; None for a chunked body.
        deadline: the request's timer; moved while the client is waited for, so that a slow client
            is told 408 and a slow service 504.
        seconds: the time the whole body may take.
        answer_seconds: the time the service has once the body is complete.
    """

    __slots__ = (
        "_answer_seconds",
        "_context",
        "_deadline",
        "_declared",
        "_receive",
        "_received",
        "_seconds",
        "complete",
        "refusal",
        "waiting",
    )

    def __init__(  # noqa: PLR0913 - one constructor call, in the edge
        self,
        receive: Receive,
        context: RequestContext,
        declared: int | None,
        deadline: Deadline,
        *,
        seconds: float,
        answer_seconds: float,
    ) -> None:
        self._receive = receive
        self._context = context
        self._declared = declared
        self._deadline = deadline
        self._seconds = seconds
        self._answer_seconds = answer_seconds
        self._received = 0
        self.complete = False
        self.waiting = False
        self.refusal: Problem | None = None

    async def receive(self) -> Message:
        """Return the next message.

        Raises:
            Problem: 413, the declared or the received length exceeds the cap. It is kept in
                ``refusal`` as well: a framework that turns it into another answer is overruled.
        """
        if self.complete:
            return await self._receive()
        if self.too_long:
            raise self._refuse()
        if not self.waiting:
            self.waiting = True
            self._deadline.restart(self._seconds)
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self.too_long:
            raise self._refuse()
        if not message.get("more_body", False):
            self.complete = True
            self.waiting = False
            self._deadline.restart(self._answer_seconds)
        return message

    @property
    def too_long(self) -> bool:
        """Whether the body is known to exceed its cap."""
        return max(self._received, self._declared or 0) > self._context.body_limit

    @property
    def unbounded(self) -> bool:
        """Whether what is left of the body may be too much to read and throw away."""
        return not self.complete and (self._declared is None or self.too_long)

    def _refuse(self) -> Problem:
        self.refusal = Problem(413, "The body is too long.", close=True)
        return self.refusal
