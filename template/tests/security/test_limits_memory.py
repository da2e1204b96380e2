"""The limiter of one process: exact windows, bounded memory, no way to wash a counter clean."""

import asyncio
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from app.security.limiter_memory import MemoryLimiter
from app.security.limits import Quota


class Clock:
    """A clock that goes on when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_the_quota_passes_and_no_more() -> None:
    limiter, quota = MemoryLimiter(clock=Clock()), Quota(3, 60)
    decisions = [limiter.hit_now("k:a", quota) for _ in range(5)]
    assert [d.allowed for d in decisions] == [True] * 3 + [False] * 2
    assert [d.remaining for d in decisions] == [2, 1, 0, 0, 0]
    assert limiter.hit_now("k:b", quota).allowed


def test_the_window_slides_and_retry_after_is_the_truth() -> None:
    clock = Clock()
    limiter, quota = MemoryLimiter(clock=clock), Quota(2, 60)
    limiter.hit_now("k:a", quota)
    clock.now += 30
    limiter.hit_now("k:a", quota)
    refused = limiter.hit_now("k:a", quota)
    assert refused.retry_after == 30
    assert refused.reset_after == 60
    clock.now += refused.retry_after - 0.01
    assert not limiter.hit_now("k:a", quota).allowed
    clock.now += 0.02
    assert limiter.hit_now("k:a", quota).allowed
    assert not limiter.hit_now("k:a", quota).allowed


def test_an_event_counts_until_it_is_a_whole_window_old() -> None:
    clock = Clock()
    limiter, quota = MemoryLimiter(clock=clock), Quota(2, 60)
    limiter.hit_now("k:a", quota)
    clock.now += 1.9
    limiter.hit_now("k:a", quota)
    clock.now += 59.6  # the first is 61.5 s old, the second 59.6 s
    assert [limiter.hit_now("k:a", quota).allowed for _ in range(2)] == [True, False]


def test_a_look_and_a_refusal_count_nothing() -> None:
    clock = Clock()
    limiter, quota = MemoryLimiter(clock=clock), Quota(2, 60)
    for _ in range(5):
        assert limiter.hit_now("k:a", quota, 0).remaining == 2
    assert asyncio.run(limiter.hit("k:a", quota, 2)).allowed
    assert not limiter.hit_now("k:a", quota, 0).allowed
    for _ in range(100):
        limiter.hit_now("k:a", quota)
    clock.now += 61.1
    assert limiter.hit_now("k:a", quota, 2).allowed


def test_a_cost_beyond_the_quota_never_fits() -> None:
    assert not MemoryLimiter().hit_now("k:a", Quota(2, 60), 3).allowed


@given(st.lists(st.floats(0, 40), max_size=200), st.integers(1, 8))
def test_no_window_ever_sees_more_than_its_quota(pauses: list[float], limit: int) -> None:
    clock = Clock()
    limiter, quota = MemoryLimiter(clock=clock), Quota(limit, 60)
    passed: list[float] = []
    for pause in pauses:
        clock.now += pause
        if limiter.hit_now("k:a", quota).allowed:
            passed.append(clock.now)
            assert sum(clock.now - 60 < then <= clock.now for then in passed) <= limit


def test_a_flood_of_addresses_pushes_out_neither_the_flooder_nor_other_kinds() -> None:
    limiter, quota = MemoryLimiter(max_keys=100), Quota(2, 60)
    for _ in range(2):
        limiter.hit_now("sign-in-failures:victim", quota)
        limiter.hit_now("public:attacker", quota)
    for n in range(1000):
        limiter.hit_now(f"public:{n}", quota)
        assert not limiter.hit_now("public:attacker", quota).allowed
    assert not limiter.hit_now("sign-in-failures:victim", quota).allowed


def test_however_many_addresses_come_they_cost_less_than_64_mib() -> None:
    limiter, quota = MemoryLimiter(), Quota(100, 60)
    sizes = []
    tracemalloc.start()
    try:
        for n in range(210_000):
            limiter.hit_now(f"public:2001:db8:{n >> 16:x}:{n & 0xFFFF:x}::", quota)
            if n % 70_000 == 69_999:  # from the first time on every new key pushes out an old one
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert max(sizes) < 64 * 2**20
    assert sizes[2] < 1.05 * sizes[1]
