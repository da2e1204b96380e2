"""Flask, and Quart, which has its interface: the application, and what its settings mean."""

from collections.abc import Callable
from os.path import dirname, join
from typing import Any, Final

from secaudit.evaluation.candidates import candidates_of
from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import DictData, Instance, Place, Slot, Value, plain
from secaudit.facts import Unknown
from secaudit.frameworks import misspelt, unlimited_logins
from secaudit.frameworks.flask_configuration import CONFIG, items_of, put
from secaudit.frameworks.sinks import (
    Argument,
    cookie,
    group_of,
    library_default,
    object_of,
    record,
    started_as_script,
    use,
)

_APP: Final = "flask.Flask"
_SINKS: Final[dict[str, tuple[str, str, Any]]] = {  # key: concept, service, Flask's default
    "SECRET_KEY": ("signing.secret", "session", None),
    "DEBUG": ("debug.enabled", "flask", False),
    "SESSION_COOKIE_SECURE": ("cookie.secure", "session", False),
    "SESSION_COOKIE_HTTPONLY": ("cookie.httponly", "session", True),
    "SESSION_COOKIE_SAMESITE": ("cookie.samesite", "session", None),
    "MAX_CONTENT_LENGTH": ("limit.body", "flask", None),
    "MAX_FORM_MEMORY_SIZE": ("limit.body", "flask", 500_000),
    "PROPAGATE_EXCEPTIONS": ("debug.errors", "flask", None),
    "SQLALCHEMY_DATABASE_URI": ("database.url", "", None),
    "SQLALCHEMY_ECHO": ("debug.sql_echo", "", None),
    "WTF_CSRF_ENABLED": ("csrf.enabled", "flask", None),
    "JWT_SECRET_KEY": ("signing.secret", "jwt", None),
    "JWT_COOKIE_SECURE": ("cookie.secure", "jwt", False),
    "JWT_COOKIE_SAMESITE": ("cookie.samesite", "jwt", None),
    "JWT_COOKIE_CSRF_PROTECT": ("csrf.enabled", "jwt", None),
    "REMEMBER_COOKIE_SECURE": ("cookie.secure", "remember", None),
    "RATELIMIT_ENABLED": ("limit.enabled", "flask", None),
    "RATELIMIT_STORAGE_URI": ("limit.store", "flask", None),
}
_COOKIES: Final = ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE")


def _instance_path(call: Call) -> Value:
    """Return the instance folder: the one that is given, or ``instance`` beside the code.

    That is beside the module, or beside the outermost package that holds it (flask 3.1,
    ``sansio.scaffold.find_package``; one that is installed has it elsewhere).
    """
    given = call.keywords.get("instance_path")
    if given is not None and given.data is not None:
        return given
    world, folder = call.interpreter.world, dirname(call.place.module.path)
    while folder != world.root and world.exists(join(folder, "__init__.py")):
        folder = dirname(folder)
    return Value(join(folder, "instance"), call.place)


def _flask(call: Call) -> Value:
    app = Instance(_APP, None, call.interpreter.level)
    app.attributes["instance_path"] = _instance_path(call)
    config = Instance(CONFIG, None, call.interpreter.level)
    config.state["items"] = DictData({}, None, call.interpreter.level)
    config.state["app"] = call.place
    relative = call.keywords.get("instance_relative_config")
    is_relative = relative is not None and plain(relative) is True
    beside = dirname(call.place.module.path)
    config.state["folder"] = plain(app.attributes["instance_path"]) if is_relative else beside
    app.attributes["config"] = Value(config, call.place)
    call.interpreter.state.setdefault("flask", []).append(config)
    unlimited_logins.note_application(call.interpreter, call.place)
    return Value(app, call.place)


def _quart(call: Call) -> Value:
    app = _flask(call)
    app.data.attributes["config"].data.state["prefix"] = "QUART"
    return app


def _set_secret(interpreter: Interpreter, instance: Instance, value: Value, _place: Place) -> None:
    """``app.secret_key = ...``."""
    put(interpreter, instance.attributes["config"].data, "SECRET_KEY", value)


def _set_debug(interpreter: Interpreter, instance: Instance, value: Value, _place: Place) -> None:
    """``app.debug = True``."""
    put(interpreter, instance.attributes["config"].data, "DEBUG", value)


def _run(_receiver: Value, _instance: Instance, call: Call) -> Value:
    """``app.run(host=, port=, debug=)``: the development server."""
    service = "script" if started_as_script(call.interpreter) else "flask"
    arguments = (
        Argument("debug", "debug.enabled", position=2),
        Argument("host", "server.host", position=0),
    )
    group = record(call, "app.run", arguments, service)
    on = Value(True, call.place)
    sink = SinkUse("debug.server", group, "app.run", on, call.place.location(), service)
    use(call.interpreter, sink)
    return Value(None, call.place)


def _response(call: Call) -> Value:
    return object_of("flask.Response", call)


def _set_cookie(_receiver: Value, _instance: Instance, call: Call) -> Value:
    return cookie(call, same_site=None)


def _is_missed(interpreter: Interpreter, config: Instance, name: str) -> bool:
    """Say whether it is worth telling that a setting is left out.

    Flask writes no session cookie without a key; a cap is missed where files are taken.
    """
    items = items_of(config)
    if items.rest is not None:
        return False
    if name == "MAX_CONTENT_LENGTH":
        return any("request.files" in one.syntax.text for one in interpreter.modules.values())
    if name == "JWT_COOKIE_SECURE":
        return _has_effect(config, name)
    key = items.items.get("SECRET_KEY")
    if name not in _COOKIES or key is None or key.data is None:
        return False
    return name != "SESSION_COOKIE_SECURE" or not interpreter.state.get("talisman")


def _has_effect(config: Instance, name: str) -> bool:
    """Say whether a setting matters.

    One of a token's cookie does where a cookie holds tokens: Flask-JWT-Extended reads them from
    headers alone unless told otherwise. Talisman makes the session's cookie secure, but not in
    debug mode.
    """
    items = items_of(config)
    if name == "SESSION_COOKIE_SECURE" and config.state.get("always secure"):
        debug = items.items.get("DEBUG")
        return debug is not None and plain(debug) is not False
    if not name.startswith("JWT_COOKIE_") or items.rest is not None:
        return True
    places = items.items.get("JWT_TOKEN_LOCATION")
    known = plain(places) if places is not None else ()
    return not isinstance(known, Unknown) and "cookies" in (known or ())


def _finish(interpreter: Interpreter) -> None:
    """Judge the configuration every application ends up with."""
    for config in interpreter.state.get("flask", []):
        items = items_of(config)
        place: Place = config.state["app"]
        group = group_of(place, "flask")
        for name, (concept, service, default) in _SINKS.items():
            value = items.items.get(name)
            if value is None:
                if not _is_missed(interpreter, config, name):
                    continue
                location = place.location()
                made = library_default(default, place)
                layer = "library-default"
            elif not _has_effect(config, name):
                source = value.source if value.source and value.source.name == name else None
                interpreter.state.setdefault("inert", []).append(source or Slot(id(items), name))
                continue
            else:
                source = value.source or Slot(id(items), name)
                made, layer = value._replace(source=source), "assignment"
                origin = candidates_of(value, layer)[0].location
                location = origin or place.location()
            part = f"{group}:{service}"
            sink = SinkUse(concept, part, name, made, location, service, layer)
            use(interpreter, sink)
        interpreter.flask_configs.append(items)
        misspelt.note(interpreter, {**config.state.get("passed over", {}), **items.items}, _SINKS)
    unlimited_logins.look(interpreter)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "flask.Flask": _flask,
    "quart.Quart": _quart,
    "flask.make_response": _response,
    "flask.jsonify": _response,
    "flask.Response": _response,
}
METHODS: Final = {
    f"{_APP}.run": _run,
    "flask.Response.set_cookie": _set_cookie,
}
SET_ATTRIBUTES: Final = {f"{_APP}.secret_key": _set_secret, f"{_APP}.debug": _set_debug}
FINISH: Final = _finish
