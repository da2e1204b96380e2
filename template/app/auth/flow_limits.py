"""Limits of single flows, on top of the rate classes: what guessing and flooding would cost."""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from app.security.limits import Decision, Limiter, Quota, StoreUnavailableError
from app.security.logs import security_event
from app.security.policies.rates import client_key, too_many
from app.security.problems import Problem

REGISTRATIONS: Final = Quota(5, 3600)
SIGN_INS: Final = Quota(10, 60)
FAILURES: Final = Quota(20, 900)
REFRESHES: Final = Quota(30, 60)
PASSWORD_CHANGES: Final = Quota(5, 900)


class FlowLimits:
    """Counts the attempts of each flow.

    Args:
        limiter: the store of all processes, which fails closed for these keys.
    """

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self._trying: dict[str, int] = {}

    async def registration(self, address: str) -> None:
        """Count a registration by an address."""
        await self._count("register", client_key(address), REGISTRATIONS)

    async def sign_in(self, address: str) -> None:
        """Count a sign-in by an address, whatever comes of it."""
        await self._count("sign-in", client_key(address), SIGN_INS)

    async def refresh(self, session_id: object) -> None:
        """Count a refresh of a session."""
        await self._count("refresh", str(session_id), REFRESHES)

    async def password_change(self, user_id: str) -> None:
        """Count a password change by an account."""
        await self._count("password", user_id, PASSWORD_CHANGES)

    async def password_reset(self, address: str) -> None:
        """Count the use of a reset token by an address."""
        await self._count("password-reset", client_key(address), PASSWORD_CHANGES)

    @asynccontextmanager
    async def guess(self, email: str, *, known_address: bool) -> AsyncGenerator[None]:
        """Surround one comparison of a password, and count it if it raises a refusal.

        Comparisons that began earlier and are under way count as failures, so that a burst cannot
        make more of them than its quota; an address that signed in to the account lately is let
        through, so that nobody can lock its owner out.

        Raises:
            Problem: 429, the account has had too many failures; 503, the store is down.
        """
        key = f"sign-in-failures:{hashlib.sha256(email.encode()).hexdigest()}"
        # The place is taken before the store is asked: a comparison that ends meanwhile is still
        # counted here although the answer may not hold its failure yet.
        place = self._trying[key] = self._trying.get(key, 0) + 1
        try:
            if not known_address:
                decision = await self._hit(key, FAILURES, cost=0)
                if decision.remaining < place:
                    wait = decision.retry_after or decision.reset_after
                    raise too_many("sign-in-failures", wait, FAILURES)
            try:
                yield
            except Problem as problem:
                if problem.status < 500:  # noqa: PLR2004 - a refusal, not a failure of ours
                    await self._hit(key, FAILURES)
                raise
        finally:
            self._trying[key] -= 1
            if not self._trying[key]:
                del self._trying[key]

    async def _count(self, flow: str, who: str, quota: Quota) -> None:
        decision = await self._hit(f"{flow}:{who}", quota)
        if not decision.allowed:
            security_event("limit_hit", limit=flow)
            raise too_many(flow, decision.retry_after, quota)

    async def _hit(self, key: str, quota: Quota, cost: int = 1) -> Decision:
        try:
            return await self._limiter.hit(key, quota, cost)
        except StoreUnavailableError:
            raise Problem(503, "Try again later.", headers={"Retry-After": "1"}) from None
