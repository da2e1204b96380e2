"""Settings that a guard of a module refuses: the program does not start with them."""

import ast
from collections.abc import Iterator

from secaudit.evaluation.collecting import Collector
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.runtime import Interpreter
from secaudit.syntax.python import last_name, targets_of


def mark(interpreter: Interpreter, collector: Collector) -> None:
    """Give the settings that the conditions around a refusal test an error; note the guard."""
    for module, error in interpreter.failures:
        if error.place is None or not _is_refusal(error):
            continue
        names = set(_names(error.place.module.tree, error.place.node))
        subjects = []
        for index, setting in enumerate(collector.settings):
            tested = setting.name.rpartition(".")[2] in names or names.intersection(
                setting.variables
            )
            if tested and setting.error is None:
                message = f"start-up is refused: {error.message or error.kind}"
                collector.settings[index] = setting._replace(error=message)
                subjects.append(setting.name)
        interpreter.observe(
            "guard",
            error.place.location(),
            module.name,
            selector="",
            fires=True,
            defeated_by="",
            subject=", ".join(subjects),
        )


def _is_refusal(error: ProgramError) -> bool:
    """Say whether code stops the program of its own accord: it raises, asserts or exits."""
    node = None if error.place is None else error.place.node
    return isinstance(node, ast.Raise | ast.Assert) or error.kind == "SystemExit"


def _names(tree: ast.Module, refusal: ast.AST) -> Iterator[str]:
    """Yield what the conditions around a refusal name, and what their local names are read from."""
    local: list[str] = []
    for node in ast.walk(tree):
        test = _condition(node)
        if test is None or not any(inner is refusal for inner in ast.walk(node)):
            continue
        yield from _mentioned(test)
        local += [inner.id for inner in ast.walk(test) if isinstance(inner, ast.Name)]
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        body = list(ast.walk(function))
        if any(inner is refusal for inner in body):
            read = (
                one.value
                for one in body
                if isinstance(one, ast.Assign | ast.AnnAssign)
                if {*targets_of(one)} & {*local}
            )
            for value in read:
                yield from _mentioned(value) if value is not None else ()


def _condition(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.If | ast.IfExp | ast.Assert):
        return node.test
    if isinstance(node, ast.BoolOp):  # `secret == "" and sys.exit(1)`
        return node.values[0]
    if isinstance(node, ast.For):
        return node.iter
    return node.subject if isinstance(node, ast.Match) else None


def _mentioned(test: ast.AST) -> Iterator[str]:
    """Yield the names in a condition, variables such as ``os.getenv("NAME")`` among them."""
    for node in ast.walk(test):
        if isinstance(node, ast.Name | ast.Attribute):
            yield last_name(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
