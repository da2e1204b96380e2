"""Deny-by-default route tables for Starlette: one line a route, plain handlers, no injection.

::

    async def read_item(request: Request[None, Item]) -> ItemView: ...

    router = Router(
        get("/v1/items/{item_id}", read_item, access=owner(Item), answer=ItemView),
        tags=["items"],
    )

``access`` has no default. The handler's annotations must agree with its line, so that neither can
be changed alone; what cannot be safe is refused at import. Only what stands in a table is
dispatched.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from starlette.middleware import Middleware
from starlette.types import Lifespan

from .answers import Download
from .dispatch import ClosedApplication, DeclaredRoutes
from .openapi import complete
from .openapi_starlette import describe
from .request_starlette import PageRequest, Request
from .route_starlette import SecureRoute, declare
from .security.access import Access
from .security.bodies import Body
from .security.routes import UnsafeRouteError
from .security.versioning import Deprecation
from .storage.database import Database
from .storage.uploads import IncomingFile

__all__ = [
    "Download",
    "IncomingFile",
    "PageRequest",
    "Request",
    "Router",
    "SecureAPI",
    "delete",
    "get",
    "patch",
    "post",
    "put",
]

BodyT = TypeVar("BodyT")
ObjectT = TypeVar("ObjectT")
QueryT = TypeVar("QueryT")
AnswerT = TypeVar("AnswerT")


class _Method:
    """Declares routes of one method."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(  # noqa: PLR0913 - one declaration, one keyword each
        self,
        path: str,
        handler: Callable[[Request[BodyT, ObjectT, QueryT]], Awaitable[AnswerT]],
        *,
        access: Access,
        body: type[BodyT] | Body | None = None,
        query: type[QueryT] | None = None,
        answer: type[AnswerT] | None = None,
        status: int | None = None,
        deprecation: Deprecation | None = None,
        produces: tuple[str, ...] = (),
        errors: tuple[int, ...] = (),
    ) -> SecureRoute:
        """Declare a route.

        Args:
            path: whole; parameters are whole segments such as ``{item_id}``.
            handler: an async function of one ``Request[body, object, query]``.
            access: who may call it; see ``app.security.access``.
            body: the model of a JSON body, or ``form(...)``, or ``upload(...)``; by default none.
            query: the model of the query; by default what is sent is ignored.
            answer: the model of the answer; ``Download`` with ``produces``; by default nothing.
            status: of a success; by default 200, or 204 without an answer.
            deprecation: set when the route has a successor.
            produces: media types of a ``Download``.
            errors: status codes that the handler answers itself, for the API document.

        Raises:
            UnsafeRouteError: the declaration cannot be safe; the message says why.
        """
        accepted: Any = body
        asked: Any = query
        return declare(
            self._name,
            path,
            handler,
            access=access,
            body=accepted,
            query=asked,
            answer=answer,
            status=status,
            deprecation=deprecation,
            produces=produces,
            errors=errors,
        )


get: Final = _Method("GET")
"""Declares a GET (and HEAD) route."""
post: Final = _Method("POST")
"""Declares a POST route."""
put: Final = _Method("PUT")
"""Declares a PUT route."""
patch: Final = _Method("PATCH")
"""Declares a PATCH route."""
delete: Final = _Method("DELETE")
"""Declares a DELETE route."""


class Router:
    """A table of routes.

    Args:
        routes: made by ``get``, ``post``, ``put``, ``patch`` and ``delete``.
        tags: groups in the API document.
    """

    def __init__(self, *routes: SecureRoute, tags: Sequence[str] = ()) -> None:
        self.routes = routes
        self.tags = tuple(tags)


class SecureAPI(ClosedApplication):
    """Starlette that dispatches declared routes and nothing else.

    Args:
        title: of the API document.
        routers: every route of the service.
        database: where objects are loaded from.
        upload_bytes: how long the body of an upload may be.
        storage_bytes: bytes that the files of one user may have together.
        docs: whether the API document and its page are served, to anyone.
        middleware: between the edge and the routes, the outermost first.
        lifespan: runs around the life of the process.

    Raises:
        UnsafeRouteError: a router is not this module's, or a route is declared twice.
    """

    def __init__(  # noqa: PLR0913 - the application's parts, one keyword each
        self,
        *,
        title: str,
        routers: Sequence[DeclaredRoutes],
        database: Database,
        upload_bytes: int,
        storage_bytes: int,
        docs: bool = False,
        middleware: Sequence[Middleware] = (),
        lifespan: Lifespan["SecureAPI"] | None = None,
    ) -> None:
        super().__init__(middleware=middleware, lifespan=lifespan)
        self._title = title
        self._document: dict[str, Any] | None = None
        self.serve(
            routers, database, upload_bytes=upload_bytes, storage_bytes=storage_bytes, docs=docs
        )
        tables = [router for router in routers if isinstance(router, Router)]
        if len(tables) < len(routers):
            raise UnsafeRouteError("a router is not of app.routing_starlette.Router")
        self._described = [(route, table.tags) for table in tables for route in table.routes]

    def openapi(self) -> dict[str, Any]:
        """Return the API document with every answer that the edge and the table can give."""
        if self._document is None:
            document = describe(self._title, self._described)
            self._document = complete(document, self.declared, upload_bytes=self.upload_bytes)
        return self._document
