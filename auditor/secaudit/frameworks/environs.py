"""environs: typed readers over the process environment and ``read_env``."""

import json
from collections.abc import Callable
from datetime import timedelta
from os.path import dirname
from typing import Any, Final

from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import External, Instance, Value, plain, unknown
from secaudit.facts import Unknown
from secaudit.frameworks.dotenv import find_upwards, load_file
from secaudit.frameworks.reading import cast, required, variable
from secaudit.frameworks.standard_library import from_plain

_ENV: Final = "environs.Env"
_TRUE: Final = frozenset(
    {"t", "T", "true", "True", "TRUE", "on", "On", "ON", "y", "Y", "yes", "Yes", "YES", "1"}
)
_FALSE: Final = frozenset(
    {"f", "F", "false", "False", "FALSE", "off", "Off", "OFF", "n", "N", "no", "No", "NO", "0"}
)


def _make(call: Call) -> Value:
    instance = Instance(_ENV, None, call.interpreter.level)
    instance.state["prefix"] = ""
    instance.state["known"] = not call.keywords or set(call.keywords) <= {"eager"}
    return Value(instance, call.place)


def _read_env(_receiver: Value, _instance: Instance, call: Call) -> Value:
    """``read_env(path=None, recurse=True, verbose=False, override=False)``."""
    interpreter = call.interpreter
    given = call.argument(0, "path")
    path = plain(given) if given is not None else None
    override = plain(call.argument(3, "override") or Value(False))
    if isinstance(path, Unknown) or isinstance(override, Unknown):
        interpreter.environment.searched = True
        return unknown("loads an env file that is not known", call.place)
    if not path:
        path = find_upwards(interpreter, dirname(call.frame.module.path), ".env")
    file = interpreter.world.open(str(path), "python-dotenv") if path else None
    if file is not None:
        load_file(interpreter, file, override=bool(override))
    return Value(file is not None, call.place)


def _reader(parse: Callable[[Any], Any]) -> Callable[[Value, Instance, Call], Value]:
    """Return the handler of ``env.bool(name, default=...)``; a given default is not converted."""

    def read(_receiver: Value, instance: Instance, call: Call) -> Value:
        interpreter = call.interpreter
        name = plain(call.argument(0, "name") or Value(Unknown("no name")))
        if not isinstance(name, str) or not instance.state.get("known", True):
            interpreter.environment.searched = True
            return unknown("reads a variable whose name is not known", call.place)
        if set(call.keywords) - {"default", "subcast", "name"}:
            return unknown("options of a reader", call.place)
        name = f"{instance.state.get('prefix', '')}{name}"
        default = call.argument(1, "default")
        value = variable(interpreter, name, default, call.place)
        if interpreter.handlers:
            value = required(value, "EnvError", call.place)
        given = bool(value.candidates) and value.candidates[0].layer != "default"
        if not value.known or not given:
            return value
        subcast = call.keywords.get("subcast")
        function = parse if subcast is None else _subcast(parse, subcast)
        made = cast(value, function, call.place, strings_only=True)
        return made._replace(data=from_plain(interpreter, made.data, call.place).data)

    return read


def _subcast(parse: Callable[[Any], Any], subcast: Value) -> Callable[[Any], Any]:
    data = subcast.data
    kinds: dict[str, Callable[[Any], Any]] = {"builtins.int": int, "builtins.str": str}
    inner = kinds.get(data.name) if isinstance(data, External) else None

    def convert(text: Any) -> Any:  # noqa: ANN401 - text
        if inner is None:
            return Unknown("a cast that is not known")
        return [inner(item) for item in parse(text)]

    return convert


def _boolean(text: Any) -> bool:  # noqa: ANN401 - text
    if text not in _TRUE and text not in _FALSE:
        raise ValueError(text)
    return text in _TRUE


def _list(text: str) -> list[str]:
    return text.split(",") if text else []


def _duration(text: str) -> Any:  # noqa: ANN401 - a duration or Unknown
    if text.strip().isdigit():
        return timedelta(seconds=int(text))
    return Unknown("a duration in an unusual spelling")


def _level(text: str) -> str | Unknown:
    return Unknown("a log level as a number") if text else ""


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "environs.Env": _make,
}
_PARSERS: Final[dict[str, Callable[[Any], Any]]] = {
    "__call__": lambda text: text,
    "str": lambda text: text,
    "int": int,
    "float": float,
    "bool": _boolean,
    "list": _list,
    "json": json.loads,
    "timedelta": _duration,
    "log_level": _level,
    "path": lambda text: text,
    "url": lambda _text: Unknown("a parsed URL"),
}
METHODS: Final = {
    f"{_ENV}.read_env": _read_env,
    **{f"{_ENV}.{name}": _reader(parse) for name, parse in _PARSERS.items()},
}
