"""The route table: the only way to a handler, closed unless a route was declared.

The table answers 404, 405, 410, 401 and 403 in the contract's order before anything of the request
is read or loaded. What is not in the table is not dispatched, whoever added it and whenever.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

from .access import Access
from .bodies import NO_BODY, Body
from .context import context_of
from .problems import Problem
from .versioning import Deprecation

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class UnsafeRouteError(TypeError):
    """A declaration that cannot be safe; the message names the route and every reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One declared route.

    Attributes:
        method: one of ``METHODS``; HEAD comes with GET.
        path: template such as ``/v1/items/{item_id}``; a parameter is one whole segment.
        access: who may call it.
        app: answers the request of an admitted caller.
        body: what it accepts.
        deprecation: set on a route that has a successor.
        module: where its handler is defined.
        request_model: the model that validates the body, if any.
        response_model: the model of the answer, None for one without a body or with raw bytes.
        page_limit: the largest page of a list, None for other routes.
        errors: status codes that its handler answers beside those that follow from the above.
    """

    method: str
    path: str
    access: Access
    app: App = field(repr=False)
    body: Body = NO_BODY
    deprecation: Deprecation | None = None
    module: str = ""
    request_model: type[Any] | None = None
    response_model: type[Any] | None = None
    page_limit: int | None = None
    errors: tuple[int, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the path's parameters, in order."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def version(self) -> str:
        """The API version in the path, such as ``v1``, or "" without one."""
        first = self.path.split("/")[1]
        return first if first[:1] == "v" and first[1:].isdigit() else ""


class RouteTable:
    """Dispatches requests to declared routes, as an ASGI application.

    Args:
        routes: every route of the service.
        upload_bytes: how long the body of an upload may be.

    Raises:
        UnsafeRouteError: a path or a method is malformed, or declared twice.
    """

    def __init__(self, routes: Iterable[Route], *, upload_bytes: int) -> None:
        self._upload_bytes = upload_bytes
        self._paths: dict[str, _Path] = {}
        for route in routes:
            self._add(route)
        self._fixed = {path.template: path for path in self._paths.values() if not path.variable}
        self._templates: dict[int, list[_Path]] = {}
        for path in sorted(self._paths.values(), key=lambda path: len(path.variable)):
            if path.variable:
                self._templates.setdefault(len(path.segments), []).append(path)

    def _add(self, route: Route) -> None:
        if route.method not in METHODS:
            raise UnsafeRouteError(f"{route.method} {route.path}: no such method")
        shape = "/".join("{}" if part.startswith("{") else part for part in route.path.split("/"))
        path = self._paths.setdefault(shape, _Path.parse(route.path))
        if path.template != route.path:
            raise UnsafeRouteError(
                f"{route.path} and {path.template} name the same parameter twice"
            )
        if route.method in path.methods:
            raise UnsafeRouteError(f"{route.method} {route.path} is declared twice")
        path.methods[route.method] = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request.

        Raises:
            Problem: 404, 405 with the complete ``Allow``, 410, 401, 403, or what the route raises.
        """
        path, values = self._find(scope)
        method = scope["method"]
        route = path.methods.get("GET" if method == "HEAD" else method)
        if route is None:
            raise Problem(405, headers={"Allow": path.allow})
        scope["path_params"] = values
        if method == "HEAD":
            send = _bodiless(send)
        if route.deprecation is None:
            await self._serve(route, scope, receive, send)
            return
        fields = route.deprecation.headers()
        try:
            route.deprecation.check()
            await self._serve(route, scope, receive, _adding(fields, send))
        except Problem as problem:
            said = {name.decode("ascii"): value.decode("ascii") for name, value in fields}
            problem.headers = {**said, **problem.headers}
            raise

    async def _serve(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        context = context_of(scope)
        route.access.admit(context)
        if route.body.upload:
            context.body_limit = self._upload_bytes
        await route.app(scope, receive, send)

    def _find(self, scope: Scope) -> tuple["_Path", dict[str, str]]:
        path: str = scope["path"]
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed, {}
        segments = path.split("/")
        for candidate in self._templates.get(len(segments), ()):
            if all(segments[at] == literal for at, literal in candidate.literal):
                values = {name: segments[at] for at, name in candidate.variable}
                if all(values.values()):
                    return candidate, values
        raise Problem(404)


def object_id(scope: Scope) -> str:
    """Return the text that names the object of a path: its last parameter."""
    return str(list(scope["path_params"].values())[-1])


@dataclass(slots=True)
class _Path:
    template: str
    segments: tuple[str, ...]
    literal: tuple[tuple[int, str], ...]
    variable: tuple[tuple[int, str], ...]
    methods: dict[str, Route] = field(default_factory=dict)

    @classmethod
    def parse(cls, template: str) -> "_Path":
        segments = tuple(template.split("/"))
        if segments[0] or not all(segments[1:]):
            raise UnsafeRouteError(
                f"{template!r} must start with a slash and have no empty segment"
            )
        variable, literal = [], []
        for at, segment in enumerate(segments):
            name = segment[1:-1]
            if segment == f"{{{name}}}" and name.isidentifier():
                variable.append((at, name))
            elif "{" in segment or "}" in segment:
                raise UnsafeRouteError(
                    f"{template!r}: a parameter is one whole segment, such as {{id}}"
                )
            else:
                literal.append((at, segment))
        return cls(template, segments, tuple(literal), tuple(variable))

    @property
    def allow(self) -> str:
        head = {"HEAD"} if "GET" in self.methods else set()
        return ", ".join(sorted(head | self.methods.keys()))


def _adding(fields: tuple[tuple[bytes, bytes], ...], send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *fields]}
        await send(message)

    return sender


def _bodiless(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sender
