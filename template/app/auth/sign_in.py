"""Signing in with a password: the same answer, after the same time, whatever was wrong."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from app.security.logs import security_event
from app.security.passwords import Passwords
from app.security.policies.rates import client_key
from app.storage.base import utc_now
from app.storage.database import Database
from app.storage.models import KnownAddress, User

from .email import normal_email
from .flow_limits import FlowLimits
from .sessions import Sessions, TokenPair, invalid_grant

KNOWN_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Client:
    """Who is at the other end.

    Attributes:
        address: in canonical form, after trusted proxies.
        name: what a session list shows, such as the browser's own description.
    """

    address: str
    name: str


class SignIn:
    """Compares passwords and starts sessions.

    Args:
        database: knows the accounts and the addresses that signed in to them.
        passwords: compares.
        sessions: starts.
        limits: bounds the guesses.
    """

    def __init__(
        self, database: Database, passwords: Passwords, sessions: Sessions, limits: FlowLimits
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._limits = limits

    async def with_password(self, username: str, password: str, client: Client) -> TokenPair:
        """Start a session.

        Raises:
            Problem: 400 ``invalid_grant`` for a wrong password, an unknown account and an inactive
                one, in the same time; 429; 503.
        """
        await self._limits.sign_in(client.address)
        try:
            email = normal_email(username)
        except ValueError:
            email = ""
        address = client_key(client.address)
        user, known = await self._find(email, address)
        async with self._limits.guess(email or username, known_address=known):
            stored = None if user is None else user.password_hash
            verdict = await self._passwords.verify(stored, password)
            if user is None or not verdict.correct or not user.active:
                security_event("sign_in_failed", account=_pseudonym(email or username))
                raise invalid_grant()
        return await self._signed_in(user, verdict.new_hash, address, client.name)

    async def _find(self, email: str, address: str) -> tuple[User | None, bool]:
        """Return the account, and whether this address signed in to it lately."""
        recent = KnownAddress.seen_at > utc_now() - KNOWN_FOR
        statement = (
            select(User, KnownAddress.address)
            .outerjoin(
                KnownAddress,
                (KnownAddress.user_id == User.id) & (KnownAddress.address == address) & recent,
            )
            .where(User.email == email)
        )
        async with self._database.read() as session:
            row = (await session.execute(statement)).first()
        return (None, False) if row is None else (row[0], row[1] is not None)

    async def _signed_in(
        self, verified: User, new_hash: str | None, address: str, client: str
    ) -> TokenPair:
        async with self._database.write() as session:
            user = await session.get(User, verified.id, with_for_update=True)
            # The account may have changed while the password was being compared.
            if user is None or not user.active or user.password_hash != verified.password_hash:
                raise invalid_grant()
            if new_hash is not None:
                user.password_hash = new_hash
            await session.merge(KnownAddress(user_id=user.id, address=address, seen_at=utc_now()))
            pair = await self._sessions.start(session, user, client)
        security_event("signed_in", user=str(user.id))
        return pair


def _pseudonym(email: str) -> str:
    """Name an account in the log without its address: failures can be grouped, not harvested."""
    return hashlib.sha256(email.encode("utf-8", "replace")).hexdigest()[:16]
