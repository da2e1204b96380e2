"""Names the caller of an access token: from memory when it can, from the database when it must."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.security.context import Principal
from app.security.problems import Problem
from app.security.tokens import AccessClaims, AccessTokens
from app.security.verified import VerifiedTokens
from app.storage.base import utc_now
from app.storage.database import Database
from app.storage.models import AuthSession, User

from .revocation import Revocations


class TokenAuthenticator:
    """The service's `app.security.context.Authenticator`.

    Args:
        tokens: reads access tokens.
        revocations: what has been revoked since.
        database: knows sessions and accounts.
    """

    def __init__(self, tokens: AccessTokens, revocations: Revocations, database: Database) -> None:
        self._tokens = tokens
        self._revocations = revocations
        self._database = database
        self._verified = VerifiedTokens()

    def cached(self, token: bytes) -> Principal | None:
        """Return the caller of a token verified before and not revoked since, without waiting."""
        if not self._revocations.fresh:
            return None
        entry = self._verified.get(token)
        if entry is None or self._revocations.covers(*entry):
            return None
        return entry[0]

    async def verify(self, token: bytes) -> Principal | None:
        """Return the caller of a valid, unrevoked access token, else None.

        Raises:
            Problem: 503, the database does not answer.
        """
        claims = self._tokens.read(token)
        if claims is None:
            return None
        try:
            principal = await self._look_up(claims)
        except (SQLAlchemyError, OSError):
            raise Problem(
                503, "Access cannot be checked now.", headers={"Retry-After": "1"}
            ) from None
        if principal is not None:
            self._verified.put(token, principal, claims)
        return principal

    async def _look_up(self, claims: AccessClaims) -> Principal | None:
        statement = (
            select(User.role)
            .join(AuthSession, AuthSession.user_id == User.id)
            .where(
                User.id == UUID(claims.user_id),
                User.active,
                User.tokens_not_before <= claims.issued_at,
                AuthSession.id == UUID(claims.session_id),
                AuthSession.ended_at.is_(None),
                AuthSession.expires_at > utc_now(),
            )
        )
        async with self._database.read() as session:
            role = await session.scalar(statement)
        return None if role is None else Principal(claims.user_id, claims.session_id, role)
