"""Flask's ``app.config``: objects, files and variables that it is filled from, and its defaults."""

import json
from os.path import isabs, join, normpath
from typing import Any, Final

from secaudit.evaluation.access import attribute
from secaudit.evaluation.modules import import_module, load_module
from secaudit.evaluation.runtime import Call, Interpreter
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
from secaudit.frameworks.reading import variable
from secaudit.frameworks.sinks import library_default
from secaudit.frameworks.standard_library import from_plain

CONFIG: Final = "flask.config.Config"
_DEFAULTS: Final[dict[str, Any]] = {  # of flask 3.1: what code may read without writing it
    **dict.fromkeys(("TESTING", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_PARTITIONED"), False),
    **dict.fromkeys(("SECRET_KEY", "SERVER_NAME", "MAX_CONTENT_LENGTH"), None),
    **dict.fromkeys(("SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_SAMESITE", "TRUSTED_HOSTS"), None),
    **dict.fromkeys(("PROPAGATE_EXCEPTIONS", "TEMPLATES_AUTO_RELOAD"), None),
    **dict.fromkeys(("SESSION_COOKIE_HTTPONLY", "SESSION_REFRESH_EACH_REQUEST"), True),
    "SESSION_COOKIE_NAME": "session",
    "APPLICATION_ROOT": "/",
    "PREFERRED_URL_SCHEME": "http",
    "MAX_FORM_MEMORY_SIZE": 500_000,
    "MAX_FORM_PARTS": 1000,
    "MAX_COOKIE_SIZE": 4093,
}
_NAMES: Final = frozenset(
    (  # names of settings that configuration objects hold in upper case only
        *("SECRET_KEY", "DEBUG", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY"),
        *("SESSION_COOKIE_SAMESITE", "MAX_CONTENT_LENGTH", "WTF_CSRF_ENABLED", "JWT_SECRET_KEY"),
    )
)


def items_of(config: Instance) -> DictData:
    """Return what a configuration holds."""
    return config.state.setdefault("items", DictData({}))  # type: ignore[no-any-return]


def put(interpreter: Interpreter, config: Instance, name: str, value: Value) -> None:
    """Set a key, or make it unknown where the code may not run."""
    if interpreter.ignored(config.level):
        return
    items_of(config).items[name] = interpreter.settled(value, config.level, value.place)


def _set_item(
    interpreter: Interpreter, receiver: Value, key: Value, value: Value, _place: Place
) -> None:
    """``app.config["SECRET_KEY"] = ...``."""
    name = plain(key)
    if isinstance(name, str):
        put(interpreter, receiver.data, name, value)
    else:
        items_of(receiver.data).rest = Unknown("a key that is not known")


def _item(_interpreter: Interpreter, receiver: Value, key: Value, place: Place) -> Value:
    """``app.config["SECRET_KEY"]``."""
    name = plain(key)
    items = items_of(receiver.data)
    if isinstance(name, str) and name in items.items:
        value = items.items[name]
        return value if value.source else value._replace(source=Slot(id(items), name))
    if isinstance(name, str) and name in _DEFAULTS and items.rest is None:
        return library_default(_DEFAULTS[name], place)
    return unknown("a configuration key that is not known", place)


def _get(receiver: Value, instance: Instance, call: Call) -> Value:
    """``app.config.get(key, default)``."""
    key = call.argument(0, "key") or Value(Unknown("no key"))
    found = _item(call.interpreter, receiver, key, call.place)
    items = items_of(instance)
    given = plain(key) in items.items or plain(key) in _DEFAULTS
    if found.known or items.rest is not None or given:
        return found
    return call.argument(1, "default") or Value(None, call.place)


def _setdefault(receiver: Value, instance: Instance, call: Call) -> Value:
    """``app.config.setdefault(key, default)``: what Flask has a default for stays what it is."""
    name = plain(call.argument(0, "key") or Value(Unknown("no key")))
    items = items_of(instance)
    if isinstance(name, str) and name not in items.items and name not in _DEFAULTS:
        put(
            call.interpreter, instance, name, call.argument(1, "default") or Value(None, call.place)
        )
    return _item(call.interpreter, receiver, Value(name), call.place)


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
            items_of(instance).rest = data.rest
    elif isinstance(data, Instance) and data.cls is not None:
        _from_instance(interpreter, instance, data, call.place)
    else:
        items_of(instance).rest = Unknown("a configuration object that is not known")
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
            put(interpreter, config, name, attribute(interpreter, Value(data), name, place))


def _take(
    interpreter: Interpreter, config: Instance, owner: object, name: str, value: Value
) -> None:
    if not name.isupper():
        if name.upper() in _NAMES:  # Flask passes over it
            config.state.setdefault("passed over", {})[name] = value
        return
    if isinstance(value.data, FunctionData):  # a property read from the class is no value
        value = Value(Unknown("a property object instead of its value"), value.place)
    slot = value.source or Slot(id(owner), name)
    put(interpreter, config, name, value._replace(source=slot))


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
        items_of(instance).rest = Unknown("variables that are not known")
        interpreter.environment.searched = True
        return Value(None, call.place)
    interpreter.environment.prefixes[f"{prefix}_"] = None
    for name in sorted(interpreter.environment.names()):
        if not name.startswith(f"{prefix}_"):
            continue
        candidates = interpreter.environment.lookup(name)
        data = candidates[0].value
        if isinstance(data, str):
            data = _loads(data)
        key, *inner = name.removeprefix(f"{prefix}_").split("__")
        made = from_plain(interpreter, data, call.place).data
        first = candidates[0]._replace(value=data)
        value = Value(made, call.place, (first, *candidates[1:]), (name,))
        if inner:
            _nest(interpreter, instance, key, inner, value, call.place)
        else:
            put(interpreter, instance, key, value)
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
    items = items_of(config).items
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
                    put(call.interpreter, instance, key, value)
            items_of(instance).rest = items_of(instance).rest or source.data.rest
        else:
            items_of(instance).rest = Unknown("a mapping that is not known")
    for key, value in call.keywords.items():
        put(call.interpreter, instance, key, value)
    return Value(None, call.place)


def _from_pyfile(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``from_pyfile(filename, silent=False)``: a Python file, whatever its suffix."""
    name = plain(call.argument(0, "filename") or Value(Unknown("no name")))
    if isinstance(name, str):
        silent = plain(call.argument(1, "silent") or Value(False)) is True
        _read_file(instance, call, name, silent=silent)
    else:
        items_of(instance).rest = Unknown("a configuration file that is not known")
    return Value(None, call.place)


def _from_envvar(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``from_envvar(variable, silent=False)``: the same with a path that the environment gives."""
    name = plain(call.argument(0, "variable_name") or Value(Unknown("no name")))
    silent = plain(call.argument(1, "silent") or Value(False)) is True
    default = Value("", call.place) if silent else None
    known = isinstance(name, str)
    given = variable(call.interpreter, str(name), default, call.place) if known else Value(None)
    path = plain(given)
    if isinstance(path, str) and path:
        _read_file(instance, call, path, silent=silent)
    elif path != "":
        items_of(instance).rest = Unknown("a configuration file that is not known")
    return Value(None, call.place)


def _read_file(instance: Instance, call: Call, name: str, *, silent: bool) -> None:
    """Take the names of a file that is beside the application, or in its instance folder."""
    folder = instance.state["folder"]
    path = join(folder, name) if isinstance(folder, str) else name
    module = load_module(call.interpreter, normpath(path), name) if isabs(path) else None
    if module is None:
        if not silent or not isabs(path):
            items_of(instance).rest = Unknown("a configuration file that is not there")
        return
    call.interpreter.loaded_modules.add(module.path)
    for key, value in module.namespace.items():
        _take(call.interpreter, instance, module, key, value)


def _opaque(_receiver: Value, instance: Instance, call: Call) -> Value:
    items_of(instance).rest = Unknown("configuration from a file that is not read")
    return Value(None, call.place)


METHODS: Final = {
    f"{CONFIG}.from_object": _from_object,
    f"{CONFIG}.from_prefixed_env": _from_prefixed_env,
    f"{CONFIG}.from_mapping": _from_mapping,
    f"{CONFIG}.update": _from_mapping,
    f"{CONFIG}.from_pyfile": _from_pyfile,
    f"{CONFIG}.from_file": _opaque,
    f"{CONFIG}.from_envvar": _from_envvar,
    f"{CONFIG}.get": _get,
    f"{CONFIG}.setdefault": _setdefault,
}
ITEMS: Final = {CONFIG: _item}
SET_ITEMS: Final = {CONFIG: _set_item}
