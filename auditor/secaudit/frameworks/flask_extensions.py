"""Extensions of Flask and Quart: Flask-Cors, quart-cors, Talisman, Flask-Limiter."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import DictData, Instance, ListData, Value, plain
from secaudit.frameworks.flask_configuration import put
from secaudit.frameworks.sinks import (
    Argument,
    group_of,
    library_default,
    mitigation,
    record,
    use,
)

_REGEX_SIGNS: Final = frozenset("*\\]?$^[()")  # what makes Flask-Cors match a text as a pattern
_TALISMAN: Final = (
    Argument("force_https", "tls.redirect", default=True),
    Argument("session_cookie_secure", "cookie.secure", default=True),
    Argument("frame_options", "header.frame", "SAMEORIGIN"),
)
_STORE: Final = Argument("storage_uri", "limit.store", "memory://")


def _cors(call: Call) -> Value:
    """``CORS(app, origins="*", supports_credentials=False, resources={...})``."""
    label = "CORS"
    group = group_of(call.place, label)
    credentials = Argument("supports_credentials", "cors.credentials", default=False)
    resources = call.keywords.get("resources")
    if resources is not None and isinstance(resources.data, DictData):
        for pattern, options in resources.data.items.items():
            part = f"{group}:{pattern}"
            if isinstance(options.data, DictData):
                inner = call._replace(keywords={**call.keywords, **options.data.items})
                _origins(inner, label, part)
                record(inner, label, (credentials,), "flask", part)
        return Value(Instance("flask_cors.CORS"), call.place)
    _origins(call, label, group)
    record(call, label, (credentials,), "flask", group)
    return Value(Instance("flask_cors.CORS"), call.place)


def _quart_cors(call: Call) -> Value:
    """``app = cors(app, allow_origin="*")`` of quart-cors, which refuses ``*`` with credentials."""
    _origins(call, "cors", group_of(call.place, "cors"), "allow_origin")
    return call.arguments[0] if call.arguments else Value(None, call.place)


def _origins(call: Call, label: str, group: str, argument: str = "origins") -> None:
    """Origins are texts or regular expressions; without any, every origin is allowed."""
    given = call.argument(-1, argument)
    layer = "assignment"
    if given is None:
        layer, given = "library-default", library_default(["*"], call.place)
    elif isinstance(given.data, str):
        candidates = tuple(c._replace(value=[c.value]) for c in given.candidates)
        listed = ListData([given._replace(candidates=(), source=None)])
        given = given._replace(data=listed, candidates=candidates, source=None)
    location = call.location() if layer == "library-default" else call.location(argument)
    sink = SinkUse("cors.origins", group, f"{label}.{argument}", given, location, "flask", layer)
    use(call.interpreter, sink)
    texts = given.data.items if isinstance(given.data, ListData) and argument == "origins" else []
    for item in texts:  # quart-cors takes a text for what it is
        text = plain(item)
        if isinstance(text, str) and text != "*" and _REGEX_SIGNS & set(text):
            pattern = SinkUse("cors.regex", group, f"{label}.{argument}", item, location, "flask")
            use(call.interpreter, pattern)


def _talisman(call: Call) -> Value:
    """``Talisman(app, ...)``: https, HSTS and headers, a secure session cookie."""
    if call.arguments:
        group = record(call, "Talisman", _TALISMAN, "session")
        _replace_cookie_settings(call)
        switch = call.keywords.get("strict_transport_security", Value(True))
        if plain(switch) is False:
            name = "Talisman.strict_transport_security"
            place = call.location("strict_transport_security")
            use(call.interpreter, SinkUse("header.hsts", group, name, switch, place, "session"))
    return Value(Instance("flask_talisman.Talisman"), call.place)


def _replace_cookie_settings(call: Call) -> None:
    """Write what Talisman writes into the configuration of its application (flask-talisman 1.1).

    ``SESSION_COOKIE_SECURE`` is replaced before each request, so that no later value counts.
    """
    call.interpreter.state["talisman"] = True
    app = call.arguments[0].data
    config = app.attributes.get("config") if isinstance(app, Instance) else None
    if config is None or not isinstance(config.data, Instance):
        return
    http_only = call.keywords.get("session_cookie_http_only", Value(True, call.place))
    if plain(http_only) is True:
        put(call.interpreter, config.data, "SESSION_COOKIE_HTTPONLY", http_only)
    same_site = call.keywords.get("session_cookie_samesite", Value("Lax", call.place))
    put(call.interpreter, config.data, "SESSION_COOKIE_SAMESITE", same_site)
    secure = plain(call.keywords.get("session_cookie_secure", Value(True)))
    config.data.state["always secure"] = secure is True


def _limiter(call: Call) -> Value:
    """``Limiter(get_remote_address, app=app, default_limits=[...], storage_uri=...)``."""
    call.interpreter.state.setdefault("flask-limiter", []).append(call)
    mitigation(call.interpreter, call.place.location(), "limiter")
    return Value(Instance("flask_limiter.Limiter"), call.place)


def _finish(interpreter: Interpreter) -> None:
    """Record limiters when the configuration of the applications is final.

    ``RATELIMIT_ENABLED`` replaces the argument ``enabled``; the argument ``storage_uri`` replaces
    ``RATELIMIT_STORAGE_URI``; what the configuration gives is recorded with it.
    """
    configs = [config.state["items"] for config in interpreter.state.get("flask", [])]
    for call in interpreter.state.get("flask-limiter", []):
        arguments = [
            argument
            for argument, key, gives_way in (
                (Argument("enabled", "limit.enabled", default=True), "RATELIMIT_ENABLED", True),
                (_STORE, "RATELIMIT_STORAGE_URI", "storage_uri" not in call.keywords),
            )
            if not (gives_way and any(key in config.items for config in configs))
        ]
        open_ = next((config.rest for config in configs if config.rest is not None), None)
        record(call._replace(rest=call.rest or open_), "Limiter", tuple(arguments), "flask")


def _init_talisman(_receiver: Value, _instance: Instance, call: Call) -> Value:
    return _talisman(call)


def _init_cors(_receiver: Value, _instance: Instance, call: Call) -> Value:
    return _cors(call)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "flask_cors.CORS": _cors,
    "quart_cors.cors": _quart_cors,
    "flask_talisman.Talisman": _talisman,
    "flask_limiter.Limiter": _limiter,
}
METHODS: Final = {
    "flask_talisman.Talisman.init_app": _init_talisman,
    "flask_cors.CORS.init_app": _init_cors,
}
FINISH: Final = _finish
