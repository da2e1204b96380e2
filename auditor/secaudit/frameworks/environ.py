"""django-environ: ``Env`` with a scheme of types and defaults, ``read_env``."""

import json
import re
from collections.abc import Callable
from os.path import dirname, join, normpath
from typing import Any, Final

from secaudit.evaluation.paths import path_of
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    DictData,
    External,
    Instance,
    ListData,
    PathData,
    Place,
    Value,
    plain,
    unknown,
)
from secaudit.facts import Unknown
from secaudit.frameworks.database_urls import as_dictionary
from secaudit.frameworks.dotenv import load_file, load_unknown
from secaudit.frameworks.reading import cast, required, variable
from secaudit.frameworks.standard_library import from_plain

_TRUE: Final = frozenset({"true", "on", "ok", "y", "yes", "1"})
_ENV: Final = "environ.Env"
Parser = Callable[[Any], Any]


def _make(call: Call) -> Value:
    """``Env(DEBUG=(bool, False), ...)``."""
    instance = Instance(_ENV, None, call.interpreter.level)
    instance.state["scheme"] = dict(call.keywords)
    instance.state["smart"] = True
    return Value(instance, call.place)


def _read_env(_receiver: Value, _instance: Instance, call: Call) -> Value:
    """``read_env(env_file=None, overwrite=False, parse_comments=False)``."""
    interpreter = call.interpreter
    given = call.argument(0, "env_file")
    path = (
        plain(given)
        if given is not None and given.data is not None
        else join(dirname(call.frame.module.path), ".env")
    )
    comments = plain(call.argument(2, "parse_comments") or Value(False))
    overwrite = plain(call.argument(1, "overwrite") or Value(False))
    if not isinstance(path, str) or isinstance(overwrite, Unknown) or isinstance(comments, Unknown):
        return load_unknown(call, override=overwrite is not False)
    file = interpreter.world.open(path, f"django-environ{'-comments' if comments else ''}")
    if file is not None:
        load_file(interpreter, file, override=bool(overwrite))
    return Value(None, call.place)


def _class_read_env(call: Call) -> Value:
    return _read_env(Value(None), Instance(_ENV), call)


def _reader(kind: str) -> Callable[[Value, Instance, Call], Value]:
    """Return the handler of ``env.bool(name, default=NOTSET)`` and its like."""

    def read(_receiver: Value, instance: Instance, call: Call) -> Value:
        positions = {"": 2, "list": 2, "tuple": 2, "json": 1, "path": 1}
        default = call.argument(positions.get(kind, 1), "default")
        marker: Any = External(f"builtins.{kind}") if kind in _PARSERS else None
        if kind == "":
            given = call.argument(1, "cast")
            marker = None if given is None else given.data
        if kind in {"list", "tuple"}:
            given = call.argument(1, "cast")
            inner = [Value(External("builtins.str")) if given is None else given]
            marker = ListData(inner, kind)
        return _get(call, instance, marker, default, kind)

    return read


_USUAL_NAMES: Final = {  # the variable each of these reads when it is given no name
    **dict.fromkeys(("db", "db_url"), "DATABASE_URL"),
    **dict.fromkeys(("cache", "cache_url"), "CACHE_URL"),
    **dict.fromkeys(("email", "email_url"), "EMAIL_URL"),
    **dict.fromkeys(("channels", "channels_url"), "CHANNELS_URL"),
    "search_url": "SEARCH_URL",
}


def _get(call: Call, instance: Instance, marker: Any, default: Value | None, kind: str) -> Value:  # noqa: ANN401 - a type of the evaluated program
    interpreter = call.interpreter
    usual = _USUAL_NAMES.get(kind, Unknown("no name"))
    name = plain(call.argument(0, "var") or Value(usual))
    prefix = plain(instance.attributes.get("prefix", Value("")))
    if not isinstance(name, str) or not isinstance(prefix, str):
        interpreter.environment.searched = True
        return unknown("reads a variable whose name is not known", call.place)
    name = f"{prefix}{name}"
    marker, default = _from_scheme(instance, name, marker, default)
    value = variable(interpreter, name, default, call.place)
    if interpreter.handlers:
        value = required(value, "ImproperlyConfigured", call.place)
    if isinstance(value.data, str) and value.data.startswith("$"):
        typed = marker is not None and getattr(marker, "name", "") != "builtins.str"
        if typed or value.data.lstrip("$") in instance.state.get("scheme", {}):
            return unknown("a reference to a variable with a type", call.place)
    value = _proxied(interpreter, value, default, call.place)
    if not value.known:
        return value
    if kind in {"db", "db_url", "cache", "cache_url"} and marker is not None:
        return unknown("a URL with a type in the scheme", call.place)
    if kind in {"db", "db_url"}:
        return as_dictionary(interpreter, value, call.place)
    if kind in {"cache", "cache_url"}:
        return _cache(interpreter, value, call.place)
    if kind in {"email_url", "email", "search_url", "channels"}:
        return unknown(f"what env.{kind}() makes of a URL", call.place)
    return _parse(interpreter, value, marker, default, call.place)


def _from_scheme(
    instance: Instance,
    name: str,
    marker: Any,  # noqa: ANN401 - a type of the program
    default: Value | None,
) -> tuple[Any, Value | None]:
    entry = instance.state.get("scheme", {}).get(name)
    if entry is None:
        return marker, default
    data = entry.data
    if isinstance(data, ListData) and data.kind == "tuple" and len(data.items) == 2:  # noqa: PLR2004 - (type, default)
        marker = marker or data.items[0].data
        return marker, default if default is not None else data.items[1]
    return marker or data, default


def _proxied(interpreter: Interpreter, value: Value, default: Value | None, place: Place) -> Value:
    """Follow a value that starts with ``$``: it names another variable."""
    for _ in range(10):
        if not (isinstance(value.data, str) and value.data.startswith("$")):
            return value
        value = variable(interpreter, value.data.lstrip("$"), default, place)
    return unknown("variables that refer to each other", place)


def _parse(
    interpreter: Interpreter,
    value: Value,
    marker: Any,  # noqa: ANN401 - a type of the evaluated program
    default: Value | None,
    place: Place,
) -> Value:
    fallback = None if default is None else plain(default)
    if marker is None and default is not None and fallback is not None:
        marker = _type_of(fallback)
    if default is not None and fallback is None and value.data == "":
        return value._replace(data=None)
    parser = _parser(marker)
    if parser is None:
        return unknown("a cast that is not known", place)

    def convert(data: Any) -> Any:  # noqa: ANN401 - text or a default
        if default is not None and type(data) is type(fallback) and data == fallback:
            return data
        return parser(data) if isinstance(data, str) else data

    kind = getattr(marker, "kind", "") or getattr(marker, "name", "").removeprefix("builtins.")
    made = cast(interpreter, value, convert, place, kind)
    if isinstance(made.data, list | tuple | dict) and made.known:
        if isinstance(value.data, ListData | DictData):
            return made._replace(data=value.data)
        return made._replace(data=from_plain(interpreter, made.data, place).data)
    if isinstance(marker, External) and marker.name == "builtins.path" and made.known:
        return made._replace(data=path_of(str(made.data)))
    return made


def _type_of(data: Any) -> Any:  # noqa: ANN401 - plain data to a type of the program
    return External(f"builtins.{type(data).__name__}")


def _parser(marker: Any) -> Parser | None:  # noqa: ANN401 - a type of the evaluated program
    if marker is None:
        return lambda text: text
    if isinstance(marker, ListData):
        inner = _parser(marker.items[0].data) if marker.items else None
        if inner is None:
            return None
        if marker.kind == "tuple":
            return lambda text: tuple(
                inner(part) for part in text.strip("(").strip(")").split(",") if part
            )
        return lambda text: [inner(part) for part in text.split(",") if part]
    if isinstance(marker, External):
        return _PARSERS.get(marker.name.removeprefix("builtins."))
    return None


def _boolean(text: str) -> bool:
    try:
        return int(text) != 0
    except ValueError:
        return text.lower().strip() in _TRUE


def _float(text: str) -> float:
    digits = re.sub(r"[^\d,.-]", "", text)
    parts = re.split(r"[,.]", digits)
    return float(parts[0] if len(parts) == 1 else f"{''.join(parts[:-1])}.{parts[-1]}")


def _list(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _tuple(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.strip("(").strip(")").split(",") if part)


def _dict(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(",") if part)


_PARSERS: Final[dict[str, Parser]] = {
    "str": lambda text: text,
    "unicode": lambda text: text,
    "url": lambda text: text,
    "bool": _boolean,
    "int": int,
    "float": _float,
    "list": _list,
    "tuple": _tuple,
    "dict": _dict,
    "json": json.loads,
    "path": lambda text: text,
}


def _cache(interpreter: Interpreter, value: Value, place: Place) -> Value:
    """``env.cache()``: only the location matters to the rules."""
    if not isinstance(value.data, str) or not value.data.startswith(("redis://", "rediss://")):
        return unknown("a cache URL", place)
    return interpreter.dict_value({"LOCATION": value}, place, Unknown("options of a cache"))


def _set_prefix(_interpreter: Interpreter, instance: Instance, value: Value, _place: Place) -> None:
    instance.attributes["prefix"] = value


def _path(call: Call) -> Value:
    """``Path(__file__) - 2``: an absolute path; minus a number leads upwards, a call joins."""
    parts = [
        one.data.text if isinstance(one.data, PathData) else plain(one) for one in call.arguments
    ]
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) < len(parts) or call.keywords:
        return unknown("a path that is not known", call.place)
    return Value(path_of(normpath(join(call.interpreter.world.root, *texts))), call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "environ.Env": _make,
    "environ.FileAwareEnv": _make,
    "environ.Env.read_env": _class_read_env,
    "environ.Path": _path,
}
_KINDS: Final = (
    *("str", "bool", "int", "float", "json", "list", "tuple", "dict", "url", "path", "bytes"),
    *("db", "db_url", "cache", "cache_url", "email_url", "search_url", "channels", "email"),
)
METHODS: Final = {
    f"{_ENV}.__call__": _reader(""),
    f"{_ENV}.read_env": _read_env,
    **{f"{_ENV}.{kind}": _reader(kind) for kind in _KINDS},
}
SET_ATTRIBUTES: Final = {f"{_ENV}.prefix": _set_prefix}
