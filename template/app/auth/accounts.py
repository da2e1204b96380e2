"""Accounts: how they come to be, what an administrator may change, and how they go."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.security.context import Role
from app.security.logs import security_event
from app.security.passwords import Passwords
from app.security.problems import Problem
from app.storage.base import utc_now
from app.storage.database import Database, take_turns
from app.storage.models import PasswordReset, User

from .flow_limits import FlowLimits
from .password_rules import PasswordRules
from .revocation import FOREVER, Revocations
from .sessions import Sessions


class Accounts:
    """Makes, changes and deletes accounts.

    Args:
        database: where they are kept.
        passwords: hashes the first password.
        rules: what that password must be.
        sessions: ended with the rights they rest on.
        revocations: told of access tokens that no longer hold.
        limits: bounds registrations.
    """

    def __init__(  # noqa: PLR0913 - the parts it is made of, one keyword each
        self,
        *,
        database: Database,
        passwords: Passwords,
        rules: PasswordRules,
        sessions: Sessions,
        revocations: Revocations,
        limits: FlowLimits,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._rules = rules
        self._sessions = sessions
        self._revocations = revocations
        self._limits = limits

    async def register(self, email: str, password: str, address: str) -> User:
        """Make an account of one's own, from the client's address.

        Raises:
            Problem: 422, the password is refused; 429; 409, the address is taken.
        """
        self._rules.check(password, email, "password")
        await self._limits.registration(address)
        return await self.create(email, password, "user")

    async def create(self, email: str, password: str, role: Role) -> User:
        """Make an account whose password has been checked.

        Raises:
            Problem: 409, the address is taken; found out after the same work.
        """
        user = User(email=email, password_hash=await self._passwords.hash(password), role=role)
        try:
            async with self._database.write() as session:
                session.add(user)
        except IntegrityError:
            raise Problem(409, "The address is taken.") from None
        security_event("account_created", user=str(user.id), role=role)
        return user

    def check_password(self, email: str, password: str) -> None:
        """Refuse a password that a new account may not have.

        Raises:
            Problem: 422.
        """
        self._rules.check(password, email, "password")

    async def revoke_everything(self, session: AsyncSession, user: User) -> None:
        """End a user's sessions, and revoke every access and reset token issued so far."""
        await session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))
        await self._sessions.end_all(session, user.id)
        self._revoke_access(session, user)

    def _revoke_access(self, session: AsyncSession, user: User) -> None:
        """Revoke a user's access tokens, whatever their session.

        Tokens are dated in whole seconds. The next ones are dated after this moment, see
        `AccessTokens.issue`, also when two revocations fall into one second.
        """
        now = int(utc_now().timestamp())
        user.tokens_not_before = max(now, user.tokens_not_before) + 1
        self._revocations.revoke_user(session, user.id, user.tokens_not_before)

    async def change(
        self, session: AsyncSession, user: User, *, role: Role | None, active: bool | None
    ) -> None:
        """Change what an account may do, as an administrator.

        A role change revokes the access tokens that carry the old role; deactivation ends every
        session.

        Raises:
            Problem: 409, no active administrator would be left.
        """
        role = user.role if role is None else role
        active = user.active if active is None else active
        if user.role == "admin" and user.active and not (role == "admin" and active):
            await self._require_another_admin(session, user.id)
        role_changed, deactivated = role != user.role, user.active and not active
        user.role, user.active = role, active
        if deactivated:
            await self.revoke_everything(session, user)
        elif role_changed:
            self._revoke_access(session, user)
        security_event("account_changed", user=str(user.id), role=role, active=active)

    async def delete(self, session: AsyncSession, user: User) -> None:
        """Delete an account and everything that belongs to it.

        Raises:
            Problem: 409, it is the last active administrator.
        """
        if user.role == "admin" and user.active:
            await self._require_another_admin(session, user.id)
        await session.delete(user)
        self._revocations.revoke_user(session, user.id, FOREVER)
        security_event("account_deleted", user=str(user.id))

    async def _require_another_admin(self, session: AsyncSession, user_id: UUID) -> None:
        """Refuse to lose the last active administrator; two cannot remove each other at once."""
        await take_turns(session, "administrators")
        another = select(User.id).where(User.role == "admin", User.active, User.id != user_id)
        if await session.scalar(another.limit(1)) is None:
            raise Problem(409, "This is the last active administrator.")
