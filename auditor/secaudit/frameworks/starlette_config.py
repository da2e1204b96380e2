"""Starlette's ``Config``: process environment, then its env file, then the default."""

from collections.abc import Callable
from typing import Any, Final

from secaudit.evaluation.calls import invoke
from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import (
    External,
    FunctionData,
    Instance,
    Value,
    plain,
    unknown,
)
from secaudit.facts import Candidate, Unknown
from secaudit.frameworks.dotenv import file_candidates
from secaudit.frameworks.reading import cast, not_known, required, variable
from secaudit.frameworks.standard_library import from_plain

_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


def _config(call: Call) -> Value:
    """``Config(env_file=None, environ=os.environ, env_prefix="", encoding="utf-8")``."""
    instance = Instance("starlette.config.Config", None, call.interpreter.level)
    path, prefix = call.argument(0, "env_file"), call.argument(2, "env_prefix")
    name = plain(path) if path is not None else None
    instance.state["prefix"] = plain(prefix) if prefix is not None else ""
    environ = call.argument(1, "environ")
    given = environ is not None and not (
        isinstance(environ.data, External) and environ.data.name.startswith("os.environ")
    )
    known = isinstance(instance.state["prefix"], str) and call.rest is None
    instance.state["unknown"] = given or not known
    found: dict[str, Candidate] | None = None if isinstance(name, Unknown) else {}
    if isinstance(name, str):
        file = call.interpreter.world.open(name, "starlette")
        if file is not None:
            found = file_candidates(call.interpreter, file)
    instance.state["file"] = found
    return Value(instance, call.place)


def _read(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``config(key, cast=None, default=undefined)``."""
    interpreter = call.interpreter
    key = plain(call.argument(0, "key") or Value(Unknown("no key")))
    if not isinstance(key, str) or instance.state["unknown"]:
        interpreter.environment.searched = True
        return unknown("a configuration that is not known", call.place)
    name = f"{instance.state['prefix']}{key}"
    interpreter.environment.touch(name)
    file = instance.state["file"]
    behind = not_known("an env file that is not known") if file is None else file.get(name)
    default = call.argument(2, "default")
    value = variable(interpreter, name, default, call.place, () if behind is None else (behind,))
    if interpreter.handlers:
        value = required(value, "KeyError", call.place)
    converter = call.argument(1, "cast")
    if converter is None or converter.data is None or not value.known:
        return value
    return _cast(call, value, converter)


def _cast(call: Call, value: Value, converter: Value) -> Value:
    data = converter.data
    name = data.name.rpartition(".")[2] if isinstance(data, External) else ""
    if value.data is None:
        return value
    if name == "bool":
        return cast(call.interpreter, value, _boolean, call.place, name)
    if name in {"str", "Secret"}:
        return cast(call.interpreter, value, str, call.place, name)
    if name in {"int", "float"}:
        function = int if name == "int" else float
        return cast(call.interpreter, value, function, call.place, name)
    if name in {"CommaSeparatedStrings", "list"}:
        made = cast(call.interpreter, value, _comma_separated, call.place, "list")
        return made._replace(data=from_plain(call.interpreter, made.data, call.place).data)
    if name in {"URL", "DatabaseURL"}:
        return value
    if isinstance(data, FunctionData):
        arguments = [value]
        return invoke(converter, call._replace(arguments=arguments, keywords={}))
    return unknown("a cast that is not known", call.place)


def _boolean(data: Any) -> bool:  # noqa: ANN401 - text or a default
    if isinstance(data, bool):
        return data
    lowered = str(data).lower()
    if lowered not in _BOOLEANS:
        raise ValueError(lowered)
    return _BOOLEANS[lowered]


def _comma_separated(data: Any) -> list[str]:  # noqa: ANN401 - text or a default
    """Split as ``shlex`` with commas for blanks does (quotes group, posix rules)."""
    if not isinstance(data, str):
        return [str(item) for item in data]
    from shlex import shlex  # noqa: PLC0415 - few settings need it

    splitter = shlex(data, posix=True)
    splitter.whitespace = ","
    splitter.whitespace_split = True
    return [item.strip() for item in splitter]


def _list(call: Call) -> Value:
    """``CommaSeparatedStrings(text)``."""
    if not call.arguments:
        return unknown("no text", call.place)
    value = call.arguments[0]
    data = plain(value)
    if isinstance(data, Unknown):
        return Value(data, call.place)
    made = cast(call.interpreter, value, _comma_separated, call.place, "list")
    return made._replace(data=from_plain(call.interpreter, made.data, call.place).data)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "starlette.config.Config": _config,
    "starlette.datastructures.CommaSeparatedStrings": _list,
    "starlette.datastructures.Secret": lambda call: call.arguments[0],
}
METHODS: Final = {
    "starlette.config.Config.__call__": _read,
    "starlette.config.Config.get": _read,
}
