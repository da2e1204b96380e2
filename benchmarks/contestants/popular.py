"""The stack most people write: slowapi and functions under ``@app.middleware("http")``."""

import logging
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import structlog
from asgi_correlation_id import CorrelationIdMiddleware, correlation_id
from fastapi import Depends, FastAPI, Request, Response
from slowapi import Limiter
from slowapi.middleware import SlowAPIMiddleware
from slowapi.util import get_remote_address
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from benchmarks.contestants.libraries import caller
from benchmarks.contestants.payload import Person

Next = Callable[[Request], Awaitable[Response]]
_BODY_BYTES = 1024 * 1024
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cache-Control": "no-store",
}


def _log() -> Any:  # noqa: ANN401 - structlog's loggers have no one type
    logging.basicConfig(format="%(message)s", stream=sys.stdout, level=logging.INFO)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return structlog.get_logger("access")


def app() -> FastAPI:
    """Return FastAPI with what tutorials add to it."""
    service, log = FastAPI(), _log()
    service.state.limiter = Limiter(
        key_func=get_remote_address, default_limits=["90000000/minute"], headers_enabled=True
    )

    @service.get("/v1/open")
    async def read() -> Person:
        return Person()

    @service.get("/v1/mine")
    async def read_mine(_: Annotated[dict[str, Any], Depends(caller)]) -> Person:
        return Person()

    @service.middleware("http")
    async def limit_body(request: Request, call_next: Next) -> Response:
        if int(request.headers.get("content-length", "0")) > _BODY_BYTES:
            return Response(status_code=413)
        return await call_next(request)

    @service.middleware("http")
    async def add_headers(request: Request, call_next: Next) -> Response:
        response = await call_next(request)
        response.headers.update(_HEADERS)
        return response

    @service.middleware("http")
    async def write_log(request: Request, call_next: Next) -> Response:
        started = time.perf_counter()
        response = await call_next(request)
        log.info(
            "request",
            method=request.method,
            path=request.url.path,
            status=response.status_code,
            request_id=correlation_id.get(),
            seconds=time.perf_counter() - started,
        )
        return response

    service.add_middleware(SlowAPIMiddleware)
    service.add_middleware(CORSMiddleware, allow_origins=["https://app.example.org"])
    service.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1"])
    service.add_middleware(CorrelationIdMiddleware)
    return service
