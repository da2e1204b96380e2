"""Defines functions and classes of the project."""

import ast

from secaudit.evaluation.control import Frame
from secaudit.evaluation.expressions import evaluate, make_function
from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import ClassData, FunctionData, Place, Value

_UNDERSTOOD = ("pydantic.", "pydantic_settings.")  # libraries that give class attributes a meaning


def define_function(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    """Bind a function to its name."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101 - narrows the type

    function = make_function(interpreter, frame, node)
    if not _joins_property(frame, node, function):
        frame.locals[node.name] = Value(function, Place(frame.module.syntax, node))
    interpreter.functions.append(function)
    interpreter.watchers.note_function(interpreter, frame, function)


def _joins_property(
    frame: Frame, node: ast.FunctionDef | ast.AsyncFunctionDef, function: FunctionData
) -> bool:
    """Say whether a function is the setter or deleter of the property that has its name."""
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Attribute) or not isinstance(decorator.value, ast.Name):
            continue
        getter = frame.locals.get(decorator.value.id)
        if decorator.value.id != node.name or getter is None:
            continue
        if isinstance(getter.data, FunctionData) and decorator.attr in {"setter", "deleter"}:
            if decorator.attr == "setter":
                getter.data.setter = function
            return True
    return False


def define_class(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    """Run a class body and bind the class to its name."""
    assert isinstance(node, ast.ClassDef)  # noqa: S101 - narrows the type for the dispatcher

    bases = [evaluate(interpreter, frame, base) for base in node.bases]
    cls = ClassData(node.name, bases, frame.module, node, frame)
    for keyword in node.keywords:  # pydantic takes its configuration as class arguments too
        if keyword.arg is not None:
            cls.arguments[keyword.arg] = evaluate(interpreter, frame, keyword.value)
    body = Frame(frame.module, cls.namespace, frame, cls)
    cls.scope = body
    interpreter.execute(body, node.body)
    for decorator in node.decorator_list:
        evaluate(interpreter, frame, decorator)
    interpreter.classes.append(cls)
    if any(name.startswith(_UNDERSTOOD) for name in cls.externals()):
        interpreter.handled.add(node)
    frame.locals[node.name] = Value(cls, Place(frame.module.syntax, node))
