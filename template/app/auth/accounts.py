"""Accounts: registration, sign-in, passwords, and what an administrator may change."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.security.context import Principal, Role
from app.security.logs import security_event
from app.security.password_policy import password_faults
from app.security.passwords import Passwords
from app.security.policies.rates import client_key
from app.security.problems import Problem
from app.security.tokens import new_opaque_token, opaque_hash
from app.storage.base import utc_now
from app.storage.database import Database
from app.storage.models import KnownAddress, PasswordReset, User

from .email import normal_email
from .flow_limits import FlowLimits
from .revocation import FOREVER, Revocations
from .sessions import Sessions, TokenPair, invalid_grant

RESET_LIFETIME: Final = timedelta(minutes=30)
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


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """What a new password must be.

    Attributes:
        min_length: in code points.
        words: of the service, that an attacker would try first.
    """

    min_length: int
    words: tuple[str, ...]

    def check(self, password: str, email: str, field: str) -> None:
        """Refuse a password that is too short, common or predictable.

        Raises:
            Problem: 422 that points at ``field``.
        """
        faults = password_faults(password, min_length=self.min_length, context=(*self.words, email))
        if faults:
            errors = [{"pointer": f"/{field}", "detail": fault} for fault in faults]
            raise Problem(422, "The request is not valid.", errors=errors)


class Accounts:
    """Everything that is done to an account."""

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

    async def register(self, email: str, password: str, client: Client) -> User:
        """Make an account of one's own.

        Raises:
            Problem: 422, the password is refused; 429; 409, the address is taken.
        """
        self._rules.check(password, email, "password")
        await self._limits.registration(client.address)
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

    async def sign_in(self, username: str, password: str, client: Client) -> TokenPair:
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

    async def change_password(self, caller: Principal, current: str, new: str) -> None:
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

    async def reset_password(self, token: str, new: str, client: Client) -> None:
        """Set a new password with a reset token, which is used up, and end every session.

        Raises:
            Problem: 429; 400, the token is unknown, used or expired; 422, the password is refused.
        """
        await self._limits.password_reset(client.address)
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
            await self.revoke_everything(session, changed)
        security_event("password_reset", user=str(used))

    async def revoke_everything(self, session: AsyncSession, user: User) -> None:
        """End a user's sessions and revoke every access token issued so far."""
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
        """Lock the active administrators, so that two of them cannot remove each other at once."""
        admins = await session.scalars(
            select(User.id)
            .where(User.role == "admin", User.active)
            .order_by(User.id)
            .with_for_update()
        )
        if set(admins.all()) <= {user_id}:
            raise Problem(409, "This is the last active administrator.")


def _invalid_reset() -> Problem:
    return Problem(400, "The token is not valid.", extensions={"error": "invalid_grant"})


def _pseudonym(email: str) -> str:
    """Name an account in the log without its address: failures can be grouped, not harvested."""
    return hashlib.sha256(email.encode("utf-8", "replace")).hexdigest()[:16]
