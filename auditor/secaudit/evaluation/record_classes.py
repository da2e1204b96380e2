"""Classes whose annotations are their fields: dataclasses, attrs, msgspec, named tuples."""

import ast
from collections.abc import Callable
from typing import Final

from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import ClassData, FunctionData, Instance, Value
from secaudit.patterns import lazy

_DECORATORS: Final = lazy(
    r"[\w.]*dataclass\b|attrs?\.(s|attrs|define|frozen|mutable|dataclass)\b|(define|frozen|mutable)\b"
)
_BASES: Final = frozenset(("msgspec.Struct", "typing.NamedTuple"))
_AFTER_FIELDS: Final = ("__post_init__", "__attrs_post_init__")
_CLASS_VARIABLE: Final = lazy(r"['\"]?[\w.]*\bClassVar\b")
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
        ProgramError: an argument is missing or too many are given.
    """
    fields = _fields(cls)
    order = [name for name, positional in fields.items() if positional]
    if len(call.arguments) > len(order) or not fields.keys() >= call.keywords.keys():
        raise ProgramError("TypeError", "arguments that are no fields", call.place)
    for name, positional in fields.items():
        written = cls.find(name)
        given = call.argument(order.index(name) if positional else -1, name)
        value = _default(written, name, call, invoke) if given is None else given
        converter = None if written is None else _option(written, "converter")
        if converter is not None:
            value = invoke(converter, call._replace(arguments=[value], keywords={}))
        instance.attributes[name] = value


def _fields(cls: ClassData) -> dict[str, bool]:
    """Return the names of the fields, in order, and whether an argument by position gives each."""
    found: dict[str, bool] = {}
    for ancestor in reversed(cls.lineage()):
        by_keyword = False
        for name, annotation in ancestor.annotations.items():
            kind = ast.unparse(annotation).strip("'\"").rpartition(".")[2]
            if kind == "KW_ONLY":
                by_keyword = True
            elif not _CLASS_VARIABLE.match(ast.unparse(annotation)):
                found[name] = not by_keyword and _takes_position(cls.find(name))
    return found


def _takes_position(written: Value | None) -> bool:
    """Say whether a field is an argument by position: not ``field(init=False, kw_only=True)``."""
    options = [None if written is None else _option(written, name) for name in ("init", "kw_only")]
    return (options[0] is None or options[0].data is True) and (
        options[1] is None or options[1].data is False
    )


def after_fields(
    cls: ClassData, value: Value, call: Call, run: Callable[[FunctionData, Call], Value]
) -> None:
    """Run what a class does when its fields are set; init-only fields are its arguments."""
    for name in _AFTER_FIELDS:
        method = cls.find(name)
        if method is not None and isinstance(method.data, FunctionData):
            parameters = method.data.node.args.args[1:]
            given = {one.arg: value.data.attributes.get(one.arg) for one in parameters}
            keywords = {key: one for key, one in given.items() if one is not None}
            run(method.data.bound(value), call._replace(arguments=[], keywords=keywords))


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
