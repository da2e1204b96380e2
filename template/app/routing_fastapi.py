"""Deny-by-default routing for FastAPI: every route declares its access, every answer its model.

::

    router = Router("/v1/items", tags=["items"])

    @router.get("/{item_id}", access=owner(Item))
    async def read_item(item: Loaded[Item]) -> ItemView: ...

``access`` has no default, and the answer's model is the return annotation. Declarations that
cannot be safe are refused at import. Only declared routes are dispatched, so that nothing added
to the application behind this module's back can be reached.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Annotated, Any, Final, TypedDict, TypeVar, Unpack
from urllib.parse import parse_qsl

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from pydantic import BaseModel, TypeAdapter
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .documentation import documentation
from .handlers_fastapi import (
    Caller,
    CallerId,
    Download,
    File,
    Files,
    Loaded,
    NumberedPaging,
    Paging,
    Session,
    Terms,
    adapt,
    caller,
    object_id,
)
from .openapi_fastapi import complete
from .problems_fastapi import from_http, from_validation, invalid
from .security.access import Access
from .security.bodies import JSON, NO_BODY, Body, parse_json
from .security.declarations import NO_CONTENT, UnsafeRouteError, check
from .security.problems import Problem
from .security.routes import Route, RouteTable
from .security.versioning import Deprecation
from .storage.database import Database
from .storage.objects import load
from .storage.uploads import Uploads

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

_OK: Final = 200
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
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


class SecureRoute(APIRoute):
    """A route of FastAPI that decides access to its object before it reads the body.

    Attributes:
        declared: the route as the table and the posture see it.
    """

    def __init__(  # noqa: PLR0913 - one declaration, one keyword each
        self,
        method: str,
        path: str,
        handler: Callable[..., Awaitable[Any]],
        *,
        access: Access,
        tags: list[str],
        body: Body | None = None,
        status: int | None = None,
        deprecation: Deprecation | None = None,
        produces: tuple[str, ...] = (),
        errors: tuple[int, ...] = (),
    ) -> None:
        upload = body is not None and body.upload
        terms = Terms(access, read_only=method == "GET", upload=upload)
        self._access = access
        self._body = body or NO_BODY
        super().__init__(
            path,
            adapt(handler, terms),
            methods=[method],
            status_code=status or _default_status(handler),
            tags=[*tags],
            deprecated=deprecation is not None,
        )
        # FastAPI has read the signature by now; the handler below reads these at request time.
        if body is None and self.body_field is not None:
            self._body = JSON
        self._check_object_first = access.model is not None and bool(
            self._body.media_types or self.dependant.query_params
        )
        query = _query_schema(self)
        self._scalars = {name for name, schema in query.items() if not _is_list(schema)}
        self.declared = Route(
            method=method,
            path=path,
            access=access,
            app=self.app,
            body=self._body,
            deprecation=deprecation,
            module=handler.__module__,
            request_model=_model(self.body_field),
            response_model=_model(self.response_field),
            page_limit=query.get("limit", {}).get("maximum"),
            errors=errors,
        )
        check(self.declared, status=self.status_code or _OK, produces=produces)
        if produces:
            self.responses[_OK] = {"content": dict.fromkeys(produces, _BINARY)}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler behind the checks that the contract puts before it."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            if self._check_object_first:
                await self._load_object(request)
            try:
                request = await self._accept_body(request)
                self._check_query(request)
                return await handle(request)
            except ClientDisconnect:
                raise Problem(400, "The body broke off.", close=True) from None
            except RequestValidationError as error:
                raise from_validation(error) from None
            except HTTPException as error:
                raise from_http(error) from None
            except ResponseValidationError as error:
                raise _UnfitAnswerError(self.declared, error) from None

        return answer

    async def _load_object(self, request: Request) -> None:
        """Answer 404 before the body is read; the handler's own transaction loads it again."""
        async with request.app.database.read() as session:
            await load(session, self._access, caller(request), object_id(request))

    async def _accept_body(self, request: Request) -> Request:
        if not self._body.media_types:
            return request
        request.state.media_type = self._body.check(request.scope["headers"])
        if self._body is not JSON:
            return request
        content = await request.body()
        return _JsonRequest(request, content, parse_json(content))

    def _check_query(self, request: Request) -> None:
        query: bytes = request.scope["query_string"]
        if b"%00" in query:
            raise invalid([{"pointer": "/query", "detail": "must not contain NUL"}])
        if b"&" not in query:
            return
        names = [name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)]
        repeated = [name for name in self._scalars if names.count(name) > 1]
        if repeated:
            raise invalid(
                {"pointer": f"/query/{name}", "detail": "may be given once"}
                for name in sorted(repeated)
            )


class SecureAPI(FastAPI):
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
        ValueError: a route is declared twice.
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
        self.database = database
        self.upload_bytes = upload_bytes
        self.uploads = Uploads(database, quota=storage_bytes)
        routes = [route for router in routers for route in router.routes]
        self.declared = [route.declared for route in routes]
        pages = documentation(self.openapi) if docs else []
        self.table = RouteTable([*self.declared, *pages], upload_bytes=upload_bytes)
        self.router.routes.extend(routes)

    def refuse_foreign_routes(self) -> None:
        """Refuse what was added beside the declared routes: routes, mounts and WebSockets.

        They would never be reached; who added them should know it at start-up.

        Raises:
            UnsafeRouteError: with the path of each.
        """
        foreign = [
            getattr(route, "path", type(route).__name__)
            for route in self.router.routes
            if not isinstance(route, SecureRoute) or route.declared not in self.declared
        ]
        if foreign:
            raise UnsafeRouteError(f"not declared through app.routing_fastapi.Router: {foreign}")

    def build_middleware_stack(self) -> ASGIApp:
        """Return the application below the edge, which turns every exception into its answer."""
        self.refuse_foreign_routes()
        app: ASGIApp = AsyncExitStackMiddleware(self._dispatch)
        for factory, args, kwargs in reversed(self.user_middleware):
            app = factory(app, *args, **kwargs)
        return app

    def openapi(self) -> dict[str, Any]:
        """Return the API document with every answer that the edge and the table can give."""
        if not self.openapi_schema:
            document = super().openapi()
            self.openapi_schema = complete(document, self.declared, upload_bytes=self.upload_bytes)
        return self.openapi_schema

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.router(scope, receive, send)
        else:
            await self.table(scope, receive, send)


class _UnfitAnswerError(TypeError):
    """A handler's answer does not fit its model; the log learns where, not what was answered."""

    def __init__(self, route: Route, error: ResponseValidationError) -> None:
        places = ["/".join(map(str, fault["loc"])) for fault in error.errors()]
        super().__init__(f"{route.method} {route.path} does not fit its model at {places}")


class _JsonRequest(Request):
    """A request whose body is read and parsed already, by a stricter parser than FastAPI's."""

    def __init__(self, request: Request, content: bytes, value: Any) -> None:  # noqa: ANN401 - JSON is any value
        super().__init__(request.scope, request.receive)
        self._content = content
        self._value = value

    async def body(self) -> bytes:
        """Return the bytes that were read."""
        return self._content

    async def json(self) -> Any:  # noqa: ANN401 - JSON is any value
        """Return the value that was parsed."""
        return self._value


def _default_status(handler: Callable[..., Awaitable[Any]]) -> int:
    answer = inspect.signature(handler, eval_str=True).return_annotation
    return NO_CONTENT if answer is None else _OK


def _model(field: Any) -> type[BaseModel] | None:  # noqa: ANN401 - FastAPI keeps the class private
    annotation = getattr(getattr(field, "field_info", None), "annotation", None)
    return (
        annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    )


def _query_schema(route: APIRoute) -> dict[str, dict[str, Any]]:
    """Return the JSON schema of each query parameter by name."""
    schemas: dict[str, dict[str, Any]] = {}
    for field in route.dependant.query_params:
        annotation: Any = Annotated[field.field_info.annotation, field.field_info]
        schema = TypeAdapter(annotation).json_schema()
        schemas |= schema.get("properties", {field.alias: schema})
    return schemas


def _is_list(schema: Mapping[str, Any]) -> bool:
    return any(part.get("type") == "array" for part in (schema, *schema.get("anyOf", ())))
