"""Hashes and verifies passwords with argon2id, off the event loop and in bounded numbers."""

import asyncio
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from .problems import Problem

# OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane (about 25 ms).
MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1
# Half of the processors, so that a flood of sign-ins leaves the other half to everything else.
THREADS: Final = max(1, (os.cpu_count() or 2) // 2)
# What waits longer than about a second has a caller who has given up.
MAX_WAITING: Final = 32

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a verification.

    Attributes:
        correct: whether the password is the one that was hashed.
        new_hash: a hash with today's parameters, when the stored one has weaker ones.
    """

    correct: bool
    new_hash: str | None = None


class Passwords:
    """The password hasher of one process.

    Args:
        hasher: argon2id with its parameters.
        threads: hashes computed at once; each takes its parameter's memory.
        max_waiting: hashes that may be running or waiting.
    """

    def __init__(
        self,
        hasher: PasswordHasher | None = None,
        *,
        threads: int = THREADS,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._hasher = hasher or PasswordHasher(PASSES, MEMORY_KIB, LANES)
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._places = threading.BoundedSemaphore(max_waiting)
        # Verified when there is no account, so that its absence takes as long (ASVS 6.3.8).
        self._nobody = self._hasher.hash(secrets.token_hex())

    async def hash(self, password: str) -> str:
        """Return the hash of a password, in PHC format.

        Raises:
            Problem: 503, too many are waiting.
        """
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, stored: str | None, password: str) -> Verdict:
        """Compare a password with a stored hash; None takes as long and is never correct.

        Raises:
            Problem: 503, too many are waiting.
        """
        return await self._run(lambda: self._verify(stored, password))

    def close(self) -> None:
        """Let running hashes end and start no more."""
        self._executor.shutdown(cancel_futures=True)

    def _verify(self, stored: str | None, password: str) -> Verdict:
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return Verdict(correct=False)
        if stored is None:
            return Verdict(correct=False)
        weak = self._hasher.check_needs_rehash(stored)
        return Verdict(correct=True, new_hash=self._hasher.hash(password) if weak else None)

    async def _run(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise Problem(503, "Too many sign-ins at once.", headers={"Retry-After": "2"})
        try:
            future = self._executor.submit(work)
        except RuntimeError:
            self._places.release()
            raise Problem(503, "The service is stopping.", close=True) from None
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def _leave(self, _future: Future[T]) -> None:
        """Free the place when the hash is done, which may be after the caller has gone."""
        self._places.release()
