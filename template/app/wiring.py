"""What a main module of either framework puts around its application."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.types import ASGIApp

from . import service
from .auth.departures import answering_departures
from .auth.password_resets import unsent
from .security.edge import EdgePolicy, protect
from .services import Services
from .settings import Settings
from .settings_policy import questionable
from .storage.outage import answering_outages

_logger: Final = logging.getLogger(__name__)


def parts_of(settings: Settings) -> Services:
    """Return the parts of a service with these settings."""
    # A `service.py` that is older than this function is without it, and is never updated.
    send_reset = getattr(service, "send_password_reset", unsent)
    return Services.of(settings, send_reset=send_reset)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncGenerator[None]:
    """Run the service's parts, and its owner's code within them, around the life of a process.

    What is doubtful in the settings is logged at its start.
    """
    services: Services = app.state.services
    for fault in questionable(services.settings):
        _logger.warning("%s", fault)
    async with services.running(), service.LIFESPAN(services):
        yield


def guarded(app: Starlette, services: Services) -> ASGIApp:
    """Return the application with its parts at hand and the security edge around it."""
    app.state.services = services
    answering = answering_outages(answering_departures(app, services.database))
    return protect(answering, edge_policy(services.settings, services))


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
