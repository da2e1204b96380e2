"""Counts events in this process: exact sliding windows in sub-windows, in bounded memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from .limits import Decision, Quota

# The events of a sixtieth of a window are one entry, which counts until the last of them is a
# window old. So the quota is never exceeded in any window, and a refusal lasts at most 1/60 of a
# window too long. GCRA would be smaller, but lets almost twice the quota pass in some windows.
SUB_WINDOWS: Final = 60
_MAX_KEYS: Final = 65_536


class MemoryLimiter:
    """A limiter for one process.

    Keys are kept apart by what they limit, least recently used ones go first: a flood of new
    addresses pushes out neither the sign-in counters nor the counter of the flooding address.

    Args:
        max_keys: keys held for each kind of limit.
        clock: seconds that never go back.
    """

    def __init__(
        self, *, max_keys: int = _MAX_KEYS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_keys = max_keys
        self._clock = clock
        self._kinds: dict[str, OrderedDict[str, list[float]]] = {}

    async def hit(self, key: str, quota: Quota, cost: int = 1) -> Decision:
        """Count ``cost`` events under ``key``; see :class:`~app.security.limits.Limiter`."""
        return self.hit_now(key, quota, cost)

    def hit_now(self, key: str, quota: Quota, cost: int = 1) -> Decision:
        """Count ``cost`` events under ``key``, which never takes waiting here."""
        now = self._clock()
        keys = self._kinds.get(key.partition(":")[0])
        window = None if keys is None else keys.get(key)
        if keys is None or window is None:
            window = self._add(key)
        else:
            keys.move_to_end(key)
        seconds = quota.window
        if len(window) > 1 and window[1] <= now - seconds:
            _expire(window, now - seconds)
        total = int(window[0])
        asked = cost or 1
        if total + asked > quota.limit:
            reset = seconds - (now - window[-2]) if total else 0.0
            retry = seconds - (now - _last_to_go(window, total + asked - quota.limit, now))
            return Decision(False, max(0, quota.limit - total), reset, retry)
        if cost:
            width = seconds / SUB_WINDOWS
            if total and int(window[-2] / width) == int(now / width):
                window[-2] = now
                window[-1] += cost
            else:
                window += (now, cost)
            window[0] = total = total + cost
        reset = seconds - (now - window[-2]) if total else 0.0
        return Decision(True, quota.limit - total, reset, 0.0)

    async def ping(self) -> None:
        """Return at once: this process can always count."""

    async def close(self) -> None:
        """Have nothing to let go of."""

    def _add(self, key: str) -> list[float]:
        """Hold ``[total, last event, events, last event, events ...]`` for a new key."""
        keys = self._kinds.setdefault(key.partition(":")[0], OrderedDict())
        if len(keys) >= self._max_keys:
            keys.popitem(last=False)
        window = keys[key] = [0]
        return window


def _expire(window: list[float], horizon: float) -> None:
    while len(window) > 1 and window[1] <= horizon:
        window[0] -= window[2]
        del window[1:3]


def _last_to_go(window: list[float], needed: int, now: float) -> float:
    """Return the time of the last event that must leave so that ``needed`` have left."""
    left: float = needed
    last = now
    for index in range(1, len(window), 2):
        last = window[index]
        left -= window[index + 1]
        if left <= 0:
            break
    return last
