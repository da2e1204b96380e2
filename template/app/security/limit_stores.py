"""Chooses the limiters that a store address stands for."""

from typing import Final, Literal, NamedTuple

from .limiter_leased import LeasedLimiter
from .limiter_memory import MemoryLimiter
from .limiter_redis import PATIENCE, RedisLimiter, RedisStore
from .limits import Limiter

OnFailure = Literal["local", "refuse"]

_MEMORY: Final = "memory:"
_SHARED: Final = ("redis:", "rediss:")


class Limiters(NamedTuple):
    """The two limiters of a service; they share one store.

    Attributes:
        general: for rate classes.
        flows: for sign-in, registration and passwords: exact, and closed when the store is down.
    """

    general: Limiter
    flows: Limiter


def limiters(
    url: str, on_failure: OnFailure, namespace: str, *, patience: float = PATIENCE
) -> Limiters:
    """Return the limiters of a store.

    Args:
        url: ``memory://``, ``redis://…`` or ``rediss://…``.
        on_failure: what general limits do while the store is down: count in this process alone
            (``local``), or answer 503 (``refuse``).
        namespace: keeps services apart that share a store.
        patience: seconds that a request waits for the store.

    Raises:
        ValueError: the address is of no known kind.
    """
    if url.startswith(_MEMORY):
        memory = MemoryLimiter()
        return Limiters(memory, memory)
    if url.startswith(_SHARED):
        store = RedisStore(url, namespace, patience=patience)
        fallback = MemoryLimiter() if on_failure == "local" else None
        return Limiters(LeasedLimiter(store, fallback), RedisLimiter(store))
    raise ValueError("a limit store is memory://, redis:// or rediss://")
