"""Removes what can no longer matter; never what a replay would be recognised by."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from app.storage.base import utc_now
from app.storage.database import Database
from app.storage.models import AuthSession, KnownAddress, PasswordReset, Revocation

from .sign_in import KNOWN_FOR

_EVERY_SECONDS: Final = 600
# Longer than any access token may live, and than clocks may differ.
_REVOCATIONS_KEPT: Final = timedelta(hours=1)

_logger: Final = logging.getLogger(__name__)


async def clean(database: Database, *, access_lifetime: int) -> None:
    """Delete expired rows.

    Sessions go only when they have ended absolutely, and their used refresh tokens with them: until
    then a replay must be recognised, however old.
    """
    now = utc_now()
    kept = timedelta(seconds=access_lifetime) + _REVOCATIONS_KEPT
    async with database.write() as session:
        await session.execute(delete(AuthSession).where(AuthSession.expires_at <= now))
        await session.execute(delete(PasswordReset).where(PasswordReset.expires_at <= now))
        await session.execute(delete(KnownAddress).where(KnownAddress.seen_at <= now - KNOWN_FOR))
        await session.execute(delete(Revocation).where(Revocation.created_at <= now - kept))


async def run(database: Database, *, access_lifetime: int) -> None:
    """Clean every ten minutes until cancelled."""
    while True:
        try:
            await clean(database, access_lifetime=access_lifetime)
        except (SQLAlchemyError, OSError):
            _logger.warning("Expired rows could not be removed; trying again later")
        await asyncio.sleep(_EVERY_SECONDS)
