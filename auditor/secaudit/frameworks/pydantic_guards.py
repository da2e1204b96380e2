"""Guards in validators: those that refuse to start, and those that never can."""

import ast
import re
from collections.abc import Iterator
from typing import Final, Protocol

from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import ClassData, FunctionData, Instance, Place, Value, plain
from secaudit.frameworks.pydantic_fields import Field, fields_of

REFUSALS: Final = frozenset({"ValueError", "AssertionError", "TypeError", "PydanticCustomError"})


class Validated(Protocol):
    """An object that is being built and validated on the way."""

    cls: ClassData
    call: Call
    interpreter: Interpreter
    instance: Instance
    version_1: bool


def note_guard(builder: Validated, field: str, error: ProgramError) -> None:
    """Note a guard that refuses to start: the fields it tests are excused."""
    subjects = [field] if field else tested(builder.cls, error)
    reason = f"start-up is refused: {error.message or error.kind}"
    attributes = builder.instance.attributes
    subjects += _alike(builder, subjects, error)
    for name in subjects:
        if name in attributes and attributes[name].error is None:
            attributes[name] = attributes[name]._replace(error=reason)
    if error.place is not None:
        builder.interpreter.observe(
            "guard",
            error.place.location(),
            builder.cls.name,
            selector="",
            fires=True,
            defeated_by="",
            subject=", ".join(name for name in subjects if name in attributes or name == field),
        )


def _alike(builder: Validated, subjects: list[str], error: ProgramError) -> list[str]:
    """Return the fields that the helper which raised is also asked about and would refuse alike.

    The first refusal ends the program; the same helper refuses the same value of another field.
    """
    attributes = builder.instance.attributes
    refused = {plain(attributes[name]) for name in subjects if _is_text(attributes.get(name))}
    helpers = {
        function.name
        for ancestor in builder.cls.lineage()
        for function in ast.walk(ancestor.node)
        if isinstance(function, ast.FunctionDef) and error.place is not None
        if any(inner is error.place.node for inner in ast.walk(function))
    }
    asked = [
        argument.attr
        for ancestor in builder.cls.lineage()
        for call in ast.walk(ancestor.node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if call.func.attr in helpers
        for argument in call.args
        if isinstance(argument, ast.Attribute)
    ]
    return [
        name
        for name in asked
        if name not in subjects and _is_text(attributes.get(name))
        if plain(attributes[name]) in refused
    ]


def _is_text(value: Value | None) -> bool:
    return value is not None and isinstance(value.data, str)


def tested(cls: ClassData, error: ProgramError) -> list[str]:
    """Return the fields in the conditions around a ``raise``."""
    if error.place is None:
        return []
    target = error.place.node
    # a check that a helper makes names the field in its message
    found = re.findall(r"[A-Za-z_]\w+", error.message or "")
    for ancestor in cls.lineage():
        for node in ast.walk(ancestor.node):
            if isinstance(node, ast.If | ast.For | ast.Assert) and any(
                inner is target for inner in ast.walk(node)
            ):
                test = node.iter if isinstance(node, ast.For) else node.test
                found += _names(test)
    return list(dict.fromkeys(found))


def _names(test: ast.AST) -> list[str]:
    names = []
    for node in ast.walk(test):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.append(node.value)
    return names


def note_idle_guard(builder: Validated, method: FunctionData, field: Field) -> None:
    """Note a check that asks for a field declared later: it gets None and never refuses."""
    body = method.node.body
    if not isinstance(body, list) or not _raises(body):
        return
    later = fields_of(builder.interpreter, builder.cls).keys() - builder.instance.attributes.keys()
    for test, selector in _idle(body, later - {field.name}):
        builder.interpreter.observe(
            "guard",
            Place(method.frame.module.syntax, test).location(),
            builder.cls.name,
            selector=selector,
            fires=False,
            defeated_by=f"{selector} is declared later and not known yet, so that it never runs",
            subject=field.name,
        )


def _idle(body: list[ast.stmt], later: set[str]) -> Iterator[tuple[ast.expr, str]]:
    """Yield conditions that keep a ``raise`` from running, and the field each asks for."""
    held: dict[str, str] = {}  # local names that hold such a field
    for index, statement in enumerate(body):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            held[statement.targets[0].id] = _asked(statement.value, later, held)
        if not isinstance(statement, ast.If):
            continue
        for node in ast.walk(statement):
            selector = _fails(node.test, later, held) if isinstance(node, ast.If) else ""
            if isinstance(node, ast.If) and selector and _raises(node.body):
                yield node.test, selector
        selector = _holds(statement.test, later, held)
        if selector and isinstance(statement.body[-1], ast.Return) and _raises(body[index + 1 :]):
            yield statement.test, selector


def _raises(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Raise) for one in body for node in ast.walk(one))


def _asked(node: ast.expr, later: set[str], held: dict[str, str]) -> str:
    """Return the field that ``info.data.get("name")`` or a name for it asks for, else ``""``."""
    if isinstance(node, ast.Name):
        return held.get(node.id, "")
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return ""
    written = node.args[0] if len(node.args) == 1 and node.func.attr == "get" else None
    source = ast.unparse(node.func.value)
    name = written.value if isinstance(written, ast.Constant) else None
    asks = source == "values" or source.endswith(".data")
    return name if asks and isinstance(name, str) and name in later else ""


def _fails(test: ast.expr, later: set[str], held: dict[str, str]) -> str:
    """Return the field whose absence makes a condition false, else ``""``."""
    if isinstance(test, ast.BoolOp):
        found = [_fails(operand, later, held) for operand in test.values]
        decided = any(found) if isinstance(test.op, ast.And) else all(found)
        return next(filter(None, found), "") if decided else ""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _holds(test.operand, later, held)
    if isinstance(test, ast.Compare):
        return _compared(test, (ast.Eq, ast.In), later, held)
    return _asked(test, later, held)


def _holds(test: ast.expr, later: set[str], held: dict[str, str]) -> str:
    """Return the field whose absence makes a condition true, else ``""``."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _fails(test.operand, later, held)
    if isinstance(test, ast.Compare):
        return _compared(test, (ast.NotEq, ast.NotIn), later, held)
    return ""


def _compared(
    test: ast.Compare, kinds: tuple[type[ast.cmpop], ...], later: set[str], held: dict[str, str]
) -> str:
    """Return the field that a comparison with written values, None not among them, asks for."""
    written = test.comparators[0]
    values = written.elts if isinstance(written, ast.Tuple | ast.List | ast.Set) else [written]
    given = all(isinstance(one, ast.Constant) and one.value is not None for one in values)
    one = len(test.ops) == 1 and isinstance(test.ops[0], kinds)
    return _asked(test.left, later, held) if one and given else ""
