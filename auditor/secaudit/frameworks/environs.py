"""environs: typed readers over the process environment, ``read_env`` and ``prefixed``."""

import json
from collections.abc import Callable
from datetime import timedelta
from os.path import basename, dirname, join
from typing import Any, Final

from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import External, Instance, Value, plain, unknown
from secaudit.facts import Unknown
from secaudit.frameworks.database_urls import as_dictionary
from secaudit.frameworks.dj_database_url import opened
from secaudit.frameworks.dotenv import add, file_candidates, find_upwards, load_unknown
from secaudit.frameworks.reading import cast, required, variable
from secaudit.frameworks.standard_library import from_plain
from secaudit.patterns import lazy
from secaudit.syntax.dotenv import EnvFile

_ENV: Final = "environs.Env"
_SHARED: Final = "environs.env"
_PREFIXED: Final = "environs.prefixed"
_Handler = Callable[[Value, Instance, Call], Value]
_TRUE: Final = frozenset(
    {"t", "T", "true", "True", "TRUE", "on", "On", "ON", "y", "Y", "yes", "Yes", "YES", "1"}
)
_FALSE: Final = frozenset(
    {"f", "F", "false", "False", "FALSE", "off", "Off", "OFF", "n", "N", "no", "No", "NO", "0"}
)
_AMOUNTS: Final = lazy(r"\s*" + "".join(rf"(?:(-?\d+)\s*{u}\s*)?" for u in "wdhms") + r"\Z")


def _instance(interpreter: Interpreter) -> Instance:
    instance = Instance(_ENV, None, interpreter.level)
    instance.state["prefix"] = ""
    return instance


def _make(call: Call) -> Value:
    instance = _instance(call.interpreter)
    prefix = plain(call.keywords.get("prefix", Value("")))
    instance.state["prefix"] = prefix or ""
    instance.state["known"] = set(call.keywords) <= {"eager", "prefix", "expand_vars"}
    instance.state["expands"] = plain(call.keywords.get("expand_vars", Value(False))) is not False
    return Value(instance, call.place)


def _of_shared(handler: _Handler) -> Callable[[Call], Value]:
    """Return the same method of ``environs.env``, the one object that the library makes itself."""

    def use(call: Call) -> Value:
        state = call.interpreter.state
        if _SHARED not in state:
            state[_SHARED] = _instance(call.interpreter)
        return handler(Value(state[_SHARED], call.place), state[_SHARED], call)

    return use


def _read_env(_receiver: Value, _instance: Instance, call: Call) -> Value:
    """``read_env(path=None, recurse=True, verbose=False, override=False)``."""
    interpreter = call.interpreter
    path = plain(call.argument(0, "path") or Value(None))
    recurse = plain(call.argument(1, "recurse") or Value(True))
    override = plain(call.argument(3, "override") or Value(False))
    if any(isinstance(option, Unknown) for option in (path, recurse, override)):
        return load_unknown(call, override=override is not False)
    wanted = str(path or join(dirname(call.frame.module.path), ".env"))
    if recurse:
        folder = join(interpreter.world.root, dirname(wanted))
        wanted = find_upwards(interpreter, folder, basename(wanted)) or wanted
    file = interpreter.world.open(wanted, "python-dotenv")
    if file is not None:
        _load(interpreter, file, override=bool(override))
    return Value(file is not None, call.place)


def _load(interpreter: Interpreter, file: EnvFile, *, override: bool) -> None:
    """Add the keys of a file; Unknown where environs 15 and those before it disagree.

    Version 15 prefers the process to the file even with ``override``, and the file to the process
    in references.
    """
    interpreter.environment.exported.add(file.path)
    before = file_candidates(interpreter, file, override=override)
    for name, candidate in file_candidates(interpreter, file).items():
        given = interpreter.environment.peek(name)
        differs = candidate.value != before[name].value
        if differs or (override and given and given[0].value != candidate.value):
            reason = Unknown("versions of environs disagree")
            candidate = candidate._replace(value=reason)  # noqa: PLW2901 - the same, less certain
        add(interpreter, name, candidate, override=override)


def _prefixed(receiver: Value, _instance: Instance, call: Call) -> Value:
    """``with env.prefixed(prefix):`` lengthens the prefix of ``env`` within the block."""
    block = Instance(_PREFIXED, None, call.interpreter.level)
    block.state["env"] = receiver
    block.state["prefix"] = plain(call.argument(0, "prefix") or Value(Unknown("no prefix")))
    return Value(block, call.place)


def _enter_prefix(_receiver: Value, block: Instance, _call: Call) -> Value:
    receiver: Value = block.state["env"]
    state = receiver.data.state
    block.state["before"] = state["prefix"]
    known = not any(isinstance(one, Unknown) for one in (state["prefix"], block.state["prefix"]))
    joined = f"{state['prefix']}{block.state['prefix']}"
    state["prefix"] = joined if known else Unknown("a prefix that is not known")
    return receiver


def _leave_prefix(_receiver: Value, block: Instance, call: Call) -> Value:
    block.state["env"].data.state["prefix"] = block.state["before"]
    return Value(None, call.place)


def _reader(parse: Callable[[Any], Any], kind: str) -> _Handler:
    """Return the handler of ``env.bool(name, default=...)``; a given default is not converted."""

    def read(_receiver: Value, instance: Instance, call: Call) -> Value:
        interpreter = call.interpreter
        name = plain(call.argument(0, "name") or Value(Unknown("no name")))
        prefix = instance.state.get("prefix", "")
        readable = isinstance(name, str) and isinstance(prefix, str)
        if not readable or not instance.state.get("known", True):
            interpreter.environment.searched = True
            return unknown("reads a variable whose name is not known", call.place)
        if set(call.keywords) - {"default", "subcast", "name"}:
            return unknown("options of a reader", call.place)
        name = f"{prefix}{name}"
        default = call.argument(1, "default")
        value = variable(interpreter, name, default, call.place)
        if instance.state.get("expands") and "$" in str(value.data):
            return unknown("a reference that environs expands", call.place)
        if interpreter.handlers:
            value = required(value, "EnvError", call.place)
        given = bool(value.candidates) and value.candidates[0].layer != "default"
        if not value.known or not given:
            return value
        subcast = call.keywords.get("subcast")
        function = parse if subcast is None else _subcast(parse, subcast)
        made = cast(interpreter, value, function, call.place, kind, strings_only=True)
        return made._replace(data=from_plain(interpreter, made.data, call.place).data)

    return read


def _database(receiver: Value, instance: Instance, call: Call) -> Value:
    """``env.dj_db_url(name, default=...)``: a URL as the dictionary that Django wants."""
    options = set(call.keywords) - {"default", "name"}
    url = _TEXT(receiver, instance, call._replace(keywords=_without(call.keywords, options)))
    made = as_dictionary(call.interpreter, url, call.place)
    return opened(made, call._replace(arguments=[]))  # the options are dj-database-url's


def _without(keywords: dict[str, Value], names: set[str]) -> dict[str, Value]:
    return {name: value for name, value in keywords.items() if name not in names}


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
    """Read whole seconds, or amounts with units from weeks to seconds: ``1d 12h``."""
    if text.strip().lstrip("-").isdigit():
        return timedelta(seconds=int(text))
    found = _AMOUNTS.match(text)
    if found is None or not any(found.groups()):
        return Unknown("a duration in an unusual spelling")
    weeks, days, hours, minutes, seconds = (int(amount or 0) for amount in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _level(text: str) -> int:
    """Return the number of a level that is written as a number or as a name of ``logging``."""
    return _LEVELS[text.upper()] if text.upper() in _LEVELS else int(text)


_LEVELS: Final = {  # of logging
    "NOTSET": 0,
    "DEBUG": 10,
    "INFO": 20,
    "WARN": 30,
    "WARNING": 30,
    "ERROR": 40,
    "CRITICAL": 50,
    "FATAL": 50,
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
_TEXT: Final = _reader(_PARSERS["str"], "str")
_METHODS: Final[dict[str, _Handler]] = {
    "read_env": _read_env,
    "prefixed": _prefixed,
    "dj_db_url": _database,
    **{name: _reader(parse, name) for name, parse in _PARSERS.items()},
}
METHODS: Final[dict[str, _Handler]] = {
    f"{_PREFIXED}.__enter__": _enter_prefix,
    f"{_PREFIXED}.__exit__": _leave_prefix,
    **{f"{_ENV}.{name}": handler for name, handler in _METHODS.items()},
}
CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    _ENV: _make,
    _SHARED: _of_shared(_METHODS["__call__"]),
    **{f"{_SHARED}.{name}": _of_shared(handler) for name, handler in _METHODS.items()},
}
