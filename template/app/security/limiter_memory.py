"""Counts events in this process: exact sliding windows in sub-windows, in bounded memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from .limits import Decision, Quota

# A sub-window counts in full until its last possible event is a window old. So the quota is never
# exceeded in any window, and a refusal lasts at most 1/60 of a window too long. GCRA would be
# smaller, but lets almost twice the quota pass in some windows.
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
        self._kinds: dict[str, OrderedDict[str, list[int]]] = {}

    async def hit(self, key: str, quota: Quota, cost: int = 1) -> Decision:
        """Count ``cost`` events under ``key``; see :class:`~app.security.limits.Limiter`."""
        width = quota.window / SUB_WINDOWS
        now = self._clock()
        current = int(now / width)
        counts = self._counts(key)
        _expire(counts, current)
        total = sum(counts[1::2])
        asked = cost or 1
        allowed = total + asked <= quota.limit
        if allowed and cost:
            if counts and counts[-2] == current:
                counts[-1] += cost
            else:
                counts += (current, cost)
            total += cost
        reset = (counts[-2] + SUB_WINDOWS + 1) * width - now if counts else 0.0
        if allowed:
            return Decision(True, quota.limit - total, reset, 0.0)
        retry = _wait(counts, total + asked - quota.limit, width, now)
        return Decision(False, max(0, quota.limit - total), reset, retry)

    async def ping(self) -> None:
        """Return at once: this process can always count."""

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    def _counts(self, key: str) -> list[int]:
        """Return the alternating sub-windows and counts of a key, and mark it as used."""
        kind = key.partition(":")[0]
        keys = self._kinds.get(kind)
        if keys is None:
            keys = self._kinds[kind] = OrderedDict()
        counts = keys.get(key)
        if counts is not None:
            keys.move_to_end(key)
            return counts
        if len(keys) >= self._max_keys:
            keys.popitem(last=False)
        counts = keys[key] = []
        return counts


def _expire(counts: list[int], current: int) -> None:
    oldest = current - SUB_WINDOWS
    while counts and counts[0] < oldest:
        del counts[:2]


def _wait(counts: list[int], needed: int, width: float, now: float) -> float:
    """Return the seconds until ``needed`` events have left the window."""
    end = now
    for index in range(0, len(counts), 2):
        end = (counts[index] + SUB_WINDOWS + 1) * width
        needed -= counts[index + 1]
        if needed <= 0:
            break
    return end - now
