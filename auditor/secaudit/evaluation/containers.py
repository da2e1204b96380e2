"""Methods of lists, sets and dictionaries, which keep the provenance of their items."""

from typing import TYPE_CHECKING

from secaudit.evaluation.bounds import MAX_ITEMS
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.operators import run
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import DictData, ListData, Place, Value, plain, unknown
from secaudit.facts import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable


def _changed(interpreter: Interpreter, data: ListData | DictData) -> bool:
    """Say whether a change certainly happens; if not, remember that it may."""
    if not interpreter.undecided(data.level):
        return True
    if interpreter.ignored(data.level):
        return False
    data.rest = Unknown(interpreter.condition or "changed under an undecided condition")
    return False


def list_method(
    interpreter: Interpreter, receiver: Value, data: ListData, name: str, call: Call
) -> Value:
    """Return what a method of a list, tuple or set returns; what it changes is changed."""
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
    if name == "pop" and data.rest is None:
        popped = _popped(interpreter, data, call)
        if popped is not None:
            return popped
    if name in {"union", "difference", "intersection"}:
        return unknown(f"calls .{name}()", call.place)
    _changed(interpreter, data)
    data.rest = Unknown(f"calls .{name}()")
    return Value(data.rest, call.place)


def _popped(interpreter: Interpreter, data: ListData, call: Call) -> Value | None:
    """Return the item that ``pop`` takes, None where it is not known which.

    Raises:
        ProgramError: there is none.
    """
    if not data.items:
        kind = "IndexError" if data.kind == "list" else "KeyError"
        raise ProgramError(kind, f"pop from an empty {data.kind}", call.place)
    position = plain(call.argument(0, "index") or Value(-1))
    if data.kind != "list" or not isinstance(position, int) or not _changed(interpreter, data):
        return None
    return run(lambda: data.items.pop(position), call.place)  # type: ignore[no-any-return]


def _search(receiver: Value, wanted: Value, name: str, place: Place) -> Value:
    items, target = plain(receiver), plain(wanted)
    if isinstance(items, Unknown) or isinstance(target, Unknown):
        return unknown("a list that is not fully known", place)
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
        data_of_item = plain(item)
        if isinstance(data_of_item, Unknown):
            data.rest = data_of_item
            return
        if data_of_item == target:
            del data.items[index]
            return
    if strict and data.rest is None:
        raise ProgramError("ValueError", "list.remove(x): x not in list", place)


def dict_method(
    interpreter: Interpreter, receiver: Value, data: DictData, name: str, call: Call
) -> Value:
    """Return what a method of a dictionary returns; what it changes is changed."""
    place = call.place
    if name in {"get", "pop", "setdefault"}:
        return _dict_access(interpreter, data, name, call)
    if name == "update":
        if _changed(interpreter, data):
            update(data, call)
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
        interpreter.watchers.note_choice(call, default, known=key in data.items)
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


def update(data: DictData, call: Call) -> None:
    """Do ``data.update(mapping or pairs, **entries)``."""
    for more in call.arguments:
        data.absorb(_entries(call.interpreter.held(more)))
    if call.rest is not None:
        data.absorb(Value(call.rest))
    data.items.update(call.keywords)


def _entries(source: Value) -> Value:
    """Return pairs as the dictionary they make, anything else as it is."""
    if not isinstance(source.data, ListData):
        return source
    made = DictData({}, source.data.rest)
    for item in source.data.items:
        pair = item.data.items if isinstance(item.data, ListData) else []
        key = plain(pair[0]) if len(pair) == 2 else Unknown("no pair")  # noqa: PLR2004 - a pair
        if isinstance(key, Unknown | list | dict):
            made.rest = Unknown("entries that are not known")
        else:
            made.items[key] = pair[1]
    return source._replace(data=made)
