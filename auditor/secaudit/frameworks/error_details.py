"""Answers that show clients a traceback, or the text of an exception that nobody expected.

Two shapes: a traceback in any answer, and ``str(exc)`` in the answer of a handler of all
exceptions. What a condition about debugging allows is left alone, and so are handlers of
exceptions that are meant to be shown.
"""

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from secaudit.evaluation.runtime import Interpreter, SinkUse
from secaudit.evaluation.values import ModuleData, Place, Value
from secaudit.frameworks.sinks import group_of, use
from secaudit.patterns import lazy
from secaudit.syntax.python import Function, last_name

_MARKS: Final = ("exception_handler", "errorhandler", "error_handler")
_TRACES: Final = frozenset({"format_exc", "format_exception", "format_tb", "format_stack"})
_ANSWERS: Final = lazy(r"\w*Response|HTTPException|jsonify|make_response|abort")
_EVERYTHING: Final = frozenset({"Exception", "BaseException", "500", "InternalServerError"})
_REGISTERS: Final = frozenset(
    {"exception_handler", "errorhandler", "app_errorhandler", "add_exception_handler"}
    | {"register_error_handler"}
)
_GUARDED: Final = lazy(r"(?i)debug|dev|env|local|prod|show|expose|verbose|test")


def look(interpreter: Interpreter) -> None:
    """Record the answers of all modules that show error details."""
    modules = list(interpreter.modules.values())
    handlers = {
        name
        for module in modules
        if any(mark in module.syntax.text for mark in _MARKS)
        for name in _registered(module.syntax.tree)
    }
    wanted = ("traceback", *handlers)
    for module in modules:
        if any(word in module.syntax.text for word in wanted):
            for node in ast.walk(module.syntax.tree):
                if isinstance(node, Function):
                    _function(interpreter, module, node, handles_all=node.name in handlers)


@lru_cache(maxsize=256)  # the same modules are part of many deployments
def _registered(tree: ast.Module) -> frozenset[str]:
    """Return the names of functions that handle every exception."""
    return frozenset(_registrations(tree))


def _registrations(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
            if any(last_name(one.func) in _REGISTERS and _takes_all(one.args[:1]) for one in calls):
                yield node.name
        elif isinstance(node, ast.Call) and last_name(node.func) in _REGISTERS:
            if _takes_all(node.args[:1]):
                yield from (last_name(one) for one in node.args[1:2])
        elif isinstance(node, ast.keyword) and node.arg == "exception_handlers":
            table = node.value if isinstance(node.value, ast.Dict) else ast.Dict([], [])
            pairs = zip(table.keys, table.values, strict=True)
            yield from (last_name(value) for key, value in pairs if key and _takes_all([key]))


def _takes_all(nodes: list[ast.expr]) -> bool:
    return any(ast.unparse(node).rpartition(".")[2] in _EVERYTHING for node in nodes)


def _function(
    interpreter: Interpreter, module: ModuleData, function: Function, *, handles_all: bool
) -> None:
    exception = function.args.args[-1].arg if handles_all and function.args.args else ""
    imported = "from traceback import" in module.syntax.text
    for answer in _answers(function, handles_all=handles_all):
        if any(_shows(node, exception, imported=imported) for node in _unguarded(answer)):
            place = Place(module.syntax, answer)
            group, on = group_of(place, "answer"), Value(True, place)
            sink = SinkUse("debug.errors", group, function.name, on, place.location())
            use(interpreter, sink)
            return


def _answers(function: Function, *, handles_all: bool) -> Iterator[ast.expr]:
    """Yield the expressions of a function that become an answer."""
    for node in _unguarded(function):
        if isinstance(node, ast.Call) and _ANSWERS.fullmatch(last_name(node.func)):
            yield node
        elif isinstance(node, ast.Return) and node.value is not None and handles_all:
            yield node.value


def _unguarded(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and what is below it, but for what a condition about debugging allows."""
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.If | ast.IfExp) and _GUARDED.search(ast.unparse(node.test)):
            continue
        yield node
        stack += reversed(list(ast.iter_child_nodes(node)))


def _shows(node: ast.AST, exception: str, *, imported: bool) -> bool:
    """Say whether a node is a traceback, or the text of the handled exception."""
    if isinstance(node, ast.Call):
        if ast.unparse(node.func).removeprefix("traceback.") in _TRACES:
            return "." in ast.unparse(node.func) or imported
        return last_name(node.func) in {"str", "repr"} and any(
            isinstance(one, ast.Name) and one.id == exception for one in node.args
        )
    shown = node.value if isinstance(node, ast.FormattedValue) else None
    return isinstance(shown, ast.Name) and shown.id == exception
