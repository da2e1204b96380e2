"""Tells a caller whose account has just gone from a service that is broken: 401, not 500."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm.exc import StaleDataError
from starlette.types import ASGIApp, Receive, Scope, Send

from app.security.access import unauthenticated
from app.security.context import context_of
from app.storage.database import Database
from app.storage.models import User

# What a handler meets that reads, refers to, or changes the row of an account that is gone.
_MISSED: Final = (NoResultFound, IntegrityError, StaleDataError)


def answering_departures(app: ASGIApp, database: Database) -> ASGIApp:
    """Return ``app`` with the failures that come of its caller's deletion turned into a 401.

    Another process learns of a deletion within a second. A request that runs meanwhile finds no
    account to read, and none that new rows could belong to; handlers need not think of it.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except _MISSED:
            caller = context_of(scope).principal if scope["type"] == "http" else None
            if caller is None or await _exists(database, UUID(caller.user_id)):
                raise
            raise unauthenticated(token_present=True) from None

    return answer


async def _exists(database: Database, user_id: UUID) -> bool:
    async with database.read() as session:
        return await session.scalar(select(User.id).where(User.id == user_id)) is not None
