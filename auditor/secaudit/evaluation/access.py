"""Attributes and items: of modules, classes, objects, containers and library symbols."""

from typing import Any

from secaudit.evaluation import paths
from secaudit.evaluation.bounds import MAX_LOOP
from secaudit.evaluation.calls import call_function
from secaudit.evaluation.control import Frame, ProgramError
from secaudit.evaluation.modules import submodule
from secaudit.evaluation.operators import Scalar, derive, run
from secaudit.evaluation.runtime import Call, Interpreter, slot_of
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    External,
    FunctionData,
    Instance,
    ListData,
    Method,
    ModuleData,
    PathData,
    Place,
    Value,
    plain,
    unknown,
)
from secaudit.facts import Unknown

PROPERTIES = ("builtins.property", "functools.cached_property", "pydantic.computed_field")


def attribute(interpreter: Interpreter, receiver: Value, name: str, place: Place) -> Value:
    """Return ``receiver.name``.

    Raises:
        ProgramError: the object certainly has no such attribute.
    """
    data = receiver.data
    if isinstance(data, Unknown):
        return Value(data, place)
    if isinstance(data, External):
        found = interpreter.libraries.external_attribute(interpreter, data.name, name, place)
        return found or Value(External(f"{data.name}.{name}"), place)
    if isinstance(data, ModuleData):
        return module_attribute(interpreter, data, name, place)
    if isinstance(data, ClassData):
        return _class_attribute(interpreter, data, name, place)
    if isinstance(data, Instance):
        return _instance_attribute(interpreter, receiver, data, name, place)
    if isinstance(data, PathData):
        return paths.attribute(receiver, data, name, place)
    if isinstance(data, FunctionData):
        return unknown("an attribute of a function", place)
    if data is None and interpreter.handlers and not interpreter.level and not hasattr(data, name):
        raise ProgramError("AttributeError", f"None.{name}", place)
    plain_value = isinstance(data, Scalar) and hasattr(data, name)
    if plain_value and not callable(getattr(data, name)):
        return derive(lambda one: getattr(one, name), place, receiver)
    return Value(Method(receiver, name), place)


def module_attribute(
    interpreter: Interpreter, module: ModuleData, name: str, place: Place
) -> Value:
    """Return a global of a project module, or a submodule of a package."""
    if name in module.namespace:
        value = module.namespace[name]
        return value if value.source else value._replace(source=slot_of(module, name))
    child = submodule(interpreter, module, name)
    if child is not None:
        return Value(child, place)
    if module.rest is not None:
        return Value(module.rest, place)
    if "__getattr__" in module.namespace:
        return unknown("a computed module attribute", place)
    return unknown(f"{module.name} has no {name} that could be found", place)


def _class_attribute(interpreter: Interpreter, cls: ClassData, name: str, place: Place) -> Value:
    special = interpreter.libraries.class_attribute(interpreter, cls, name, place)
    if special is not None:
        return special
    for ancestor in cls.lineage():
        if name in ancestor.namespace:
            value = ancestor.namespace[name]
            if isinstance(value.data, FunctionData) and value.data.decorated_by(
                "builtins.classmethod"
            ):
                return value._replace(data=value.data.bound(Value(cls)))
            return value if value.source else value._replace(source=slot_of(ancestor, name))
    if name == "__name__":
        return Value(cls.name, place)
    if cls.externals() or cls.open_bases():
        return unknown(f"an attribute {name} of {cls.name} that is not in its source", place)
    if interpreter.level or cls.reshaped():
        return unknown(f"{cls.name}.{name} may not exist", place)
    raise ProgramError("AttributeError", f"{cls.name}.{name}", place)


def _instance_attribute(
    interpreter: Interpreter, receiver: Value, instance: Instance, name: str, place: Place
) -> Value:
    if name in instance.attributes:
        value = instance.attributes[name]
        return value if value.source else value._replace(source=slot_of(instance, name))
    found = _inherited(interpreter, receiver, instance, name, place)
    if found is not None:
        return found
    special = interpreter.libraries.attribute(interpreter, receiver, instance, name, place)
    if special is not None:
        return special
    if instance.cls is None or instance.cls.externals() or instance.cls.open_bases():
        return Value(Method(receiver, name), place)
    if name == "__class__":
        return Value(instance.cls, place)
    computed = instance.cls.find("__getattr__")
    if computed is not None and isinstance(computed.data, FunctionData):
        call = Call(interpreter, computed.data.frame, place, [Value(name, place)], {})
        return call_function(computed.data.bound(receiver), call)
    if interpreter.level or "open" in instance.state or instance.cls.reshaped():
        return unknown(f"an attribute {name} that may not exist", place)
    raise ProgramError("AttributeError", f"{instance.type_name}.{name}", place)


def _inherited(
    interpreter: Interpreter, receiver: Value, instance: Instance, name: str, place: Place
) -> Value | None:
    """Return what an object has of its class; a member of an enumeration sees the other members."""
    if instance.cls is None:
        return None
    found = instance.cls.find(name)
    member = "member" in instance.state
    if found is not None and member and not isinstance(found.data, FunctionData):
        return _class_attribute(interpreter, instance.cls, name, place)
    if found is not None:
        return _bind(interpreter, found, receiver, instance, place)
    if member and "wraps" not in instance.state:  # the methods of its text or number
        return attribute(interpreter, instance.state["plain"], name, place)
    return None


def _bind(
    interpreter: Interpreter, found: Value, receiver: Value, instance: Instance, place: Place
) -> Value:
    """Return a class attribute as an instance sees it: properties run, functions are bound."""
    function = found.data
    if not isinstance(function, FunctionData):
        return found
    if function.decorated_by(*PROPERTIES):
        frame: Frame = function.frame
        return call_function(function.bound(receiver), Call(interpreter, frame, place, [], {}))
    if function.decorated_by("builtins.staticmethod"):
        return found
    if function.decorated_by("builtins.classmethod"):
        return found._replace(data=function.bound(Value(instance.cls)))
    return found._replace(data=function.bound(receiver))


def subscript(interpreter: Interpreter, receiver: Value, key: Value, place: Place) -> Value:
    """Return ``receiver[key]``.

    Raises:
        ProgramError: there certainly is no such item.
    """
    data = receiver.data
    if isinstance(data, External):
        found = interpreter.libraries.external_subscript(interpreter, data.name, key, place)
        return found or unknown(f"an item of {data.name}", place)
    if isinstance(data, Instance):
        found = interpreter.libraries.subscript(interpreter, receiver, data, key, place)
        return found or unknown(f"an item of {data.type_name}", place)
    index = plain(key)
    if isinstance(index, Unknown):
        return Value(index, place)
    if isinstance(data, DictData):
        return _entry(data, index, place)
    if isinstance(data, ListData):
        if data.rest is not None or data.kind in {"set", "frozenset"}:
            return Value(data.rest or Unknown("an item of a set"), place)
        return run(lambda: data.items[index], place)  # type: ignore[no-any-return]
    if isinstance(data, str | bytes):
        return derive(lambda one: one[index], place, receiver)
    if isinstance(data, ClassData):
        return _class_item(interpreter, data, index, place)
    return Value(data if isinstance(data, Unknown) else Unknown("an item of an object"), place)


def _class_item(interpreter: Interpreter, cls: ClassData, index: Any, place: Place) -> Value:  # noqa: ANN401 - a key
    """An enumeration member by name; anything else is a generic alias of the class."""
    if isinstance(index, str) and any(name.startswith("enum.") for name in cls.externals()):
        return _class_attribute(interpreter, cls, index, place)
    return Value(cls, place)


def _entry(data: DictData, key: Any, place: Place) -> Value:  # noqa: ANN401 - a dictionary key
    try:
        found = data.items.get(key)
    except TypeError:
        raise ProgramError("TypeError", "unhashable key", place) from None
    if found is not None:
        return found
    if data.rest is not None:
        return Value(data.rest, place)
    raise ProgramError("KeyError", str(key), place)


def slice_of(
    interpreter: Interpreter, receiver: Value, bounds: list[Value | None], place: Place
) -> Value:
    """Return ``receiver[start:stop:step]``."""
    ends = [None if bound is None else plain(bound) for bound in bounds]
    if any(isinstance(end, Unknown) for end in ends):
        return unknown("a slice whose bounds are not known", place)
    data = receiver.data
    if isinstance(data, ListData) and data.rest is None and data.kind in {"list", "tuple"}:
        part = run(lambda: data.items[slice(*ends)], place)
        return interpreter.list_value(part, data.kind, place)
    if isinstance(data, str | bytes):
        return derive(lambda one: one[slice(*ends)], place, receiver)
    return Value(data if isinstance(data, Unknown) else Unknown("a slice of an object"), place)


def iterate(value: Value) -> list[Value] | None:
    """Return the items a loop over ``value`` would see, None when they are not determined."""
    data = value.data
    if isinstance(data, ListData):
        return list(data.items)
    if isinstance(data, DictData):
        return [Value(key, value.place) for key in data.items]
    if isinstance(data, str):
        return [Value(character, value.place) for character in data[:MAX_LOOP]]
    return None
