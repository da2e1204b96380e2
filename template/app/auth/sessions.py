"""Sessions: a sign-in and its family of rotating refresh tokens (RFC 9700 section 4.14.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.security.logs import security_event
from app.security.problems import Problem
from app.security.tokens import AccessTokens, new_opaque_token, opaque_hash
from app.storage.base import utc_now
from app.storage.database import Database
from app.storage.models import AuthSession, RefreshToken, User

from .flow_limits import FlowLimits
from .revocation import Revocations

# More than anyone's devices, less than a list that grows for ever.
MAX_SESSIONS: Final = 50
_CLIENT_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A successful token response (RFC 6749 section 5.1).

    Attributes:
        access_token: for the `Authorization` field.
        refresh_token: good for one exchange.
        expires_in: seconds that the access token lives.
        token_type: how the access token is used.
    """

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "bearer"  # noqa: S105 - a kind of token, no secret


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a refresh token and a session last."""

    refresh: timedelta
    session: timedelta


class Sessions:
    """Starts, continues, lists and ends sessions.

    Args:
        database: where they are kept.
        tokens: makes access tokens.
        revocations: told of every session that ends.
        limits: bounds the exchanges of one session.
        lifetimes: of refresh tokens and of sessions.
    """

    def __init__(
        self,
        database: Database,
        tokens: AccessTokens,
        revocations: Revocations,
        limits: FlowLimits,
        lifetimes: Lifetimes,
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._revocations = revocations
        self._limits = limits
        self._lifetimes = lifetimes

    async def start(self, session: AsyncSession, user: User, client: str) -> TokenPair:
        """Start a session in the caller's transaction and return its first tokens."""
        await self._end_surplus(session, user.id)
        now = utc_now()
        started = AuthSession(
            user_id=user.id,
            client=client[:_CLIENT_LENGTH],
            created_at=now,
            last_used_at=now,
            expires_at=now + self._lifetimes.session,
        )
        session.add(started)
        await session.flush()
        return self._issue(session, user, started)

    async def refresh(self, refresh_token: str) -> TokenPair:
        """Exchange a refresh token for a new pair, once.

        A second use ends the session, because one of the two users has stolen it.

        Raises:
            Problem: 400 ``invalid_grant``; 429, the session's quota is used up.
        """
        token_hash = opaque_hash(refresh_token)
        async with self._database.read() as session:
            found = await session.get(RefreshToken, token_hash)
        if found is None:
            raise invalid_grant()
        await self._limits.refresh(found.session_id)
        async with self._database.write() as session:
            pair = await self._rotate(session, token_hash)
        if pair is None:
            await self._report_reuse(token_hash)
            raise invalid_grant()
        return pair

    async def _rotate(self, session: AsyncSession, token_hash: str) -> TokenPair | None:
        """Use up a refresh token and issue the next; None when it cannot be used (any more).

        The update decides which of several concurrent uses wins: the others find no row.
        """
        now = utc_now()
        used = await session.scalar(
            update(RefreshToken)
            .where(
                RefreshToken.token_hash == token_hash,
                RefreshToken.used_at.is_(None),
                RefreshToken.expires_at > now,
            )
            .values(used_at=now)
            .returning(RefreshToken.session_id)
        )
        if used is None:
            return None
        current = await session.get(AuthSession, used)
        if current is None or current.ended_at is not None:
            return None
        # Dates in tokens are whole seconds: in a session's last one, they would be born expired.
        if int(current.expires_at.timestamp()) <= int(now.timestamp()):
            return None
        user = await session.get(User, current.user_id)
        if user is None or not user.active:
            return None
        current.last_used_at = now
        return self._issue(session, user, current)

    async def _report_reuse(self, token_hash: str) -> None:
        """End the session of a token that had been used before, in a transaction of its own.

        The refusal that follows must not take this back.
        """
        async with self._database.write() as session:
            token = await session.get(RefreshToken, token_hash)
            if token is None or token.used_at is None:
                return
            ended = await self._end(session, [token.session_id])
        if ended:
            security_event("refresh_token_reused", session=str(token.session_id))

    async def revoke(self, token: str) -> None:
        """End the session that a token belongs to, whichever kind it is (RFC 7009 section 2.1)."""
        claims = self._tokens.read(token.encode("utf-8", "replace"))
        async with self._database.write() as session:
            if claims is not None:
                await self._end(session, [UUID(claims.session_id)])
                return
            refresh = await session.get(RefreshToken, opaque_hash(token))
            if refresh is not None:
                await self._end(session, [refresh.session_id])

    async def list(self, session: AsyncSession, user_id: UUID) -> Sequence[AuthSession]:
        """Return a user's live sessions, the newest first."""
        statement = (
            _live(user_id)
            .order_by(AuthSession.created_at.desc(), AuthSession.id)
            .limit(MAX_SESSIONS)
        )
        return (await session.scalars(statement)).all()

    async def end(self, session: AsyncSession, ended: AuthSession) -> None:
        """End one session.

        Raises:
            Problem: 404, it has ended before.
        """
        if not await self._end(session, [ended.id]):
            raise Problem(404)

    async def end_all(
        self, session: AsyncSession, user_id: UUID, *, keep: UUID | None = None
    ) -> None:
        """End every session of a user but ``keep``."""
        live = await session.scalars(_live(user_id).with_only_columns(AuthSession.id))
        await self._end(session, [found for found in live.all() if found != keep])

    async def _end_surplus(self, session: AsyncSession, user_id: UUID) -> None:
        """End the sessions longest unused, so that with a new one there are at most the maximum."""
        surplus = await session.scalars(
            _live(user_id)
            .with_only_columns(AuthSession.id)
            .order_by(AuthSession.last_used_at.desc())
            .offset(MAX_SESSIONS - 1)
        )
        await self._end(session, surplus.all())

    async def _end(self, session: AsyncSession, session_ids: Iterable[UUID]) -> int:
        ended = await session.scalars(
            update(AuthSession)
            .where(AuthSession.id.in_(list(session_ids)), AuthSession.ended_at.is_(None))
            .values(ended_at=utc_now())
            .returning(AuthSession.id)
        )
        found = ended.all()
        for session_id in found:
            self._revocations.revoke_session(session, session_id)
        return len(found)

    def _issue(self, session: AsyncSession, user: User, current: AuthSession) -> TokenPair:
        refresh_token = new_opaque_token()
        session.add(
            RefreshToken(
                token_hash=opaque_hash(refresh_token),
                session_id=current.id,
                expires_at=utc_now() + self._lifetimes.refresh,
            )
        )
        access_token, expires_in = self._tokens.issue(
            user.id,
            current.id,
            not_before=user.tokens_not_before,
            session_ends=current.expires_at.timestamp(),
        )
        return TokenPair(access_token, refresh_token, expires_in)


def _live(user_id: UUID) -> Select[AuthSession]:
    return select(AuthSession).where(
        AuthSession.user_id == user_id,
        AuthSession.ended_at.is_(None),
        AuthSession.expires_at > utc_now(),
    )


def invalid_grant() -> Problem:
    """Return the one refusal of a token request, whatever its reason (RFC 6749 section 5.2)."""
    return Problem(400, "The grant is not valid.", extensions={"error": "invalid_grant"})
