"""Your service: its settings, routes, middleware and start-up. Updates never touch this file."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.middleware import Middleware

from .routes.v1 import items as items_v1
from .routes.v2 import items as items_v2

if TYPE_CHECKING:
    from .auth.password_resets import IssuedReset
    from .routing_starlette import Router
    from .services import Services


class ServiceSettings(BaseSettings):
    """Your own settings: a field ``mail_host`` is the variable ``APP_SERVICE__MAIL_HOST``.

    They are checked at start-up with all others. ``ServiceSettings()`` reads them anywhere.
    """

    model_config = SettingsConfigDict(
        env_prefix="APP_SERVICE__",
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )


ROUTERS: Sequence["Router"] = (items_v1.router, items_v2.router)
"""Your routes."""

MIDDLEWARE: Sequence[Middleware] = ()
"""Pure-ASGI middleware between the security edge and the routes, the outermost first."""


@asynccontextmanager
async def LIFESPAN(services: "Services") -> AsyncGenerator[None]:  # noqa: N802 - a name the template looks up
    """Run your code around the life of a process: before the first request, after the last."""
    del services
    yield


async def send_password_reset(reset: "IssuedReset") -> bool:
    """Mail ``reset.token`` to ``reset.email``, in a link to your page that asks for a new password.

    Return whether you did: a token that was not sent is shown to the administrator who issued it.
    """
    del reset
    return False
