"""Takes quota from the shared store in small leases, so that most requests ask nobody."""

import asyncio
import time
from collections import OrderedDict
from typing import Final

from .limiter_memory import SUB_WINDOWS, MemoryLimiter
from .limiter_redis import Grant, RedisStore
from .limits import Decision, Quota, StoreUnavailableError

# An event is counted in the store when it is leased and used at most one sub-window later. So it
# counts one sub-window longer there, and no window sees more events than its quota.
_QUOTA_PARTS: Final = 20
_LARGEST_LEASE: Final = 100
_MAX_KEYS: Final = 65_536
_LONGEST_REFUSAL: Final = 1.0
_SHORTEST_LEASED: Final = 60  # a lease then lasts a second, longer than the store may take


class _Lease:
    """Events of one key that this process may use without asking.

    Attributes:
        quantum: how many are asked for next; doubles while leases are used up, falls back to 1.
        left: how many are still there.
        grant: what the store said.
        ends: when what is left must not be used any more.
        taken: when the store said so.
        question: the running request to the store, which every caller in need waits for.
    """

    __slots__ = ("ends", "grant", "left", "quantum", "question", "taken")

    def __init__(self) -> None:
        self.quantum = 1
        self.left = 0
        self.grant = Grant(0, 0, 0.0, 0.0, b"")
        self.ends = 0.0
        self.taken = 0.0
        self.question: asyncio.Task[None] | None = None

    def use(self, now: float) -> Decision | None:
        """Use one event, or repeat a refusal that still holds; None if the store must be asked."""
        if now >= self.ends:
            return None
        age = now - self.taken
        if self.left > 0:
            self.left -= 1
            remaining = self.grant.left + self.left
            return Decision(True, remaining, max(0.0, self.grant.reset_after - age), 0.0)
        if self.grant.granted == 0:
            wait = max(0.0, self.grant.retry_after - age)
            return Decision(False, 0, max(0.0, self.grant.reset_after - age), wait)
        return None


class LeasedLimiter:
    """A limiter for the rate classes: shared, exact in the large, and without waiting in the small.

    Never more than the quota passes. Other processes may be refused early by what this one holds,
    at most ``clamp(limit / 20, 1, 100)`` events of a key for one sixtieth of its window.

    Args:
        store: the shared counters.
        fallback: counts for this process alone while the store is down; None raises instead.
    """

    def __init__(self, store: RedisStore, fallback: MemoryLimiter | None) -> None:
        self._store = store
        self._fallback = fallback
        self._leases: OrderedDict[str, _Lease] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None
        self._returns: set[asyncio.Task[None]] = set()

    def hit_now(self, key: str, quota: Quota) -> Decision | None:
        """Count one event from a lease, or on the fallback while the store is down."""
        if self._store.is_down and self._fallback is not None:
            return self._fallback.hit_now(key, quota)
        lease = self._leases.get(key)
        if lease is None:
            return None
        self._leases.move_to_end(key)
        return lease.use(time.monotonic())

    async def hit(self, key: str, quota: Quota, cost: int = 1) -> Decision:
        """Count ``cost`` events under ``key``; see :class:`~app.security.limits.Limiter`."""
        try:
            if cost != 1 or quota.window < _SHORTEST_LEASED:
                return await self._hit_store(key, quota, cost)
            decision = self.hit_now(key, quota)
            while decision is None:
                await self._take(key, quota)
                decision = self.hit_now(key, quota)
        except StoreUnavailableError:
            if self._fallback is None:
                raise
            return self._fallback.hit_now(key, quota, cost)
        return decision

    async def ping(self) -> None:
        """Return when the store can count."""
        await self._store.ping()

    async def close(self) -> None:
        """Give everything back that is left, and close the store's connections."""
        if self._timer is not None:
            self._timer.cancel()
        self._give_back(float("inf"))
        await asyncio.gather(*self._returns)
        await self._store.close()

    async def _hit_store(self, key: str, quota: Quota, cost: int) -> Decision:
        grant = await self._store.count(
            key, quota, asked=cost, least=cost or 1, extra=_lease_seconds(quota)
        )
        allowed = grant.retry_after == 0
        return Decision(allowed, grant.left, grant.reset_after, grant.retry_after)

    async def _take(self, key: str, quota: Quota) -> None:
        """Ask the store for the next lease of a key, once for all who wait for it."""
        lease = self._leases.get(key)
        if lease is None:
            if len(self._leases) >= _MAX_KEYS:
                self._leases.popitem(last=False)
            lease = self._leases[key] = _Lease()
        if lease.question is None:
            lease.question = asyncio.create_task(self._ask(key, quota, lease))
        await asyncio.shield(lease.question)

    async def _ask(self, key: str, quota: Quota, lease: _Lease) -> None:
        try:
            if lease.grant.granted and lease.left == 0:
                largest = max(1, min(quota.limit // _QUOTA_PARTS, _LARGEST_LEASE))
                lease.quantum = min(2 * lease.quantum, largest)
            else:
                lease.quantum = 1
            unused, old = lease.left, lease.grant
            lease.left = 0
            if unused:
                await self._store.give_back(key, old, unused)
            sent = time.monotonic()
            grant = await self._store.count(
                key, quota, asked=lease.quantum, least=1, extra=_lease_seconds(quota)
            )
            lease.grant, lease.left, lease.taken = grant, grant.granted, sent
            held = _lease_seconds(quota) if grant.granted else grant.retry_after
            lease.ends = sent + (held if grant.granted else min(held, _LONGEST_REFUSAL))
            if self._timer is None:
                self._watch()
        finally:
            lease.question = None

    def _watch(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_LONGEST_REFUSAL, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._give_back(time.monotonic())
        if self._leases:
            self._watch()

    def _give_back(self, now: float) -> None:
        """Return what is left of ended leases, and forget those."""
        ended = [key for key, lease in self._leases.items() if now >= lease.ends]
        for key in ended:
            lease = self._leases[key]
            if lease.question is not None:
                continue
            del self._leases[key]
            if lease.left:
                task = asyncio.create_task(self._return(key, lease.grant, lease.left))
                self._returns.add(task)
                task.add_done_callback(self._returns.discard)

    async def _return(self, key: str, grant: Grant, unused: int) -> None:
        try:
            await self._store.give_back(key, grant, unused)
        except StoreUnavailableError:
            return  # the events count until their window has passed: the safe side


def _lease_seconds(quota: Quota) -> float:
    return quota.window / SUB_WINDOWS
