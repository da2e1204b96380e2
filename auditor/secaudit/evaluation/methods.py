"""Methods of texts and numbers that settings code calls."""

from typing import Any

from secaudit.evaluation import paths
from secaudit.evaluation.bounds import MAX_TEXT
from secaudit.evaluation.containers import dict_method, list_method
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.operators import Scalar, derive, provenance, run
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    DictData,
    ListData,
    PathData,
    Value,
    merge_parts,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import Unknown

_TEXT_METHODS = frozenset(
    (
        *("lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "casefold"),
        *("swapcase", "startswith", "endswith", "removeprefix", "removesuffix", "replace", "find"),
        *("rfind", "index", "rindex", "count", "isdigit", "isalpha", "isalnum", "isspace"),
        *("isnumeric", "isdecimal", "islower", "isupper", "isidentifier", "isascii", "encode"),
        *("decode", "zfill", "ljust", "rjust", "center", "hex"),
    )
)
_TEXT_LISTS = frozenset({"split", "rsplit", "splitlines", "partition", "rpartition"})
_OTHER_METHODS = frozenset(
    {"total_seconds", "isoformat", "bit_length", "is_integer", "as_integer_ratio", "timestamp"}
)
_WIDTH_METHODS = frozenset({"zfill", "ljust", "rjust", "center"})


def call_method(interpreter: Interpreter, receiver: Value, name: str, call: Call) -> Value:
    """Return ``receiver.name(...)`` for a plain value or a container."""
    data = receiver.data
    if isinstance(data, ListData):
        return list_method(interpreter, receiver, data, name, call)
    if isinstance(data, DictData):
        return dict_method(interpreter, receiver, data, name, call)
    if isinstance(data, PathData):
        return paths.call_method(interpreter, receiver, data, name, call)
    if isinstance(data, str | bytes):
        if name in {"startswith", "endswith"}:
            interpreter.tested.update(receiver.variables)  # as a comparison does
        return _text_method(interpreter, receiver, name, call)
    if isinstance(data, Scalar) and name in _OTHER_METHODS and hasattr(data, name):
        return derive(lambda one: getattr(one, name)(), call.place, receiver)
    return unknown(f"calls .{name}()", call.place)


def _text_method(interpreter: Interpreter, receiver: Value, name: str, call: Call) -> Value:
    special = {"join": _join, "format": _format}.get(name)
    if special is not None:
        return special(receiver, call)
    arguments = [plain(argument) for argument in call.arguments]
    keywords = {key: plain(value) for key, value in call.keywords.items()}
    for item in (*arguments, *keywords.values()):
        if isinstance(item, Unknown):
            return Value(item, call.place)
    if name in _WIDTH_METHODS and any(isinstance(a, int) and a > MAX_TEXT for a in arguments):
        return unknown("too large to compute", call.place)
    if name == "replace" and _grows(receiver.data, arguments):
        return unknown("too large to compute", call.place)

    def method(data: Any) -> Any:  # noqa: ANN401 - a value of the evaluated program
        return getattr(data, name)(*arguments, **keywords)

    if name in _TEXT_METHODS:
        if not hasattr(receiver.data, name):
            raise ProgramError("AttributeError", name, call.place)
        return derive(method, call.place, receiver)
    if name in _TEXT_LISTS:
        parts = run(method, call.place, receiver.data)
        items = [Value(part, call.place, (), receiver.variables) for part in parts]
        kind = "list" if isinstance(parts, list) else "tuple"
        made = interpreter.list_value(items, kind, call.place)
        return provenance(made.data, method, call.place, receiver)
    return unknown(f"calls .{name}()", call.place)


def _grows(text: Any, arguments: list[Any]) -> bool:  # noqa: ANN401 - text or bytes
    """Say whether ``replace`` would make a very long text."""
    if len(arguments) < 2:  # noqa: PLR2004 - what is replaced, by what
        return False
    times = text.count(arguments[0]) if arguments[0] else len(text) + 1
    return bool(times * len(arguments[1]) > MAX_TEXT)


def _join(receiver: Value, call: Call) -> Value:
    items = plain(call.argument(0, "iterable") or Value(Unknown("no argument")))
    if isinstance(items, Unknown):
        return Value(items, call.place)
    if sum(len(str(item)) for item in items) + len(receiver.data) * len(items) > MAX_TEXT:
        return unknown("too large to compute", call.place)
    data = run(lambda: receiver.data.join(items), call.place)
    return Value(
        data, call.place, (), merge_variables(call.arguments), None, merge_parts(call.arguments)
    )


def _format(receiver: Value, call: Call) -> Value:
    everything = [receiver, *call.arguments, *call.keywords.values()]
    arguments = [plain(argument) for argument in call.arguments]
    keywords = {key: plain(value) for key, value in call.keywords.items()}
    for item in (*arguments, *keywords.values()):
        if isinstance(item, Unknown):
            return Value(item, call.place)
        if not isinstance(item, str | int | float | type(None)):
            return unknown("formats an object", call.place)
    if any(c in receiver.data for c in (":", "[", "!")) or "." in receiver.data.split("{", 1)[-1]:
        fields = receiver.data.split("{")[1:]
        if any(set(":[!.") & set(field.split("}")[0]) for field in fields):
            return unknown("a format specification", call.place)
    length = sum(len(str(item)) for item in (*arguments, *keywords.values()))
    if length * (receiver.data.count("{") + 1) > MAX_TEXT:
        return unknown("too large to compute", call.place)
    data = run(lambda: receiver.data.format(*arguments, **keywords), call.place)
    return Value(data, call.place, (), merge_variables(everything), None, merge_parts(everything))
