"""Binds values: to names, attributes, items and unpacked targets."""

import ast

from secaudit.evaluation.access import iterate
from secaudit.evaluation.calls import call_function
from secaudit.evaluation.control import Frame, ProgramError
from secaudit.evaluation.names import write_name
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    External,
    FunctionData,
    Instance,
    ListData,
    ModuleData,
    Place,
    Value,
    plain,
    unknown,
)
from secaudit.facts import Unknown


def assign(interpreter: Interpreter, frame: Frame, target: ast.expr, value: Value) -> None:
    """Bind ``value`` to an assignment target."""
    if isinstance(target, ast.Name):
        write_name(interpreter, frame, target.id, value)
    elif isinstance(target, ast.Attribute):
        _assign_attribute(interpreter, frame, target, value)
    elif isinstance(target, ast.Subscript):
        _assign_item(interpreter, frame, target, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(interpreter, frame, target, value)
    elif isinstance(target, ast.Starred):
        assign(interpreter, frame, target.value, value)


def _assign_attribute(
    interpreter: Interpreter, frame: Frame, target: ast.Attribute, value: Value
) -> None:
    receiver = interpreter.evaluate(frame, target.value)
    data = receiver.data
    place = Place(frame.module.syntax, target)
    if isinstance(data, Instance):
        if interpreter.ignored(data.level):
            return
        value = interpreter.settled(value, data.level, place)
        found = None if data.cls is None else data.cls.find(target.attr)
        if found is not None and isinstance(found.data, FunctionData) and found.data.setter:
            call = Call(interpreter, frame, place, [value], {})
            call_function(found.data.setter.bound(receiver), call)
        elif not interpreter.libraries.set_attribute(interpreter, data, target.attr, value, place):
            data.attributes[target.attr] = value
    elif isinstance(data, ClassData | ModuleData) and not interpreter.ignored(0):
        data.namespace[target.attr] = interpreter.settled(value, 0, place)


def _assign_item(
    interpreter: Interpreter, frame: Frame, target: ast.Subscript, value: Value
) -> None:
    receiver = interpreter.evaluate(frame, target.value)
    data = receiver.data
    place = Place(frame.module.syntax, target)
    if isinstance(target.slice, ast.Slice):
        if isinstance(data, ListData):
            data.rest = Unknown("a slice was assigned")
        return
    key_value = interpreter.evaluate(frame, target.slice)
    if isinstance(data, External | Instance):
        interpreter.libraries.set_item(interpreter, receiver, key_value, value, place)
        return
    key = plain(key_value)
    if not isinstance(data, DictData | ListData) or interpreter.ignored(data.level):
        return
    if isinstance(key, Unknown | list | dict):
        data.rest = Unknown("an unknown item was assigned")
        return
    value = interpreter.settled(value, data.level, place)
    if isinstance(data, DictData) or (
        isinstance(key, int) and -len(data.items) <= key < len(data.items)
    ):
        data.items[key] = value
    elif data.rest is None:
        raise ProgramError("IndexError", "assignment index out of range", place)


def _unpack(
    interpreter: Interpreter, frame: Frame, target: ast.Tuple | ast.List, value: Value
) -> None:
    items = iterate(value)
    place = Place(frame.module.syntax, target)
    starred = [i for i, element in enumerate(target.elts) if isinstance(element, ast.Starred)]
    if items is None or (isinstance(value.data, ListData) and value.data.rest is not None):
        for element in target.elts:
            assign(interpreter, frame, element, unknown("unpacked from an unknown value", place))
        return
    if starred and len(items) >= len(target.elts) - 1:
        head = starred[0]
        tail = len(target.elts) - head - 1
        middle = items[head : len(items) - tail]
        packed = interpreter.list_value(middle, "list", place)
        items = [*items[:head], packed, *items[len(items) - tail :]]
    if len(items) != len(target.elts):
        raise ProgramError("ValueError", "wrong number of values to unpack", place)
    for element, item in zip(target.elts, items, strict=True):
        assign(interpreter, frame, element, item)
