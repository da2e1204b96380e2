"""New passwords: by proof of the current one, or by a single-use token."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update

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
from .sessions import Sessions

RESET_LIFETIME: Final = timedelta(minutes=30)


class PasswordChanges:
    """Sets new passwords and ends the sessions that rest on the old.

    Args:
        database: where hashes and reset tokens are kept.
        passwords: compares and hashes.
        rules: what a new password must be.
        accounts: revokes everything after a reset.
        sessions: ends the others after a change.
        limits: bounds the attempts.
    """

    def __init__(  # noqa: PLR0913 - the parts it is made of, one keyword each
        self,
        *,
        database: Database,
        passwords: Passwords,
        rules: PasswordRules,
        accounts: Accounts,
        sessions: Sessions,
        limits: FlowLimits,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._rules = rules
        self._accounts = accounts
        self._sessions = sessions
        self._limits = limits

    async def change(self, caller: Principal, current: str, new: str) -> None:
        """Set a new password and end all other sessions.

        Raises:
            Problem: 422, the new password is refused; 429; 403, the current one is wrong.
        """
        user_id = UUID(caller.user_id)
        async with self._database.read() as session:
            user = await session.get_one(User, user_id)
        self._rules.check(new, user.email, "new_password")
        await self._limits.password_change(caller.user_id)
        verdict = await self._passwords.verify(user.password_hash, current)
        if not verdict.correct:
            security_event("password_change_denied")
            raise Problem(403, "The current password is wrong.")
        new_hash = await self._passwords.hash(new)
        async with self._database.write() as session:
            changed = await session.scalar(
                update(User)
                .where(User.id == user_id, User.password_hash == user.password_hash)
                .values(password_hash=new_hash)
                .returning(User.id)
            )
            if changed is None:
                raise Problem(409, "The password has just been changed.")
            await self._sessions.end_all(session, user_id, keep=UUID(caller.session_id))
            await session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))
        security_event("password_changed", user=caller.user_id)

    async def issue_reset(self, email: str) -> str:
        """Return a token that sets a new password once, within half an hour; earlier ones end.

        Raises:
            LookupError: there is no such active account.
        """
        token = new_opaque_token()
        async with self._database.write() as session:
            user_id = await session.scalar(select(User.id).where(User.email == email, User.active))
            if user_id is None:
                raise LookupError("no active account has this address")
            await session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))
            expires_at = utc_now() + RESET_LIFETIME
            session.add(
                PasswordReset(token_hash=opaque_hash(token), user_id=user_id, expires_at=expires_at)
            )
        security_event("password_reset_issued", user=str(user_id))
        return token

    async def reset(self, token: str, new: str, address: str) -> None:
        """Set a new password with a reset token, which is used up, and end every session.

        Raises:
            Problem: 429; 400, the token is unknown, used or expired; 422, the password is refused.
        """
        await self._limits.password_reset(address)
        valid = (
            PasswordReset.token_hash == opaque_hash(token),
            PasswordReset.expires_at > utc_now(),
        )
        owner = select(User).join(PasswordReset, PasswordReset.user_id == User.id).where(*valid)
        async with self._database.read() as session:
            user = await session.scalar(owner)
        if user is None:
            raise _invalid_reset()
        self._rules.check(new, user.email, "new_password")
        new_hash = await self._passwords.hash(new)
        async with self._database.write() as session:
            used = await session.scalar(
                delete(PasswordReset).where(*valid).returning(PasswordReset.user_id)
            )
            if used is None:
                raise _invalid_reset()
            changed = await session.get_one(User, used, with_for_update=True)
            changed.password_hash = new_hash
            await self._accounts.revoke_everything(session, changed)
        security_event("password_reset", user=str(used))


def _invalid_reset() -> Problem:
    return Problem(400, "The token is not valid.", extensions={"error": "invalid_grant"})
