"""Builds the service on Starlette: settings, parts, routes, and the security edge around them."""

from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from . import service
from .auth import routes_starlette as accounts
from .health_starlette import health
from .project import PROJECT
from .routing_starlette import SecureAPI
from .settings import Settings
from .settings_loading import load_settings
from .wiring import guarded, lifespan, parts_of

if TYPE_CHECKING:
    from .dispatch import DeclaredRoutes


def create_app(settings: Settings | None = None) -> ASGIApp:
    """Return the whole service as an ASGI application.

    Args:
        settings: read from ``.env`` and the process environment unless given.

    Raises:
        SettingsError: the settings are insecure, incomplete or unknown.
        UnsafeRouteError: a route was not declared through the service's own router.
    """
    settings = settings or load_settings(service=service.ServiceSettings)
    services = parts_of(settings)
    routers: list[DeclaredRoutes] = [health, accounts.auth, accounts.me, accounts.admin]
    routers += service.ROUTERS
    if settings.registration_open:
        routers.append(accounts.registration)
    app = SecureAPI(
        title=PROJECT.title,
        routers=routers,
        database=services.database,
        upload_bytes=settings.limits.upload_bytes,
        storage_bytes=settings.limits.storage_bytes,
        docs=settings.docs_served,
        middleware=service.MIDDLEWARE,
        lifespan=lifespan,
    )
    return guarded(app, services)
