"""What has been revoked: known at once in this process, and within a second in every other."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.security.context import Principal
from app.storage.database import Database
from app.storage.models import Revocation

POLL_SECONDS: Final = 0.5
# After this long without a poll, nothing that is held here may be trusted.
STALE_SECONDS: Final = 5.0
FOREVER: Final = 2**53
_POLL_TIMEOUT: Final = 3.0
# A row counts from when its transaction began and is seen when it has committed, so each poll looks
# back further than any request may take.
_LOOK_BACK: Final = timedelta(seconds=90)
# Longer than any token can still be valid after its revocation, see AccessTokens.
_MARGIN_SECONDS: Final = 120

_logger: Final = logging.getLogger(__name__)


class Revocations:
    """The revoked sessions and users of the last access lifetime.

    Args:
        database: where every process writes its revocations and reads those of the others.
        lifetime: seconds that an access token may live.
        clock: seconds that never go back.
    """

    def __init__(
        self, database: Database, *, lifetime: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._keep = lifetime + _MARGIN_SECONDS
        self._clock = clock
        self._polled = float("-inf")
        self._latest: datetime | None = None
        self._sessions: dict[str, float] = {}
        self._users: dict[str, tuple[int, float]] = {}

    @property
    def fresh(self) -> bool:
        """Whether the last poll is recent enough to answer without the database."""
        return self._clock() - self._polled < STALE_SECONDS

    def covers(self, principal: Principal, issued_at: int) -> bool:
        """Return whether a token of this caller, issued at this Unix second, is revoked."""
        if principal.session_id in self._sessions:
            return True
        entry = self._users.get(principal.user_id)
        return entry is not None and issued_at < entry[0]

    def revoke_session(self, session: AsyncSession, session_id: UUID) -> None:
        """Revoke a session's tokens everywhere, if and when this transaction commits."""
        self._record(session, Revocation(session_id=session_id))

    def revoke_user(self, session: AsyncSession, user_id: UUID, not_before: int) -> None:
        """Revoke a user's tokens issued before a Unix second, if this transaction commits."""
        self._record(session, Revocation(user_id=user_id, not_before=not_before))

    def _record(self, session: AsyncSession, row: Revocation) -> None:
        session.add(row)
        entry = (row.session_id, row.user_id, row.not_before or 0)

        def apply(_session: Session) -> None:
            self._apply([entry])

        event.listen(session.sync_session, "after_commit", apply, once=True)

    async def poll(self) -> None:
        """Read what other processes have revoked.

        Raises:
            SQLAlchemyError: the database does not answer.
        """
        started = self._clock()
        statement = select(
            Revocation.session_id,
            Revocation.user_id,
            Revocation.not_before,
            Revocation.created_at,
        )
        if self._latest is not None:
            statement = statement.where(Revocation.created_at >= self._latest - _LOOK_BACK)
        async with self._database.read() as session:
            rows = (await session.execute(statement)).all()
        self._apply((row[0], row[1], row[2]) for row in rows)
        self._latest = max((row[3] for row in rows), default=self._latest)
        self._polled = started
        self._forget(started)

    async def run(self) -> None:
        """Poll until cancelled; a database that fails is reported once and tried again."""
        failing = False
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                async with asyncio.timeout(_POLL_TIMEOUT):
                    await self.poll()
            except (SQLAlchemyError, OSError):  # TimeoutError is an OSError
                if not failing:
                    _logger.exception("Revocations cannot be read; tokens go to the database")
                failing = True
            else:
                failing = False

    def _apply(self, entries: Iterable[tuple[UUID | None, UUID | None, int]]) -> None:
        forget_at = self._clock() + self._keep
        for session_id, user_id, not_before in entries:
            if session_id is not None:
                self._sessions.setdefault(str(session_id), forget_at)
            elif user_id is not None:
                key = str(user_id)
                if not_before > self._users.get(key, (0, 0.0))[0]:
                    self._users.pop(key, None)
                    self._users[key] = (not_before, forget_at)

    def _forget(self, now: float) -> None:
        """Drop what is older than any token; both dictionaries are ordered by time."""
        while self._sessions and next(iter(self._sessions.values())) <= now:
            del self._sessions[next(iter(self._sessions))]
        while self._users and next(iter(self._users.values()))[1] <= now:
            del self._users[next(iter(self._users))]
