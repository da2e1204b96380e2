"""The careful stack: one pure-ASGI library a concern, and no BaseHTTPMiddleware."""

import logging
import time
from typing import Annotated, Any

import jwt
import orjson
import structlog
from asgi_correlation_id import CorrelationIdMiddleware, correlation_id
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from secure import Secure
from secure.middleware import SecureASGIMiddleware
from slowapi import Limiter
from slowapi.middleware import SlowAPIASGIMiddleware
from slowapi.util import get_remote_address
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchmarks.contestants.payload import Person, verify

_bearer = HTTPBearer()


def caller(token: Annotated[HTTPAuthorizationCredentials, Depends(_bearer)]) -> dict[str, Any]:
    """Return the claims of the request's token, or answer 401."""
    try:
        return verify(token.credentials)
    except jwt.InvalidTokenError:
        raise HTTPException(401) from None


class AccessLog:
    """One JSON line a request, written by structlog and orjson."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.JSONRenderer(serializer=orjson.dumps),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.BytesLoggerFactory(),
            cache_logger_on_first_use=True,
        )
        self._log = structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, note)
        self._log.info(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            client=scope["client"][0],
            request_id=correlation_id.get(),
            seconds=round(time.perf_counter() - started, 6),
        )


def app() -> FastAPI:
    """Return FastAPI inside the libraries."""
    service = FastAPI()
    service.state.limiter = Limiter(
        key_func=get_remote_address, default_limits=["90000000/minute"], headers_enabled=True
    )

    @service.get("/v1/open")
    async def read() -> Person:
        return Person()

    @service.get("/v1/mine")
    async def read_mine(_: Annotated[dict[str, Any], Depends(caller)]) -> Person:
        return Person()

    service.add_middleware(RequestBodyLimitMiddleware, max_body_size=1024 * 1024)
    service.add_middleware(SlowAPIASGIMiddleware)
    service.add_middleware(CORSMiddleware, allow_origins=["https://app.example.org"])
    service.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1"])
    service.add_middleware(SecureASGIMiddleware, secure=Secure.with_default_headers())
    service.add_middleware(AccessLog)
    service.add_middleware(CorrelationIdMiddleware)
    return service
