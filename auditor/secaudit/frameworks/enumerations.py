"""Enumerations: their members, made once each, and what code asks of them.

A member is an object of its class that stands for a value; only one with a ``str`` or ``int`` mixin
equals it (Python's ``enum`` documentation, "Notes" and "Enum members").
"""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    ClassData,
    External,
    FunctionData,
    Instance,
    ListData,
    Place,
    Value,
    plain,
)
from secaudit.facts import Unknown

_AUTO: Final = "enum.auto"
_FLAGS: Final = frozenset(("enum.Flag", "enum.IntFlag"))
_MIXED: Final = frozenset(
    ("enum.StrEnum", "enum.IntEnum", "enum.IntFlag", "builtins.str", "builtins.int")
)
_SPOKEN: Final = frozenset(("enum.StrEnum", "enum.IntEnum"))  # whose text is that of the value


def _auto(call: Call) -> Value:
    return Value(Instance(_AUTO), call.place)


def values(cls: ClassData) -> dict[str, Value]:
    """Return what the members stand for, in order; ``auto()`` counts, or repeats the name."""
    found: dict[str, Value] = {}
    last: object = 0
    for name, written in cls.namespace.items():
        if name.startswith("_") or isinstance(written.data, FunctionData | ClassData | External):
            continue
        value = written
        if isinstance(written.data, Instance) and written.data.type_name == _AUTO:
            value = written._replace(data=_counted(cls, name, last))
        last = plain(value)
        found[name] = value
    return found


def _counted(cls: ClassData, name: str, last: object) -> str | int | Unknown:
    if cls.find("_generate_next_value_") is not None or _FLAGS.intersection(cls.externals()):
        return Unknown("a value that the enumeration counts in its own way")
    if "enum.StrEnum" in cls.externals():
        return name.lower()
    return last + 1 if isinstance(last, int) else Unknown("a value counted from another")


def _original(name: str, values: dict[str, Value]) -> str:
    """Return the name of the member itself: a later name of the same value is an alias."""
    wanted = plain(values[name])
    return next((other for other, value in values.items() if plain(value) == wanted), name)


def member(cls: ClassData, name: str, place: Place | None) -> Value:
    """Return the member ``name`` of an enumeration; the same object each time.

    Raises:
        KeyError: it has none of this name.
    """
    known = values(cls)
    name = _original(name, known)
    if name not in cls.members:
        made = cls.members[name] = Instance(f"enum.{cls.name}", cls)
        made.attributes = {"value": known[name], "name": Value(name, place)}
        made.state = {"plain": known[name], "member": True}
        if not _MIXED.intersection(cls.externals()):
            made.state["wraps"] = True  # it is equal to no text and no number
        if not _SPOKEN.intersection(cls.externals()):
            made.state["text"] = f"{cls.name}.{name}"
    return Value(cls.members[name], place)


def _attribute(interpreter: Interpreter, cls: ClassData, name: str, place: Place) -> Value | None:
    """Return a member by name, or all of them; None for methods and private names."""
    names = values(cls)
    if name == "__members__":
        return interpreter.dict_value({one: member(cls, one, place) for one in names}, place)
    return member(cls, name, place) if name in names else None


def _make(cls: ClassData, call: Call) -> Value:
    """``Color("red")``: the member with this value."""
    given = call.arguments[0] if call.arguments else Value(None)
    wanted = plain(given)
    if isinstance(wanted, Unknown):
        return given._replace(data=wanted, place=call.place)
    found = member_of(cls, wanted, call.place)
    if found is not None:
        return found._replace(candidates=given.candidates, variables=given.variables)
    if cls.find("_missing_") is not None or any(not one.known for one in values(cls).values()):
        return given._replace(data=Unknown("a member that is not known"), place=call.place)
    raise ProgramError("ValueError", "not a member", call.place)


def member_of(cls: ClassData, data: object, place: Place | None) -> Value | None:
    """Return the member that stands for a plain value, None where there is none."""
    for name, value in values(cls).items():
        if value.known and plain(value) == data:
            return member(cls, name, place)
    return None


def originals(cls: ClassData, interpreter: Interpreter, place: Place | None) -> Value:
    """Return the members without aliases, as a loop over the class sees them."""
    found = values(cls)
    names = dict.fromkeys(_original(name, found) for name in found)
    items = [member(cls, name, place) for name in names]
    return Value(ListData(items, "list", None, interpreter.level), place)


_ENUMS: Final = ("enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag")
CALLS: Final[dict[str, Callable[[Call], Value]]] = {_AUTO: _auto}
BASES: Final = dict.fromkeys(_ENUMS, _make)
CLASS_ATTRIBUTES: Final = dict.fromkeys(_ENUMS, _attribute)
ITERATIONS: Final = dict.fromkeys(_ENUMS, originals)
