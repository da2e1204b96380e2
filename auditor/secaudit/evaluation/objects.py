"""Adds the fields and the properties of settings objects, under dotted names."""

from secaudit.evaluation.access import PROPERTIES, attribute
from secaudit.evaluation.bounds import OutOfBoundsError
from secaudit.evaluation.collecting import OBJECTS, Collector
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.judged import Named
from secaudit.evaluation.runtime import Interpreter, slot_of
from secaudit.evaluation.values import (
    FunctionData,
    Instance,
    Place,
    Value,
)
from secaudit.naming import meaning_of


def add_settings_objects(interpreter: Interpreter, collector: Collector) -> None:
    """Add the fields of settings objects under dotted names, starting from the outermost ones."""
    inner = {
        id(value.data)
        for instance in interpreter.instances
        for value in instance.attributes.values()
        if isinstance(value.data, Instance)
    }
    for instance in interpreter.instances:
        if id(instance) not in inner:
            _fields(instance, collector, "", f"{instance.type_name}", 0)
            _properties(interpreter, instance, collector)


def _fields(instance: Instance, collector: Collector, prefix: str, owner: str, depth: int) -> None:
    types: dict[str, str] = instance.state.get("types", {})
    paths: dict[str, str] = instance.state.get("paths", {})  # inside the variable that gives it
    for name, value in instance.attributes.items():
        full = f"{prefix}{name}"
        nested = value.data
        if isinstance(nested, Instance) and "plain" not in nested.state and depth < 8:  # noqa: PLR2004 - bound
            _fields(nested, collector, f"{full}.", f"{owner}.{name}", depth + 1)
        elif not isinstance(nested, OBJECTS):
            named = Named(full, value, owner, types.get(name, ""))
            inside = meaning_of(paths.get(name, ""))
            if inside is not None and meaning_of(full) is None:
                collector.add_meant(slot_of(instance, name), named, inside, "default")
            else:
                collector.add(slot_of(instance, name), named, "default")


def _properties(interpreter: Interpreter, instance: Instance, collector: Collector) -> None:
    """Add what properties of a settings object compute, where their names mean something."""
    for cls in instance.cls.lineage() if instance.cls is not None else ():
        for name, value in cls.namespace.items():
            function = value.data
            if not isinstance(function, FunctionData) or name in instance.attributes:
                continue
            if not function.decorated_by(*PROPERTIES) or meaning_of(name) is None:
                continue
            place = Place(cls.module.syntax, function.node)
            interpreter.grant()
            try:
                computed = attribute(interpreter, Value(instance), name, place)
            except (ProgramError, OutOfBoundsError):
                continue
            if computed.known and not isinstance(computed.data, OBJECTS):
                named = Named(name, computed, instance.type_name)
                collector.add(slot_of(instance, name), named)
