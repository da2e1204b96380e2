"""The probes of an orchestrator: the process is alive, the process can serve."""

from fastapi import Request

from .auth.callers import services_of
from .health import HealthView
from .routing_fastapi import Router
from .security.access import public

health = Router("", tags=["health"])


@health.get("/healthz", access=public)
async def alive() -> HealthView:
    """Tell that the process runs."""
    return HealthView()


@health.get("/readyz", access=public)
async def ready(request: Request) -> HealthView:
    """Tell that the process can serve requests; 503 when its database or store is down."""
    await services_of(request).health.require_ready()
    return HealthView()
