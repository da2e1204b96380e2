"""Empty settings that code asks for before it uses them: empty means that a feature is off."""

import ast
from collections.abc import Iterable, Iterator

from secaudit.evaluation.runtime import Interpreter
from secaudit.facts import Setting


def observe(interpreter: Interpreter, empty: Iterable[Setting]) -> None:
    """Note which of these settings some condition of the project tests for being there."""
    tested: set[str] = set()
    for module in interpreter.modules.values():
        if any(setting.name.rpartition(".")[2] in module.syntax.text for setting in empty):
            tested.update(_tested(module.syntax.tree))
    for setting in empty:
        if setting.name.rpartition(".")[2] in tested:
            interpreter.observe("emptiness-tested", setting.location, setting.name)


def _tested(tree: ast.Module) -> Iterator[str]:
    """Yield the last names of what stands where only its truth counts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
            yield from _operands(node.test)
        elif isinstance(node, ast.BoolOp):
            last_is_used = isinstance(node.op, ast.Or)  # whatever it is, when the others are empty
            for value in node.values[:-1] if last_is_used else node.values:
                yield from _names(value)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield from _names(node.operand)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"bool", "all"}:
            for argument in node.args:
                yield from _names(argument)


def _operands(test: ast.expr) -> Iterator[str]:
    if isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from _operands(value)
    else:
        yield from _names(test)


def _names(node: ast.expr) -> Iterator[str]:
    several = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    for one in several:
        if isinstance(one, ast.Attribute):
            yield one.attr
        elif isinstance(one, ast.Name):
            yield one.id
