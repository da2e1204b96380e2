"""Deny-by-default routing for FastAPI: every route declares its access, every answer its model.

::

    router = Router("/v1/items", tags=["items"])

    @router.get("/{item_id}", access=owner(Item))
    async def read_item(item: Loaded[Item]) -> ItemView: ...

``access`` has no default, and the answer's model is the return annotation. Declarations that
cannot be safe are refused at import. Only declared routes are dispatched, so that nothing added
to the application behind this module's back can be reached.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypedDict, TypeVar, Unpack

from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.telemetry import TelemetryConfig
from starlette.types import Receive, Scope, Send

from .answers import Download
from .dispatch import ClosedApplication
from .handlers_fastapi import (
    Caller,
    CallerId,
    File,
    Files,
    Loaded,
    NumberedPaging,
    Paging,
    Session,
)
from .openapi import complete
from .route_fastapi import SecureRoute
from .security.access import Access
from .security.bodies import Body
from .security.versioning import Deprecation
from .storage.database import Database

__all__ = [
    "Caller",
    "CallerId",
    "Download",
    "File",
    "Files",
    "Loaded",
    "NumberedPaging",
    "Paging",
    "Router",
    "SecureAPI",
    "Session",
]

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])

_UNTRACED: Final[TelemetryConfig] = {"tracing": False, "metrics": False}


class Options(TypedDict, total=False):
    """What a declaration may say beside path and access.

    Attributes:
        body: what the route accepts; by default JSON if the handler takes a model, else nothing.
        status: of a success; by default 200, or 204 if the handler returns None.
        deprecation: set when the route has a successor.
        produces: media types of a handler that returns ``Download``.
        errors: status codes that the handler answers itself, such as 409, for the API document.
    """

    body: Body
    status: int
    deprecation: Deprecation
    produces: tuple[str, ...]
    errors: tuple[int, ...]


class Router:
    """Declares routes under a common prefix.

    Args:
        prefix: leading part of every path, such as ``/v1/items``.
        tags: groups in the API document.
    """

    def __init__(self, prefix: str, *, tags: Sequence[str] = ()) -> None:
        self.prefix = prefix
        self.tags = list(tags)
        self.routes: list[SecureRoute] = []

    def route(
        self, method: str, path: str, *, access: Access, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Declare a route.

        Args:
            method: GET, POST, PUT, PATCH or DELETE; HEAD comes with GET.
            path: added to the prefix; parameters are whole segments such as ``{item_id}``.
            access: who may call it; see ``app.security.access``.
            options: see ``Options``.

        Raises:
            UnsafeRouteError: the declaration cannot be safe; the message says why.
        """

        def declare(handler: Handler) -> Handler:
            route = SecureRoute(
                method, self.prefix + path, handler, access=access, tags=self.tags, **options
            )
            self.routes.append(route)
            return handler

        return declare

    def get(
        self, path: str, *, access: Access, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Declare a GET (and HEAD) route."""
        return self.route("GET", path, access=access, **options)

    def post(
        self, path: str, *, access: Access, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Declare a POST route."""
        return self.route("POST", path, access=access, **options)

    def put(
        self, path: str, *, access: Access, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Declare a PUT route."""
        return self.route("PUT", path, access=access, **options)

    def patch(
        self, path: str, *, access: Access, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Declare a PATCH route."""
        return self.route("PATCH", path, access=access, **options)

    def delete(
        self, path: str, *, access: Access, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Declare a DELETE route."""
        return self.route("DELETE", path, access=access, **options)


class SecureAPI(ClosedApplication, FastAPI):
    """FastAPI that dispatches declared routes and nothing else.

    Args:
        title: of the API document.
        routers: every route of the service.
        database: where objects are loaded from.
        upload_bytes: how long the body of an upload may be.
        storage_bytes: bytes that the files of one user may have together.
        docs: whether the API document and its page are served, to anyone.
        options: for FastAPI.

    Raises:
        UnsafeRouteError: a router is FastAPI's own, or a route is declared twice.
    """

    def __init__(  # noqa: PLR0913 - the application's parts, one keyword each
        self,
        *,
        title: str,
        routers: Sequence[Router],
        database: Database,
        upload_bytes: int,
        storage_bytes: int,
        docs: bool = False,
        **options: Any,  # noqa: ANN401 - FastAPI's own
    ) -> None:
        super().__init__(
            title=title,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            telemetry=_UNTRACED,
            **options,
        )
        self.serve(
            routers, database, upload_bytes=upload_bytes, storage_bytes=storage_bytes, docs=docs
        )
        self.router.routes.extend(route for router in routers for route in router.routes)
        self._unwinding = AsyncExitStackMiddleware(super().dispatch)

    def openapi(self) -> dict[str, Any]:
        """Return the API document with every answer that the edge and the table can give."""
        if not self.openapi_schema:
            document = FastAPI.openapi(self)
            self.openapi_schema = complete(document, self.declared, upload_bytes=self.upload_bytes)
        return self.openapi_schema

    async def dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from the table, within the exit stack that FastAPI's handlers expect."""
        await self._unwinding(scope, receive, send)
