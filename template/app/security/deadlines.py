"""Time limits of requests, kept by one timer; a timer for each request costs ten times more."""

import asyncio
from typing import Final

_TICK_SECONDS: Final = 0.1


class Deadline:
    """A point in time at which the task that made it is cancelled.

    Attributes:
        passed: whether the task was cancelled by it.
    """

    __slots__ = ("_due", "_task", "passed")

    def __init__(self, task: asyncio.Task[object], seconds: float) -> None:
        self._task = task
        self.passed = False
        self.restart(seconds)

    def restart(self, seconds: float) -> None:
        """Move the deadline to so many seconds from now."""
        self._due = asyncio.get_running_loop().time() + seconds

    def enforce(self, now: float) -> None:
        """Cancel the task, once, if the time has come."""
        if now >= self._due and not self.passed:
            self.passed = True
            self._task.cancel()

    def forgive(self) -> None:
        """Let the task go on, once it has been cancelled."""
        self._task.uncancel()


class Deadlines:
    """The deadlines of all requests that are being served, checked ten times a second."""

    def __init__(self) -> None:
        self._running: set[Deadline] = set()
        self._timer: asyncio.TimerHandle | None = None

    def start(self, seconds: float) -> Deadline:
        """Return a deadline of the running task; whoever starts one must :meth:`end` it."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("only a task can have a deadline")
        deadline = Deadline(task, seconds)
        self._running.add(deadline)
        if self._timer is None:
            self._timer = loop.call_later(_TICK_SECONDS, self._tick, loop)
        return deadline

    def end(self, deadline: Deadline) -> None:
        """Forget a deadline."""
        self._running.discard(deadline)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for deadline in self._running:
            deadline.enforce(now)
        self._timer = loop.call_later(_TICK_SECONDS, self._tick, loop) if self._running else None
