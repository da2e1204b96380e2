"""New passwords by proof of the current one."""

from uuid import UUID

from sqlalchemy import delete, update

from app.security.context import Principal
from app.security.logs import security_event
from app.security.passwords import Passwords
from app.security.problems import Problem
from app.storage.database import Database
from app.storage.models import PasswordReset, User

from .flow_limits import FlowLimits
from .password_rules import PasswordRules
from .sessions import Sessions


class PasswordChanges:
    """Sets new passwords and ends the sessions that rest on the old.

    Args:
        database: where hashes are kept.
        passwords: compares and hashes.
        rules: what a new password must be.
        sessions: ends the others.
        limits: bounds the attempts.
    """

    def __init__(
        self,
        *,
        database: Database,
        passwords: Passwords,
        rules: PasswordRules,
        sessions: Sessions,
        limits: FlowLimits,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._rules = rules
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
