"""Executes ``x += y``: what is mutable changes in place, for all who hold it."""

import ast

from secaudit.evaluation import operators
from secaudit.evaluation.assignment import assign
from secaudit.evaluation.control import Frame
from secaudit.evaluation.methods import call_method
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import DictData, External, Instance, ListData, Place, Value


def execute_augmented(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    """``x += y``: what is mutable grows in place, for all who hold it; the rest is bound anew."""
    assert isinstance(node, ast.AugAssign)  # noqa: S101 - narrows the type for the dispatcher
    load = ast.copy_location(_as_load(node.target), node.target)
    current = interpreter.evaluate(frame, load)
    operand = interpreter.evaluate(frame, node.value)
    place = Place(frame.module.syntax, node)
    call = Call(interpreter, frame, place, [operand], {})
    if isinstance(node.op, ast.BitOr) and _updated(current, call):
        return
    method = _growing(node.op, current)
    if not method:
        assign(interpreter, frame, node.target, operators.binary(node.op, current, operand, place))
    elif not interpreter.ignored(current.data.level):
        call_method(interpreter, current, method, call)
        grown = current._replace(place=place, candidates=(), source=None)
        assign(interpreter, frame, node.target, grown)


def _growing(op: ast.operator, current: Value) -> str:
    """Return the method that does the same to a list, set or dictionary, ``""`` where none does."""
    kind = current.data.kind if isinstance(current.data, ListData) else ""
    if isinstance(op, ast.Add) and kind == "list":
        return "extend"
    union = kind == "set" or isinstance(current.data, DictData)
    return "update" if isinstance(op, ast.BitOr) and union else ""


def _updated(current: Value, call: Call) -> bool:
    """Let a mapping of a library take the entries that ``|=`` adds; False for anything else."""
    libraries, data = call.interpreter.libraries, current.data
    if isinstance(data, External):
        libraries.call_external(f"{data.name}.update", call)
        return True
    known = isinstance(data, Instance) and libraries.attribute(
        call.interpreter, current, data, "update", call.place
    )
    if known:
        libraries.call_method(current, data, "update", call)
    return bool(known)


def _as_load(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    if isinstance(target, ast.Subscript):
        return ast.Subscript(target.value, target.slice, ast.Load())
    return target
