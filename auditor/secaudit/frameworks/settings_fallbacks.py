"""Code that puts other settings in the place of refused ones, such as an ``except`` clause."""

import ast
from collections.abc import Iterator
from typing import Final

from secaudit.evaluation.control import Frame, ProgramError
from secaudit.evaluation.runtime import Fallback, Interpreter
from secaudit.evaluation.values import ClassData, FunctionData, Instance, Place, Value
from secaudit.syntax.python import last_name

_BROAD: Final = frozenset({"Exception", "BaseException", "ValueError"})
_REFUSING: Final = ("ValidationError", "SettingsError")  # also imported as PydanticValidationError
_WORDS: Final = ("settings", "config")
_MAX_HELPERS: Final = 3  # functions that return what another one makes

Made = tuple[str, ast.Call]  # the name that a call's result gets, "" where it is returned


def find(interpreter: Interpreter, frame: Frame, node: ast.Try | ast.TryStar) -> Fallback | None:
    """Return the first handler for any error after which a call gives other values."""
    for handler in node.handlers:
        if not _is_broad(handler):
            continue
        for name, call in _made(node.body):
            if any(
                _gives_others(interpreter, frame, call, other, _MAX_HELPERS)
                for other in _instead(frame, node, handler, name)
            ):
                return Fallback(handler, name)
    return None


def note(interpreter: Interpreter, frame: Frame, fallback: Fallback, made: Value | None) -> None:
    """Note a fallback; ``made`` is what the ``try`` returned, None when it did not return."""
    namespace = frame.module.namespace if fallback.name in frame.globals else frame.locals
    if fallback.name:
        made = namespace.get(fallback.name)
    if _holds_settings(made):
        note_refused(interpreter, frame, fallback)


def note_refused(interpreter: Interpreter, frame: Frame, fallback: Fallback) -> None:
    """Note a fallback around settings that this deployment does not start with."""
    kind = fallback.handler.type
    exception = "any exception" if kind is None else ast.unparse(kind)
    location = Place(frame.module.syntax, fallback.handler).location()
    interpreter.observe("settings-fallback", location, fallback.name, exception=exception)


def _is_broad(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler catches what a settings class raises when it refuses its values."""
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = [last_name(one) for one in caught if one is not None]
    return not names or any(name in _BROAD or name.endswith(_REFUSING) for name in names)


def _made(body: list[ast.stmt]) -> Iterator[Made]:
    """Yield names that get the result of a call, also one that is returned."""
    for statement in body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Return):
            call = statement.value
            if not isinstance(call, ast.Call):
                continue
            targets: list[ast.expr] = []
            if isinstance(statement, ast.Return):
                yield "", call
            elif isinstance(statement, ast.AnnAssign):
                targets = [statement.target]
            else:
                targets = statement.targets
            yield from ((target.id, call) for target in targets if isinstance(target, ast.Name))


def _instead(
    frame: Frame, node: ast.stmt, handler: ast.ExceptHandler, name: str
) -> Iterator[ast.Call]:
    """Yield the calls whose result stands where that of the ``try`` would after its error."""
    yield from (call for other, call in _made(handler.body) if other == name)
    if not _goes_on(handler):
        return
    before, after = _around(frame.module.syntax.tree, node)
    if not name:
        yield from (call for other, call in _made(after) if not other)
        return
    yield from (call for other, call in _made(before[::-1]) if other == name)
    for statement in after:
        if isinstance(statement, ast.If) and _mentions(statement.test, name):
            yield from (call for other, call in _made(statement.body) if other in {name, ""})


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler does nothing but tell of the error."""
    return all(
        isinstance(one, ast.Pass)
        or (isinstance(one, ast.Expr) and "exit" not in ast.unparse(one.value))
        for one in handler.body
    )


def _around(tree: ast.Module, node: ast.stmt) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """Return the statements before and after one in its block; a ``with`` counts by its place."""
    wanted = (node.lineno, node.col_offset)
    for outer in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block: list[ast.stmt] = getattr(outer, name, [])
            for index, one in enumerate(block if isinstance(block, list) else ()):
                if (one.lineno, one.col_offset) == wanted:
                    return block[:index], block[index + 1 :]
    return [], []


def _mentions(test: ast.expr, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(test))


def _gives_others(
    interpreter: Interpreter, frame: Frame, first: ast.Call, other: ast.Call, helpers: int
) -> bool:
    """Say whether a call makes settings of another class, or with values that code writes.

    Arguments that begin with ``_`` name files and prefixes: what they hold is refused alike.
    """
    if other.args or any(not str(one.arg).startswith("_") for one in other.keywords):
        return True
    if ast.unparse(first.func) == ast.unparse(other.func):
        return False
    try:
        callee = interpreter.evaluate(frame, other.func).data
    except ProgramError:
        return False
    if isinstance(callee, ClassData):
        return _is_settings(callee)
    body = callee.node.body if isinstance(callee, FunctionData) and helpers else None
    return isinstance(body, list) and any(
        _gives_others(interpreter, callee.frame, first, inner, helpers - 1)
        for name, inner in _made(body)
        if not name
    )


def _holds_settings(value: Value | None) -> bool:
    """Say whether a value is an object of a settings class."""
    if value is None or not isinstance(value.data, Instance) or value.data.cls is None:
        return False
    return _is_settings(value.data.cls)


def _is_settings(cls: ClassData) -> bool:
    """Say whether a class is one of settings, by its library or by its name."""
    names = (*cls.externals(), *(one.name for one in cls.lineage()))
    return any(word in name.lower() for name in names for word in _WORDS)
