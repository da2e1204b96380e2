"""Builds the service on FastAPI: settings, parts, routes, and the security edge around them all."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from starlette.types import ASGIApp

from . import service
from .auth import routes_fastapi as accounts
from .health_fastapi import health
from .project import PROJECT
from .routing_fastapi import SecureAPI
from .security.edge import EdgePolicy, protect
from .services import Services
from .settings import Settings
from .settings_loading import load_settings
from .settings_policy import questionable
from .storage.outage import answering_outages

_logger: Final = logging.getLogger(__name__)


def create_app(settings: Settings | None = None) -> ASGIApp:
    """Return the whole service as an ASGI application.

    Args:
        settings: read from ``.env`` and the process environment unless given.

    Raises:
        SettingsError: the settings are insecure, incomplete or unknown.
        UnsafeRouteError: a route was not declared through the service's own router.
    """
    settings = settings or load_settings(service=service.ServiceSettings)
    for fault in questionable(settings):
        _logger.warning("%s", fault)
    services = Services.of(settings)
    routers = [health, accounts.auth, accounts.me, accounts.admin, *service.ROUTERS]
    if settings.registration_open:
        routers.append(accounts.registration)
    app = SecureAPI(
        title=PROJECT.title,
        routers=routers,
        database=services.database,
        upload_bytes=settings.limits.upload_bytes,
        storage_bytes=settings.limits.storage_bytes,
        docs=settings.docs_served,
        middleware=list(service.MIDDLEWARE),
        lifespan=_lifespan,
    )
    app.state.services = services
    return protect(answering_outages(app), edge_policy(settings, services))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    services: Services = app.state.services
    async with services.running(), service.LIFESPAN(services):
        yield


def edge_policy(settings: Settings, services: Services) -> EdgePolicy:
    """Return what the edge has to know, from the settings."""
    return EdgePolicy(
        limiter=services.limits.general,
        authenticator=services.authenticator,
        allowed_hosts=settings.hosts,
        trusted_proxies=settings.http.trusted_proxies,
        force_https=settings.https_required,
        hsts_seconds=settings.http.hsts_seconds,
        cors_origins=settings.cors.allow_origins,
        body_bytes=settings.limits.body_bytes,
        body_seconds=settings.http.body_seconds,
        timeout_seconds=settings.limits.timeout_seconds,
        public=settings.limits.public,
        authenticated=settings.limits.authenticated,
        admin=settings.limits.admin,
        docs_enabled=settings.docs_served,
        log_format=settings.log.format,
    )
