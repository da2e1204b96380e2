"""Starlette and FastAPI: applications, middleware, documentation, responses."""

import ast
from collections.abc import Callable
from typing import Final

from secaudit.evaluation.control import Frame
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    ClassData,
    External,
    FunctionData,
    Instance,
    ListData,
    Place,
    Value,
    unknown,
)
from secaudit.facts import Unknown
from secaudit.frameworks import unlimited_logins
from secaudit.frameworks.sinks import Argument, cookie, group_of, mitigation, record, recorder

_CORS: Final = (
    Argument("allow_origins", "cors.origins", ()),
    Argument("allow_origin_regex", "cors.regex", None),
    Argument("allow_credentials", "cors.credentials", default=False),
)
_SESSION: Final = (
    Argument("secret_key", "signing.secret"),
    Argument("https_only", "cookie.secure", default=False),
    Argument("same_site", "cookie.samesite", "lax"),
)
_CSRF: Final = (
    Argument("secret", "signing.secret", position=0),
    Argument("cookie_secure", "cookie.secure", default=False),
    Argument("cookie_samesite", "cookie.samesite", "lax"),
)
_HOSTS: Final = (Argument("allowed_hosts", "hosts.allowed", ["*"]),)
_PROXY: Final = (Argument("trusted_hosts", "proxy.trusted", "127.0.0.1"),)
_MIDDLEWARE: Final[dict[str, tuple[tuple[Argument, ...], str]]] = {
    "CORSMiddleware": (_CORS, "starlette"),
    "SessionMiddleware": (_SESSION, "session"),
    "TrustedHostMiddleware": (_HOSTS, "starlette"),
    "ProxyHeadersMiddleware": (_PROXY, "uvicorn"),
    "CSRFMiddleware": (_CSRF, "csrf"),  # of starlette-csrf
}
_LIMITING: Final = ("slowapi", "ratelimit", "throttl")  # parts of names of middleware
_FASTAPI: Final = (
    Argument("debug", "debug.enabled", default=False),
    Argument("docs_url", "docs.url", "/docs"),
    Argument("redoc_url", "docs.redoc", "/redoc"),
    Argument("openapi_url", "docs.openapi", "/openapi.json"),
)
_STARLETTE: Final = (Argument("debug", "debug.enabled", default=False),)
_HEADERS: Final = {
    "strict-transport-security": "header.hsts",
    "x-content-type-options": "header.nosniff",
    "x-frame-options": "header.frame",
}


def _names(target: Value) -> tuple[str, list[str]]:
    """Return the short name of a middleware class, and those of the libraries' it is or extends."""
    data = target.data
    if isinstance(data, ClassData):
        return data.name, [name.rpartition(".")[2] for name in data.externals()]
    name = data.name.rpartition(".")[2] if isinstance(data, External) else ""
    return name, [name]


def install(call: Call, target: Value) -> None:
    """Record the options of one middleware; ``call`` has no more than those."""
    name, of_libraries = _names(target)
    known = next((one for one in of_libraries if one in _MIDDLEWARE), "")
    if known:  # a class of the project may have such a name without being one
        arguments, service = _MIDDLEWARE[known]
        record(call, known, arguments, service)
    if any(part in name.lower().replace("_", "") for part in _LIMITING):
        mitigation(call.interpreter, call.place.location(), "limiter")
    if isinstance(target.data, ClassData):
        note_headers(call.interpreter, target.data.module.syntax, target.data.node)


def add_middleware(_receiver: Value, _instance: Instance, call: Call) -> Value:
    """``app.add_middleware(cls, **options)``."""
    if call.arguments:
        install(call.without_first(), call.arguments[0])
    elif "middleware_class" in call.keywords:
        install(call, call.keywords["middleware_class"])
    return Value(None, call.place)


def _middleware(call: Call) -> Value:
    """``Middleware(cls, **options)``, an entry of an application's list."""
    if call.arguments:
        install(call.without_first(), call.arguments[0])
    return Value(Instance("starlette.middleware.Middleware"), call.place)


def _wrapped(name: str) -> Callable[[Call], Value]:
    """Return the handler of ``CORSMiddleware(app, **options)``."""

    def make(call: Call) -> Value:
        if call.arguments or "app" in call.keywords:
            install(call, Value(External(name)))
        return Value(Instance(name), call.place)

    return make


def _application(type_name: str, arguments: tuple[Argument, ...]) -> Callable[[Call], Value]:
    def make(call: Call) -> Value:
        group = group_of(call.place, type_name)
        record(call, type_name.rpartition(".")[2], arguments, "fastapi", group)
        instance = Instance(type_name, None, call.interpreter.level)
        instance.state["group"] = group
        unlimited_logins.note_application(call.interpreter, call.place)
        given = call.keywords.get("middleware")
        if given is not None and isinstance(given.data, ListData):
            instance.state["middleware"] = given.data.items
        return Value(instance, call.place)

    return make


def _decorator(_receiver: Value, _instance: Instance, _call: Call) -> Value:
    """``@app.middleware("http")``, ``@app.get(...)``: the function stays what it is."""
    return Value(External("secaudit.decorator"))


def _nothing(_receiver: Value, _instance: Instance, call: Call) -> Value:
    return Value(None, call.place)


def _set_cookie(_receiver: Value, _instance: Instance, call: Call) -> Value:
    return cookie(call, same_site="lax")


def _depends(call: Call) -> Value:
    instance = Instance("fastapi.Depends")
    instance.state["call"] = call
    return Value(instance, call.place)


def note_headers(interpreter: Interpreter, module: object, node: ast.AST) -> None:
    """Note security headers that code sets by name."""
    from secaudit.syntax.python import Module  # noqa: PLC0415 - for the type only

    if not isinstance(module, Module):
        return
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            what = _HEADERS.get(inner.value.lower())
            if what is not None:
                mitigation(interpreter, module.location(inner), what)


def note_decorated(interpreter: Interpreter, frame: Frame, function: FunctionData) -> None:
    """Note what a function decorated as middleware sets."""
    for decorator in getattr(function.node, "decorator_list", []):
        text = ast.unparse(decorator)
        if ".middleware(" in text or "after_request" in text:
            note_headers(interpreter, frame.module.syntax, function.node)
        if ".limit(" in text:
            place = Place(frame.module.syntax, decorator)
            mitigation(interpreter, place.location(), "limiter")


_APP_TYPES: Final = ("fastapi.FastAPI", "starlette.applications.Starlette")
_RESPONSES: Final = (
    "Response",
    "JSONResponse",
    "HTMLResponse",
    "RedirectResponse",
    "PlainTextResponse",
    "StreamingResponse",
    "ORJSONResponse",
)
_RESPONSE_NAMES: Final = tuple(
    f"{prefix}{name}"
    for prefix in ("fastapi.", "fastapi.responses.", "starlette.responses.")
    for name in _RESPONSES
)
_CORS_NAMES: Final = tuple(
    f"{package}.middleware.{module}.{name}"
    for package in ("fastapi", "starlette")
    for module, name in (
        ("cors", "CORSMiddleware"),
        ("sessions", "SessionMiddleware"),
        ("trustedhost", "TrustedHostMiddleware"),
        ("httpsredirect", "HTTPSRedirectMiddleware"),
    )
)
CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "fastapi.FastAPI": _application("fastapi.FastAPI", _FASTAPI),
    "fastapi.applications.FastAPI": _application("fastapi.FastAPI", _FASTAPI),
    "starlette.applications.Starlette": _application(
        "starlette.applications.Starlette", _STARLETTE
    ),
    "starlette.middleware.Middleware": _middleware,
    "fastapi.middleware.Middleware": _middleware,
    "fastapi.Depends": _depends,
    **{name: _wrapped(name) for name in _CORS_NAMES},
    **{name: recorder(name, ()) for name in _RESPONSE_NAMES},
}
METHODS: Final = {
    **{f"{app}.add_middleware": add_middleware for app in _APP_TYPES},
    **{
        f"{app}.{name}": _nothing
        for app in _APP_TYPES
        for name in (
            "include_router",
            "mount",
            "add_exception_handler",
            "add_route",
            "add_api_route",
        )
    },
    **{f"{name}.set_cookie": _set_cookie for name in _RESPONSE_NAMES},
    **{f"{app}.middleware": _decorator for app in _APP_TYPES},
}


def _state(_interpreter: Interpreter, _instance: Instance, place: Place) -> Value:
    return unknown("state that handlers share", place)


ATTRIBUTES: Final = {f"{app}.state": _state for app in _APP_TYPES}


def _subclass(cls: ClassData, call: Call) -> Value:
    """Make an application of a project class; what its ``__init__`` passes on is what counts."""
    method = cls.find("__init__")
    if method is not None and isinstance(method.data, FunctionData):
        keywords = {
            keyword.arg: Value(keyword.value.value, call.place)
            for node in ast.walk(method.data.node)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__"
            for keyword in node.keywords
            if keyword.arg is not None and isinstance(keyword.value, ast.Constant)
        }
        rest = Unknown("what a subclass passes to its base")
        call = call._replace(arguments=[], keywords=keywords, rest=rest)
    return CALLS["fastapi.FastAPI"](call)


BASES: Final = {"fastapi.FastAPI": _subclass}
FINISH: Final = unlimited_logins.look
