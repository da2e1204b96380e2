"""Counts events in Redis or Valkey, exactly and for all processes; one round trip an event."""

import asyncio
import logging
import time
from typing import Any, Final, NamedTuple

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from .limiter_memory import SUB_WINDOWS
from .limits import Decision, Quota, StoreUnavailableError

# KEYS: the window, a hash of "events:milliseconds of the last" by sub-window. ARGV: limit, window
# and sub-window in milliseconds, how long an event counts beyond its window, events asked for,
# fewest to grant. The store's clock counts, so that the processes' clocks need not agree. Returns:
# granted, left, milliseconds until all is free again, milliseconds until the fewest fit, the
# sub-window.
_COUNT: Final = """
local limit, window, width = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local extra, asked, least = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local current = string.format('%d', math.floor(now / width))
local entries = redis.call('HGETALL', KEYS[1])
local live, stale, total, here = {}, {}, 0, 0
for i = 1, #entries, 2 do
  local count, last = string.match(entries[i + 1], '(%d+):(%d+)')
  count, last = tonumber(count), tonumber(last)
  if last + window + extra <= now then
    stale[#stale + 1] = entries[i]
  else
    live[#live + 1] = {last, count}
    total = total + count
    if entries[i] == current then here = count end
  end
end
if #stale > 0 then redis.call('HDEL', KEYS[1], unpack(stale)) end
local free, granted, retry, reset = limit - total, 0, 0, 0
table.sort(live, function (a, b) return a[1] < b[1] end)
if #live > 0 then reset = live[#live][1] + window + extra - now end
if free < least then
  local needed = least - free
  for _, entry in ipairs(live) do
    retry = math.max(1, entry[1] + window + extra - now)
    needed = needed - entry[2]
    if needed <= 0 then break end
  end
  if #live == 0 then retry = window end
elseif asked > 0 then
  granted = math.min(asked, free)
  redis.call('HSET', KEYS[1], current, string.format('%d:%d', here + granted, now + 1))
  redis.call('PEXPIRE', KEYS[1], math.ceil(window + extra + width))
  reset = window + extra
end
return {granted, math.max(0, free - granted), math.ceil(reset), math.ceil(retry), current}
"""
# KEYS: the window. ARGV: the sub-window counted in, events that were not used.
_RETURN: Final = """
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if not entry then return end
local count, last = string.match(entry, '(%d+):(%d+)')
count = tonumber(count) - tonumber(ARGV[2])
if count > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%d:%s', count, last))
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
"""
PATIENCE: Final = 0.5
"""Seconds that a request waits for the store before it does without."""

_PAUSE: Final = 1.0
_CONNECTIONS: Final = 32

_logger: Final = logging.getLogger("app.security.limits")


class Grant(NamedTuple):
    """What the store granted.

    Attributes:
        granted: events counted, 0 when fewer than the fewest were left.
        left: events left after that.
        reset_after: seconds until the quota is whole again.
        retry_after: seconds until the fewest asked for fit; 0 when they did.
        sub_window: where the events were counted.
    """

    granted: int
    left: int
    reset_after: float
    retry_after: float
    sub_window: bytes


class RedisStore:
    """The shared counters.

    A store that failed is left alone for a second, so that an outage costs one waiting request a
    second and not every request its patience.

    Args:
        url: ``redis://`` or ``rediss://``; the certificate is verified.
        namespace: keeps services apart that share a store.
        patience: seconds to wait for an answer, half of them for one attempt.
    """

    def __init__(self, url: str, namespace: str, *, patience: float = PATIENCE) -> None:
        attempt = patience / 2
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=attempt,
            socket_timeout=attempt,
            socket_connect_timeout=attempt,
            # a connection that the store closed while idle deserves one more attempt
            retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        )
        self._redis: Redis = Redis.from_pool(pool)
        self._prefix = f"{namespace}:limits:"
        self._count = self._redis.register_script(_COUNT)
        self._return = self._redis.register_script(_RETURN)
        self._patience = patience
        self._down_until = 0.0

    @property
    def is_down(self) -> bool:
        """Whether the store failed less than a second ago."""
        return time.monotonic() < self._down_until

    async def count(
        self, key: str, quota: Quota, *, asked: int, least: int, extra: float = 0.0
    ) -> Grant:
        """Count ``asked`` events, or as many as are left but no fewer than ``least``.

        Args:
            key: whose window.
            quota: its bound.
            asked: the most to count.
            least: the fewest; with ``asked`` 0, what ``retry_after`` is about.
            extra: seconds that an event counts beyond its window.

        Raises:
            StoreUnavailableError: no answer in time, or an outage less than a second
                ago.
        """
        if self.is_down:
            raise StoreUnavailableError
        window = quota.window * 1000
        arguments = [quota.limit, window, window / SUB_WINDOWS, extra * 1000, asked, least]
        granted, left, reset, retry, sub_window = await self._ask(
            self._count(keys=[self._prefix + key], args=arguments)
        )
        ends = min(reset / 1000, quota.window), min(retry / 1000, quota.window)
        return Grant(granted, left, *ends, sub_window)

    async def give_back(self, key: str, grant: Grant, unused: int) -> None:
        """Take ``unused`` events of a grant out of the count again.

        Raises:
            StoreUnavailableError: no answer; the events count until their window has passed.
        """
        await self._ask(self._return(keys=[self._prefix + key], args=[grant.sub_window, unused]))

    async def ping(self) -> None:
        """Return when the store answers.

        Raises:
            StoreUnavailableError: it does not.
        """
        await self._ask(self._redis.ping())

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()
        await self._redis.connection_pool.disconnect()

    async def _ask(self, question: Any) -> Any:  # noqa: ANN401 - the client's own types
        probing, self._down_until = self._down_until > 0, self._probe_until()
        try:
            async with asyncio.timeout(self._patience):
                answer = await question
        except (RedisError, OSError, TimeoutError) as error:
            if not probing:
                _logger.warning("The limit store does not answer: %s", type(error).__name__)
            self._down_until = time.monotonic() + _PAUSE
            raise StoreUnavailableError from None
        if probing:
            _logger.warning("The limit store answers again")
        self._down_until = 0.0
        return answer

    def _probe_until(self) -> float:
        """After an outage let one question find out, and the others wait for what it finds."""
        return time.monotonic() + self._patience if self._down_until > 0 else 0.0


class RedisLimiter:
    """A limiter that asks the store about every event and fails closed: for sign-in and such."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    async def hit(self, key: str, quota: Quota, cost: int = 1) -> Decision:
        """Count ``cost`` events under ``key``; see :class:`~app.security.limits.Limiter`."""
        grant = await self._store.count(key, quota, asked=cost, least=cost or 1)
        allowed = grant.retry_after == 0
        return Decision(allowed, grant.left, grant.reset_after, grant.retry_after)

    def hit_now(self, key: str, quota: Quota) -> Decision | None:  # noqa: ARG002 - the protocol's
        """Return None: the store is always asked."""
        return None

    async def ping(self) -> None:
        """Return when the store can count."""
        await self._store.ping()

    async def close(self) -> None:
        """Close the store's connections."""
        await self._store.close()
