"""A Starlette application that dispatches declared routes and nothing else."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from .documentation import documentation
from .security.routes import Route, RouteTable, UnsafeRouteError
from .storage.database import Database
from .storage.uploads import Uploads


class DeclaredRoute(Protocol):
    """What a framework makes of one declaration."""

    @property
    def declared(self) -> Route:
        """The route as the table and the posture see it."""
        ...


class DeclaredRoutes(Protocol):
    """A group of declarations, such as a ``Router``."""

    @property
    def routes(self) -> Sequence[DeclaredRoute]:
        """The declarations, in order."""
        ...


class ClosedApplication(Starlette):
    """Starlette, or what is built on it, with the route table in the place of its router.

    Attributes:
        database: where objects are loaded from.
        upload_bytes: how long the body of an upload may be.
        uploads: the store of users' files.
        declared: every route of the service but the documentation's.
    """

    database: Database
    upload_bytes: int
    uploads: Uploads
    declared: list[Route]

    def serve(
        self,
        routers: Sequence[DeclaredRoutes],
        database: Database,
        *,
        upload_bytes: int,
        storage_bytes: int,
        docs: bool,
    ) -> None:
        """Set what is served; called once, when the application is made.

        Args:
            routers: every route of the service.
            database: where objects are loaded from.
            upload_bytes: how long the body of an upload may be.
            storage_bytes: bytes that the files of one user may have together.
            docs: whether the API document and its page are served, to anyone.

        Raises:
            UnsafeRouteError: a route is declared twice, or a router is the framework's own or
                none at all; the path of each of its routes is named.
        """
        self.database = database
        self.upload_bytes = upload_bytes
        self.uploads = Uploads(database, quota=storage_bytes)
        groups: list[Sequence[Any]] = [getattr(router, "routes", (router,)) for router in routers]
        routes = [route for group in groups for route in group]
        _refuse_foreign([route for route in routes if not hasattr(route, "declared")])
        self.declared = [route.declared for route in routes]
        pages = documentation(self.openapi) if docs else []
        self._table = RouteTable([*self.declared, *pages], upload_bytes=upload_bytes)

    @abstractmethod
    def openapi(self) -> dict[str, Any]:
        """Return the API document."""

    def refuse_foreign_routes(self) -> None:
        """Refuse what was added beside the declared routes: routes, mounts and WebSockets.

        They would never be reached; who added them should know it at start-up.

        Raises:
            UnsafeRouteError: with the path of each.
        """
        _refuse_foreign(
            [
                route
                for route in self.router.routes
                if getattr(route, "declared", None) not in self.declared
            ]
        )

    def build_middleware_stack(self) -> ASGIApp:
        """Return the application below the edge, which turns every exception into its answer."""
        self.refuse_foreign_routes()
        app: ASGIApp = self.dispatch
        for factory, args, kwargs in reversed(self.user_middleware):
            app = factory(app, *args, **kwargs)
        return app

    async def dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from the table; the framework's router keeps the lifespan only."""
        if scope["type"] == "lifespan":
            await self.router(scope, receive, send)
        else:
            await self._table(scope, receive, send)


def _refuse_foreign(routes: Sequence[object]) -> None:
    paths = [getattr(route, "path", type(route).__name__) for route in routes]
    if paths:
        raise UnsafeRouteError(f"not declared through the service's own Router: {paths}")
