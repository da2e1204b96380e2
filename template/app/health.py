"""Whether this process can serve: the database and the limit store answer."""

import asyncio
import time
from typing import Final, Literal

from sqlalchemy.exc import SQLAlchemyError

from .security.limits import Limiter, StoreUnavailableError
from .security.problems import Problem
from .security.schemas import Output
from .storage.database import Database

_CACHED_SECONDS: Final = 1.0
_TIMEOUT: Final = 2.0


class HealthView(Output):
    """A good answer; a bad one is a problem."""

    status: Literal["ok"] = "ok"


class Health:
    """Answers readiness probes, at most one look a second however often it is asked.

    Args:
        database: pinged.
        limiter: pinged.
    """

    def __init__(self, database: Database, limiter: Limiter) -> None:
        self._database = database
        self._limiter = limiter
        self._lock = asyncio.Lock()
        self._looked = float("-inf")
        self._ready = False

    async def require_ready(self) -> None:
        """Return when the service is ready.

        Raises:
            Problem: 503 without details, which are for the log and not for the world.
        """
        async with self._lock:
            if time.monotonic() - self._looked >= _CACHED_SECONDS:
                self._ready = await self._look()
                self._looked = time.monotonic()
        if not self._ready:
            raise Problem(503, headers={"Retry-After": "1"})

    async def _look(self) -> bool:
        try:
            async with asyncio.timeout(_TIMEOUT):
                await self._database.ping()
                await self._limiter.ping()
        except (SQLAlchemyError, OSError, StoreUnavailableError):
            return False
        return True
