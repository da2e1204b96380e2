"""Password resets: single-use tokens that an administrator or an operator has issued."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.security.context import Principal
from app.security.logs import security_event
from app.security.passwords import Passwords
from app.security.problems import Problem
from app.security.tokens import new_opaque_token, opaque_hash
from app.storage.base import utc_now
from app.storage.database import Database
from app.storage.models import PasswordReset, User

from .accounts import Accounts
from .flow_limits import FlowLimits
from .password_rules import PasswordRules
from .schemas import PasswordResetView

RESET_LIFETIME: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class IssuedReset:
    """A reset that has just been issued.

    Attributes:
        email: of the account.
        token: sets a new password, once.
        expires_at: when the token ends.
    """

    email: str
    token: str = field(repr=False)
    expires_at: datetime


SendReset = Callable[[IssuedReset], Awaitable[bool]]
"""Sends a token to the owner of the account; False when it did not."""


async def unsent(_reset: IssuedReset) -> bool:
    """Send nothing: a service without mail."""
    return False


class PasswordResets:
    """Issues reset tokens and sets new passwords with them.

    Args:
        database: where hashes and reset tokens are kept.
        passwords: hashes.
        rules: what a new password must be.
        accounts: revokes everything after a reset.
        limits: bounds the attempts.
        send: brings a token to the owner of its account.
    """

    def __init__(  # noqa: PLR0913 - the parts it is made of, one keyword each
        self,
        *,
        database: Database,
        passwords: Passwords,
        rules: PasswordRules,
        accounts: Accounts,
        limits: FlowLimits,
        send: SendReset,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._rules = rules
        self._accounts = accounts
        self._limits = limits
        self._send = send

    async def issue(self, email: str) -> IssuedReset:
        """Issue a token to the operator, who hands it over; earlier ones end.

        Raises:
            LookupError: there is no such active account.
        """
        statement = select(User).where(User.email == email, User.active).with_for_update()
        async with self._database.write() as session:
            user = await session.scalar(statement)
            if user is None:
                raise LookupError("no active account has this address")
            return await self._record(session, user)

    async def issue_as(
        self, administrator: Principal, session: AsyncSession, user: User
    ) -> PasswordResetView:
        """Issue a token to the owner of an account, or else to the administrator; earlier ones end.

        The transaction is committed: no lock may wait for a mail server.

        Raises:
            Problem: 403, it is the administrator's own account, whose password takes the current
                one to change; 409, the account is not active.
        """
        if str(user.id) == administrator.user_id:
            raise Problem(403, "Change your own password with the current one.")
        if not user.active:
            raise Problem(409, "The account is not active.")
        reset = await self._record(session, user)
        await session.commit()
        shown = None if await self._send(reset) else reset.token
        return PasswordResetView(token=shown, expires_at=reset.expires_at)

    async def _record(self, session: AsyncSession, user: User) -> IssuedReset:
        """Keep the hash of a new token in the caller's transaction."""
        reset = IssuedReset(user.email, new_opaque_token(), utc_now() + RESET_LIFETIME)
        await session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))
        session.add(
            PasswordReset(
                token_hash=opaque_hash(reset.token), user_id=user.id, expires_at=reset.expires_at
            )
        )
        security_event("password_reset_issued", user=str(user.id))
        return reset

    async def use(self, token: str, new: str, address: str) -> None:
        """Set a new password with a token, which is used up, and end every session.

        Raises:
            Problem: 429; 400, the token is unknown, used or expired, or its account is not active;
                422, the password is refused.
        """
        await self._limits.password_reset(address)
        valid = (
            PasswordReset.token_hash == opaque_hash(token),
            PasswordReset.expires_at > utc_now(),
        )
        named = select(User).join(PasswordReset, PasswordReset.user_id == User.id).where(*valid)
        async with self._database.read() as session:
            user = await session.scalar(named)
        if user is None or not user.active:
            raise _invalid()
        self._rules.check(new, user.email, "new_password")
        new_hash = await self._passwords.hash(new)
        async with self._database.write() as session:
            # Its row first, as everywhere: whoever uses the token or deactivates the account
            # meanwhile waits, or has won.
            owner = await session.get(User, user.id, with_for_update=True)
            kept = await session.scalar(select(PasswordReset.user_id).where(*valid))
            if owner is None or not owner.active or kept is None:
                raise _invalid()
            owner.password_hash = new_hash
            await self._accounts.revoke_everything(session, owner)  # this token too
        security_event("password_reset", user=str(user.id))


def _invalid() -> Problem:
    return Problem(400, "The token is not valid.", extensions={"error": "invalid_grant"})
