"""``try`` and ``contextlib.suppress``: which handler runs, and whether it replaces settings."""

import ast
import builtins
from typing import Final

from secaudit.evaluation.control import Frame, ProgramError, RefusedError, ReturnSignal
from secaudit.evaluation.expressions import evaluate
from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import External, Place, unknown
from secaudit.syntax.python import last_name

_OF_PYDANTIC: Final = frozenset({"ValidationError", "SettingsError"})
_ALIASES: Final = frozenset({"IOError", "EnvironmentError"})  # of OSError


def execute_try(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    """Run the body; a handler only when the body certainly raises."""
    assert isinstance(node, ast.Try | ast.TryStar)  # noqa: S101 - narrows the type
    watchers = interpreter.watchers
    fallback = watchers.find_fallback(interpreter, frame, node)
    try:
        try:
            _run_body(interpreter, frame, node, replaceable=fallback is not None)
        except ProgramError as error:
            handler = _handler(node.handlers, error)
            if handler is None:
                raise
            refused = isinstance(error, RefusedError)
            if refused and fallback is not None and handler is fallback.handler:
                watchers.note_refused(interpreter, frame, fallback)
            if handler.name is not None:
                place = Place(frame.module.syntax, handler)
                frame.locals[handler.name] = unknown("a caught exception", place)
            interpreter.execute(frame, handler.body)
        except ReturnSignal as signal:
            if fallback is not None:
                watchers.note_try(interpreter, frame, fallback, signal.value)
            raise
        else:
            if fallback is not None:
                watchers.note_try(interpreter, frame, fallback, None)
            interpreter.execute(frame, node.orelse)
    finally:
        interpreter.execute(frame, node.finalbody)


def _run_body(
    interpreter: Interpreter, frame: Frame, node: ast.Try | ast.TryStar, *, replaceable: bool
) -> None:
    handled = bool(node.handlers)
    interpreter.handlers += handled
    interpreter.replaceable += replaceable
    try:
        interpreter.execute(frame, node.body)
    finally:
        interpreter.handlers -= handled
        interpreter.replaceable -= replaceable


def _handler(handlers: list[ast.ExceptHandler], error: ProgramError) -> ast.ExceptHandler | None:
    kinds = {name for kind in (error.kind, *error.bases) for name in _lineage(kind)}
    for handler in handlers:
        if handler.type is None:
            return handler
        types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(last_name(item) in kinds for item in types):
            return handler
    return None


def _lineage(kind: str) -> set[str]:
    """Return the names by which a handler catches an exception class; unknown ones are errors."""
    known = getattr(builtins, "ValueError" if kind in _OF_PYDANTIC else kind, Exception)
    names = {kind, *(cls.__name__ for cls in getattr(known, "__mro__", ()))}
    return names | _ALIASES if "OSError" in names else names


def suppressing(interpreter: Interpreter, frame: Frame, node: ast.With) -> ast.Try | None:
    """Return ``with suppress(KeyError): ...`` as the ``try`` it stands for, None without it."""
    for index, item in enumerate(node.items):
        call = item.context_expr
        if not isinstance(call, ast.Call) or not _is_suppress(interpreter, frame, call.func):
            continue
        rest = [*node.items[:index], *node.items[index + 1 :]]
        inner: list[ast.stmt] = node.body
        if rest:
            inner = [ast.copy_location(ast.With(rest, node.body), node)]
        caught = ast.copy_location(ast.Tuple(call.args, ast.Load()), call)
        handler = ast.copy_location(ast.ExceptHandler(caught, None, [ast.Pass()]), call)
        return ast.copy_location(ast.Try(inner, [handler], [], []), node)
    return None


def _is_suppress(interpreter: Interpreter, frame: Frame, callee: ast.expr) -> bool:
    if last_name(callee) != "suppress":
        return False
    data = evaluate(interpreter, frame, callee).data
    return isinstance(data, External) and data.name == "contextlib.suppress"
