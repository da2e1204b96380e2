"""Classes whose annotations are their fields: dataclasses, attrs, msgspec, named tuples."""

import ast
from collections.abc import Callable
from typing import Final

from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import ClassData, Instance, Value
from secaudit.patterns import lazy

_DECORATORS: Final = lazy(
    r"[\w.]*dataclass\b|attrs?\.(s|attrs|define|frozen|mutable|dataclass)\b|(define|frozen|mutable)\b"
)
_BASES: Final = frozenset(("msgspec.Struct", "typing.NamedTuple"))
FIELD: Final = "dataclasses.field"  # the type of what every library's own ``field()`` returns


def is_record(cls: ClassData) -> bool:
    """Say whether a library writes the constructor of a class."""
    decorated = (ast.unparse(node) for node in cls.node.decorator_list)
    return any(map(_DECORATORS.match, decorated)) or not _BASES.isdisjoint(cls.externals())


def fill(
    cls: ClassData, instance: Instance, call: Call, invoke: Callable[[Value, Call], Value]
) -> None:
    """Give an object its fields: the arguments of the call, else their defaults.

    Raises:
        ProgramError: an argument is missing.
    """
    names = [name for ancestor in reversed(cls.lineage()) for name in ancestor.annotations]
    for position, name in enumerate(dict.fromkeys(names)):
        written = cls.find(name)
        given = call.argument(position, name)
        value = _default(written, name, call, invoke) if given is None else given
        converter = None if written is None else _option(written, "converter")
        if converter is not None:
            value = invoke(converter, call._replace(arguments=[value], keywords={}))
        instance.attributes[name] = value


def _default(
    written: Value | None, name: str, call: Call, invoke: Callable[[Value, Call], Value]
) -> Value:
    """Return the default of a field: written as it is, or in the library's ``field()``."""
    missing = ProgramError("TypeError", f"missing argument {name}", call.place)
    if written is None:
        raise missing
    if not _is_field(written):
        return written
    default = _option(written, "default")
    if default is not None and not _is_field(default):
        return default
    factory = _option(default or written, "default_factory") or _option(
        default or written, "factory"
    )
    if factory is None:
        raise missing
    return invoke(factory, call._replace(arguments=[], keywords={}))


def _is_field(value: Value) -> bool:
    return isinstance(value.data, Instance) and value.data.type_name == FIELD


def _option(value: Value, name: str) -> Value | None:
    if not isinstance(value.data, Instance) or value.data.type_name != FIELD:
        return None
    given: Call = value.data.state["call"]
    return given.argument(0, name) if name == "factory" else given.keywords.get(name)
