"""Flask, and Quart, which has its interface: configuration objects and the application's config."""

import json
from collections.abc import Callable
from os.path import dirname, isabs, join
from typing import Any, Final

from secaudit.evaluation.access import attribute
from secaudit.evaluation.candidates import candidates_of
from secaudit.evaluation.modules import import_module, load_module
from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    FunctionData,
    Instance,
    ModuleData,
    Place,
    Slot,
    Value,
    plain,
    unknown,
)
from secaudit.facts import Unknown
from secaudit.frameworks import misspelt, unlimited_logins
from secaudit.frameworks.sinks import (
    Argument,
    cookie,
    group_of,
    library_default,
    record,
    started_as_script,
    use,
)
from secaudit.frameworks.standard_library import from_plain

_APP: Final = "flask.Flask"
_CONFIG: Final = "flask.config.Config"
_SINKS: Final[dict[str, tuple[str, str, Any]]] = {  # key: concept, service, Flask's default
    "SECRET_KEY": ("signing.secret", "session", None),
    "DEBUG": ("debug.enabled", "flask", False),
    "SESSION_COOKIE_SECURE": ("cookie.secure", "session", False),
    "SESSION_COOKIE_HTTPONLY": ("cookie.httponly", "session", True),
    "SESSION_COOKIE_SAMESITE": ("cookie.samesite", "session", None),
    "MAX_CONTENT_LENGTH": ("limit.body", "flask", None),
    "PROPAGATE_EXCEPTIONS": ("debug.errors", "flask", None),
    "SQLALCHEMY_DATABASE_URI": ("database.url", "", None),
    "SQLALCHEMY_ECHO": ("debug.sql_echo", "", None),
    "WTF_CSRF_ENABLED": ("csrf.enabled", "flask", None),
    "JWT_SECRET_KEY": ("signing.secret", "jwt", None),
    "JWT_COOKIE_SECURE": ("cookie.secure", "jwt", None),
    "JWT_COOKIE_CSRF_PROTECT": ("csrf.enabled", "jwt", None),
    "REMEMBER_COOKIE_SECURE": ("cookie.secure", "remember", None),
    "RATELIMIT_ENABLED": ("limit.enabled", "flask", None),
    "RATELIMIT_STORAGE_URI": ("limit.store", "flask", None),
}
_COOKIES: Final = ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE")


def _flask(call: Call) -> Value:
    app = Instance(_APP, None, call.interpreter.level)
    config = Instance(_CONFIG, None, call.interpreter.level)
    config.state["items"] = DictData({}, None, call.interpreter.level)
    config.state["app"] = call.place
    app.attributes["config"] = Value(config, call.place)
    call.interpreter.state.setdefault("flask", []).append(config)
    unlimited_logins.note_application(call.interpreter, call.place)
    return Value(app, call.place)


def _quart(call: Call) -> Value:
    app = _flask(call)
    app.data.attributes["config"].data.state["prefix"] = "QUART"
    return app


def _items(config: Instance) -> DictData:
    return config.state.setdefault("items", DictData({}))  # type: ignore[no-any-return]


def _put(interpreter: Interpreter, config: Instance, name: str, value: Value) -> None:
    if interpreter.ignored(config.level):
        return
    if interpreter.undecided(config.level):
        value = unknown(interpreter.condition or "set under an undecided condition", value.place)
    _items(config).items[name] = value


def _set_item(
    interpreter: Interpreter, receiver: Value, key: Value, value: Value, _place: Place
) -> None:
    """``app.config["SECRET_KEY"] = ...``."""
    name = plain(key)
    if isinstance(name, str):
        _put(interpreter, receiver.data, name, value)
    else:
        _items(receiver.data).rest = Unknown("a key that is not known")


def _item(_interpreter: Interpreter, receiver: Value, key: Value, place: Place) -> Value:
    """``app.config["SECRET_KEY"]``."""
    name = plain(key)
    items = _items(receiver.data)
    if isinstance(name, str) and name in items.items:
        value = items.items[name]
        return value if value.source else value._replace(source=Slot(id(items), name))
    return unknown("a configuration key that is not known", place)


def _get(receiver: Value, instance: Instance, call: Call) -> Value:
    """``app.config.get(key, default)``."""
    key = call.argument(0, "key") or Value(Unknown("no key"))
    found = _item(call.interpreter, receiver, key, call.place)
    items = _items(instance)
    if found.known or items.rest is not None or plain(key) in items.items:
        return found
    return call.argument(1, "default") or Value(None, call.place)


def _from_object(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``app.config.from_object(object or dotted name)``: its attributes in upper case."""
    interpreter = call.interpreter
    source = call.argument(0, "obj")
    data = source.data if source is not None else None
    if isinstance(data, str):
        data = _imported(interpreter, call, data)
    if isinstance(data, ClassData):
        data = _meant(interpreter, data)
        interpreter.loaded_classes.append(data)
        for cls in reversed(data.lineage()):
            for name, value in cls.namespace.items():
                _take(interpreter, instance, cls, name, value)
    elif isinstance(data, ModuleData):
        interpreter.loaded_modules.add(data.path)
        for name, value in data.namespace.items():
            _take(interpreter, instance, data, name, value)
        if data.rest is not None:
            _items(instance).rest = data.rest
    elif isinstance(data, Instance) and data.cls is not None:
        _from_instance(interpreter, instance, data, call.place)
    else:
        _items(instance).rest = Unknown("a configuration object that is not known")
    return Value(None, call.place)


def _meant(interpreter: Interpreter, chosen: ClassData) -> ClassData:
    """Return the configuration class that this deployment is about, else the one that is chosen.

    Each configuration class is a deployment of its own; which one a variable chooses at start is
    not known, so a class of the same module that was selected takes the place of the default.
    """
    for cls in interpreter.classes:
        place = f"{cls.module.name}.{cls.name}"
        if interpreter.selected in {cls.name, place} and cls.module is chosen.module:
            return cls
    return chosen


def _from_instance(
    interpreter: Interpreter, config: Instance, data: Instance, place: Place
) -> None:
    """An object of a configuration class: properties run, attributes are read."""
    if data.cls is None:
        return
    interpreter.loaded_classes.append(data.cls)
    names = [name for cls in reversed(data.cls.lineage()) for name in cls.namespace]
    for name in dict.fromkeys([*names, *data.attributes]):
        if name.isupper():
            _put(interpreter, config, name, attribute(interpreter, Value(data), name, place))


def _take(
    interpreter: Interpreter, config: Instance, owner: object, name: str, value: Value
) -> None:
    if not name.isupper():
        if name.upper() in _SINKS:  # Flask passes over it
            config.state.setdefault("passed over", {})[name] = value
        return
    if isinstance(value.data, FunctionData):  # a property read from the class is no value
        value = Value(Unknown("a property object instead of its value"), value.place)
    slot = value.source or Slot(id(owner), name)
    _put(interpreter, config, name, value._replace(source=slot))


def _imported(interpreter: Interpreter, call: Call, name: str) -> ClassData | ModuleData | None:
    module = import_module(interpreter, call.frame.module, name)
    if module is not None:
        return module
    owner, _, attribute = name.rpartition(".")
    module = import_module(interpreter, call.frame.module, owner) if owner else None
    found = module.namespace.get(attribute) if module is not None else None
    return found.data if found is not None and isinstance(found.data, ClassData) else None


def _from_prefixed_env(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``from_prefixed_env(prefix="FLASK", loads=json.loads)``: values are JSON where they parse."""
    interpreter = call.interpreter
    prefix = plain(call.argument(0, "prefix") or Value(instance.state.get("prefix", "FLASK")))
    if not isinstance(prefix, str) or "loads" in call.keywords or len(call.arguments) > 1:
        _items(instance).rest = Unknown("variables that are not known")
        interpreter.environment.searched = True
        return Value(None, call.place)
    interpreter.environment.prefixes[f"{prefix}_"] = None
    for variable in sorted(interpreter.environment.names()):
        if not variable.startswith(f"{prefix}_"):
            continue
        candidates = interpreter.environment.lookup(variable)
        data = candidates[0].value
        if isinstance(data, str):
            data = _loads(data)
        key, *inner = variable.removeprefix(f"{prefix}_").split("__")
        made = from_plain(interpreter, data, call.place).data
        first = candidates[0]._replace(value=data)
        value = Value(made, call.place, (first, *candidates[1:]), (variable,))
        if inner:
            _nest(interpreter, instance, key, inner, value, call.place)
        else:
            _put(interpreter, instance, key, value)
    return Value(True, call.place)


def _loads(text: str) -> Any:  # noqa: ANN401 - parsed JSON
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _nest(  # noqa: PLR0913, PLR0917 - one assignment into a nested dictionary
    interpreter: Interpreter,
    config: Instance,
    key: str,
    inner: list[str],
    value: Value,
    place: Place,
) -> None:
    items = _items(config).items
    for name in (key, *inner[:-1]):
        known = items.get(name)
        if known is None or not isinstance(known.data, DictData):
            known = items[name] = interpreter.dict_value({}, place)
        items = known.data.items
    items[inner[-1]] = value


def _from_mapping(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``from_mapping({...}, KEY=...)`` and ``update``."""
    for source in call.arguments:
        if isinstance(source.data, DictData):
            for key, value in source.data.items.items():
                if isinstance(key, str):
                    _put(call.interpreter, instance, key, value)
            _items(instance).rest = _items(instance).rest or source.data.rest
        else:
            _items(instance).rest = Unknown("a mapping that is not known")
    for key, value in call.keywords.items():
        _put(call.interpreter, instance, key, value)
    return Value(None, call.place)


def _from_pyfile(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``from_pyfile(name)``: relative to the application's folder."""
    name = plain(call.argument(0, "filename") or Value(Unknown("no name")))
    if not isinstance(name, str):
        _items(instance).rest = Unknown("a configuration file that is not known")
        return Value(None, call.place)
    path = name if isabs(name) else join(dirname(call.frame.module.path), name)
    module = load_module(call.interpreter, path, name)
    if module is None:
        if plain(call.argument(1, "silent") or Value(False)) is not True:
            _items(instance).rest = Unknown("a configuration file that is not there")
        return Value(None, call.place)
    call.interpreter.loaded_modules.add(module.path)
    for key, value in module.namespace.items():
        _take(call.interpreter, instance, module, key, value)
    return Value(None, call.place)


def _opaque(_receiver: Value, instance: Instance, call: Call) -> Value:
    _items(instance).rest = Unknown("configuration from a file that is not read")
    return Value(None, call.place)


def _set_secret(interpreter: Interpreter, instance: Instance, value: Value, _place: Place) -> None:
    """``app.secret_key = ...``."""
    _put(interpreter, instance.attributes["config"].data, "SECRET_KEY", value)


def _set_debug(interpreter: Interpreter, instance: Instance, value: Value, _place: Place) -> None:
    """``app.debug = True``."""
    _put(interpreter, instance.attributes["config"].data, "DEBUG", value)


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
    return Value(Instance("flask.Response", None, call.interpreter.level), call.place)


def _set_cookie(_receiver: Value, _instance: Instance, call: Call) -> Value:
    return cookie(call, same_site=None)


def _finish(interpreter: Interpreter) -> None:
    """Judge the configuration every application ends up with."""
    for config in interpreter.state.get("flask", []):
        items = _items(config)
        place: Place = config.state["app"]
        group = group_of(place, "flask")
        for name, (concept, service, default) in _SINKS.items():
            value = items.items.get(name)
            if value is None:
                if name not in _COOKIES or items.rest is not None:
                    continue
                if interpreter.state.get("talisman") and name == "SESSION_COOKIE_SECURE":
                    continue
                location = place.location()
                made = library_default(default, place)
                layer = "library-default"
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
    f"{_CONFIG}.from_object": _from_object,
    f"{_CONFIG}.from_prefixed_env": _from_prefixed_env,
    f"{_CONFIG}.from_mapping": _from_mapping,
    f"{_CONFIG}.update": _from_mapping,
    f"{_CONFIG}.from_pyfile": _from_pyfile,
    f"{_CONFIG}.from_file": _opaque,
    f"{_CONFIG}.from_envvar": _opaque,
    f"{_CONFIG}.get": _get,
    f"{_APP}.run": _run,
    "flask.Response.set_cookie": _set_cookie,
}
ITEMS: Final = {_CONFIG: _item}
SET_ITEMS: Final = {_CONFIG: _set_item}
SET_ATTRIBUTES: Final = {f"{_APP}.secret_key": _set_secret, f"{_APP}.debug": _set_debug}
FINISH: Final = _finish
