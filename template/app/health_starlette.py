"""The probes of an orchestrator: the process is alive, the process can serve."""

from .health import HealthView
from .routing_starlette import Request, Router, get
from .security.access import public


async def alive(_request: Request) -> HealthView:
    """Tell that the process runs."""
    return HealthView()


async def ready(request: Request) -> HealthView:
    """Tell that the process can serve requests; 503 when its database or store is down."""
    await request.services.health.require_ready()
    return HealthView()


health = Router(
    get("/healthz", alive, access=public, answer=HealthView),
    get("/readyz", ready, access=public, answer=HealthView),
    tags=["health"],
)
