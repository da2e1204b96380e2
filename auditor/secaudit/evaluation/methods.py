"""Methods of strings, lists, sets, dictionaries and paths that settings code calls."""

from typing import TYPE_CHECKING, Any

from secaudit.evaluation.files import text_of_file
from secaudit.evaluation.operators import Scalar, derive, provenance, run
from secaudit.evaluation.runtime import MAX_ITEMS, MAX_TEXT, Call, Interpreter, ProgramError
from secaudit.evaluation.values import (
    DictData,
    ListData,
    PathData,
    Place,
    Value,
    merge_parts,
    merge_variables,
    plain,
)
from secaudit.facts import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

_TEXT_METHODS = frozenset(
    [
        "lower",
        "upper",
        "strip",
        "lstrip",
        "rstrip",
        "title",
        "capitalize",
        "casefold",
        "swapcase",
        "startswith",
        "endswith",
        "removeprefix",
        "removesuffix",
        "replace",
        "find",
        "rfind",
        "index",
        "rindex",
        "count",
        "isdigit",
        "isalpha",
        "isalnum",
        "isspace",
        "isnumeric",
        "isdecimal",
        "islower",
        "isupper",
        "isidentifier",
        "isascii",
        "encode",
        "decode",
        "zfill",
        "ljust",
        "rjust",
        "center",
        "hex",
    ]
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
        return _list_method(interpreter, receiver, data, name, call)
    if isinstance(data, DictData):
        return _dict_method(interpreter, receiver, data, name, call)
    if isinstance(data, PathData):
        return _path_method(interpreter, receiver, data, name, call)
    if isinstance(data, str | bytes):
        return _text_method(interpreter, receiver, name, call)
    if isinstance(data, Scalar) and name in _OTHER_METHODS and hasattr(data, name):
        return derive(lambda one: getattr(one, name)(), call.place, receiver)
    return Value(Unknown(f"calls .{name}()"), call.place)


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
        return Value(Unknown("too large to compute"), call.place)
    if name == "replace" and _grows(receiver.data, arguments):
        return Value(Unknown("too large to compute"), call.place)

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
    return Value(Unknown(f"calls .{name}()"), call.place)


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
        return Value(Unknown("too large to compute"), call.place)
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
            return Value(Unknown("formats an object"), call.place)
    if any(c in receiver.data for c in (":", "[", "!")) or "." in receiver.data.split("{", 1)[-1]:
        fields = receiver.data.split("{")[1:]
        if any(set(":[!.") & set(field.split("}")[0]) for field in fields):
            return Value(Unknown("a format specification"), call.place)
    length = sum(len(str(item)) for item in (*arguments, *keywords.values()))
    if length * (receiver.data.count("{") + 1) > MAX_TEXT:
        return Value(Unknown("too large to compute"), call.place)
    data = run(lambda: receiver.data.format(*arguments, **keywords), call.place)
    return Value(data, call.place, (), merge_variables(everything), None, merge_parts(everything))


def _changed(interpreter: Interpreter, data: ListData | DictData) -> bool:
    """Say whether a change certainly happens; if not, remember that it may."""
    if not interpreter.undecided(data.level):
        return True
    if interpreter.ignored(data.level):
        return False
    data.rest = Unknown(interpreter.condition or "changed under an undecided condition")
    return False


def _list_method(
    interpreter: Interpreter, receiver: Value, data: ListData, name: str, call: Call
) -> Value:
    done = Value(None, call.place)
    first = call.argument(0, "object") or done
    changes: dict[str, Callable[[], None]] = {
        "append": lambda: data.items.append(first),
        "add": lambda: data.items.append(first) if not _has(data, first) else None,
        "clear": data.items.clear,
        "reverse": data.items.reverse,
        "extend": lambda: _extend(data, first),
        "update": lambda: _extend(data, first),
        "insert": lambda: _insert(data, call),
        "remove": lambda: _remove(data, first, call.place, strict=True),
        "discard": lambda: _remove(data, first, call.place, strict=False),
    }
    if name in changes:
        if len(data.items) > MAX_ITEMS:
            data.rest = Unknown("a very long list")
        elif _changed(interpreter, data):
            changes[name]()
        return done
    if name == "sort":
        data.rest = data.rest or Unknown("a sorted list")
        return done
    if name == "copy":
        twin = ListData(list(data.items), data.kind, data.rest, interpreter.level)
        return receiver._replace(data=twin, place=call.place)
    if name in {"index", "count"}:
        return _search(receiver, first, name, call.place)
    if name == "pop" and data.items and data.kind == "list" and data.rest is None:
        position = plain(call.argument(0, "index") or Value(-1))
        if isinstance(position, int) and _changed(interpreter, data):
            return run(lambda: data.items.pop(position), call.place)  # type: ignore[no-any-return]
    if name in {"union", "difference", "intersection"}:
        return Value(Unknown(f"calls .{name}()"), call.place)
    _changed(interpreter, data)
    data.rest = Unknown(f"calls .{name}()")
    return Value(data.rest, call.place)


def _search(receiver: Value, wanted: Value, name: str, place: Place) -> Value:
    items, target = plain(receiver), plain(wanted)
    if isinstance(items, Unknown) or isinstance(target, Unknown):
        return Value(Unknown("a list that is not fully known"), place)
    return Value(run(lambda: getattr(items, name)(target), place), place)


def _has(data: ListData, wanted: Value) -> bool:
    return plain(wanted) in [plain(item) for item in data.items]


def _extend(data: ListData, more: Value) -> None:
    if isinstance(more.data, ListData):
        data.rest = data.rest or more.data.rest
        fresh = more.data.items
        if data.kind in {"set", "frozenset"}:
            fresh = [item for item in fresh if not _has(data, item)]
        data.items.extend(fresh)
    elif isinstance(more.data, str):
        data.items.extend(Value(character, more.place) for character in more.data)
    else:
        data.rest = more.data if isinstance(more.data, Unknown) else Unknown("unknown items")


def _insert(data: ListData, call: Call) -> None:
    position = plain(call.argument(0, "index") or Value(None))
    item = call.argument(1, "object")
    if isinstance(position, int) and item is not None:
        data.items.insert(position, item)
    else:
        data.rest = Unknown("inserted at an unknown position")


def _remove(data: ListData, wanted: Value, place: Place | None, *, strict: bool) -> None:
    target = plain(wanted)
    if isinstance(target, Unknown):
        data.rest = target
        return
    for index, item in enumerate(data.items):
        if plain(item) == target:
            del data.items[index]
            return
    if strict and data.rest is None:
        raise ProgramError("ValueError", "list.remove(x): x not in list", place)


def _dict_method(
    interpreter: Interpreter, receiver: Value, data: DictData, name: str, call: Call
) -> Value:
    place = call.place
    if name in {"get", "pop", "setdefault"}:
        return _dict_access(interpreter, data, name, call)
    if name == "update":
        if _changed(interpreter, data):
            _update(data, call)
        return Value(None, place)
    if name == "keys":
        return interpreter.list_value([Value(k) for k in data.items], "list", place, data.rest)
    if name == "values":
        return interpreter.list_value(list(data.items.values()), "list", place, data.rest)
    if name == "items":
        pairs = [
            Value(ListData([Value(key), value], "tuple"), value.place)
            for key, value in data.items.items()
        ]
        return interpreter.list_value(pairs, "list", place, data.rest)
    if name == "copy":
        twin = DictData(dict(data.items), data.rest, interpreter.level)
        return receiver._replace(data=twin, place=place)
    if name == "clear":
        if _changed(interpreter, data):
            data.items.clear()
        return Value(None, place)
    data.rest = Unknown(f"calls .{name}()")
    return Value(data.rest, place)


def _dict_access(interpreter: Interpreter, data: DictData, name: str, call: Call) -> Value:
    key = plain(call.argument(0, "key") or Value(Unknown("no key")))
    default = call.argument(1, "default")
    if isinstance(key, Unknown):
        return Value(key, call.place)
    if isinstance(key, list | dict):
        raise ProgramError("TypeError", "unhashable", call.place)
    if name == "get" and default is not None:
        interpreter.libraries.note_choice(call, default, known=key in data.items)
    if key in data.items:
        found = data.items[key]
        if name == "pop" and _changed(interpreter, data):
            del data.items[key]
        return found
    if data.rest is not None:
        return Value(data.rest, call.place)
    if default is None and name == "pop":
        raise ProgramError("KeyError", str(key), call.place)
    result = default if default is not None else Value(None, call.place)
    if name == "setdefault" and _changed(interpreter, data):
        data.items[key] = result
    return result


def _update(data: DictData, call: Call) -> None:
    for more in call.arguments:
        if isinstance(more.data, DictData):
            data.items.update(more.data.items)
            data.rest = data.rest or more.data.rest
        else:
            data.rest = Unknown("updated with unknown entries")
    data.items.update(call.keywords)
    if call.rest is not None:
        data.rest = call.rest


def _path_method(
    interpreter: Interpreter, receiver: Value, data: PathData, name: str, call: Call
) -> Value:
    place = call.place
    if name in {"resolve", "absolute", "expanduser"}:
        return receiver._replace(place=place)
    if name == "joinpath":
        parts = [plain(argument) for argument in call.arguments]
        if all(isinstance(part, str) for part in parts):
            return Value(PathData("/".join([data.text.rstrip("/"), *parts])), place)
    if name in {"exists", "is_file"}:
        return Value(interpreter.world.exists(data.text), place)
    if name in {"read_text", "read_bytes"}:
        return text_of_file(interpreter, data.text, place, binary=name == "read_bytes")
    if name in {"as_posix", "__str__"}:
        return Value(data.text, place)
    return Value(Unknown(f"calls .{name}() of a path"), place)
