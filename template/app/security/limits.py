"""Quotas and the one question asked of every limit store."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Quota:
    """At most ``limit`` events in any ``window`` seconds."""

    limit: int
    window: int


class Decision(NamedTuple):
    """What a store answered for one event (a tuple, since one is made for every request).

    Attributes:
        allowed: whether the event fits the quota (it was counted if so).
        remaining: events left now, never negative.
        reset_after: seconds until the quota is whole again.
        retry_after: seconds until one more event fits; 0 when allowed.
    """

    allowed: bool
    remaining: int
    reset_after: float
    retry_after: float


class StoreUnavailableError(Exception):
    """The shared store did not answer in time."""


class Limiter(Protocol):
    """Counts events by key; shared between processes when its store is.

    A key is ``<what is limited>:<who>``, for example ``sign-in:192.0.2.7``.
    """

    async def hit(self, key: str, quota: Quota, cost: int = 1) -> Decision:
        """Count ``cost`` events under ``key``; ``cost=0`` asks whether one fits, without counting.

        Raises:
            StoreUnavailableError: the store is down and the policy is to fail closed.
        """
        ...

    def hit_now(self, key: str, quota: Quota) -> Decision | None:
        """Count one event if that takes no waiting; None, and nothing counted, if it does."""
        ...

    async def ping(self) -> None:
        """Return when the store can count.

        Raises:
            StoreUnavailableError: it cannot, whatever the policy on failure.
        """
        ...

    async def close(self) -> None:
        """Let go of the store's connections."""
        ...
