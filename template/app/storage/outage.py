"""Tells a database that is away from a service that is broken: 503 and try again, not 500."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.security.problems import Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
App = Callable[
    [Scope, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]

_OUTAGES: Final = (OperationalError, InterfaceError, PoolTimeoutError)

_logger: Final = logging.getLogger(__name__)


def answering_outages(app: App) -> App:
    """Return ``app`` with every failure to reach the database turned into a 503 problem."""

    async def answer(
        scope: Scope,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        try:
            await app(scope, receive, send)
        except _OUTAGES as error:
            kind = type(error.orig if isinstance(error, DBAPIError) else error).__name__
            _logger.error("The database does not answer (%s)", kind)  # noqa: TRY400 - no trace of an outage
            raise Problem(503, "Try again later.", headers={"Retry-After": "1"}) from None

    return answer
