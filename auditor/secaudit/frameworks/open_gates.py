"""Checks of access that an empty credential or a switch turns off.

Three shapes: a refusal under a condition that begins with the credential (``if KEYS and key not in
KEYS``), a check inside ``if KEYS:``, and a return before the refusal (``if not KEYS: return``).
"""

import ast
from collections.abc import Iterable
from typing import Final

from secaudit.evaluation import operators
from secaudit.evaluation.expressions import evaluate
from secaudit.evaluation.runtime import Frame, Interpreter, SinkUse
from secaudit.evaluation.values import Place, Value
from secaudit.frameworks.sinks import group_of, use
from secaudit.patterns import lazy

_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_CREDENTIAL: Final = lazy(r"(^|_)(api_?keys?|keys?|tokens?|secrets?|passwords?|credentials?)(_|$)")
_SWITCH: Final = lazy(
    r"(^|_)(require|check|verify|validate|enforce|enable|protect|use)d?_.*(auth|token|key|login|jwt)"
    r"|(auth|token|key|login|jwt)\w*_(required|checked|check|enabled|enforced)$"
)
_ELSEWHERE: Final = lazy(r"captcha|turnstile|webhook_url|public_key")
_STATUSES: Final = frozenset({401, 403})
_WORDS: Final = ("UNAUTHORIZED", "FORBIDDEN", "Unauthorized", "Forbidden", "PermissionDenied")


def note_if(interpreter: Interpreter, frame: Frame, node: ast.If) -> None:
    """Record a check of access that does not take place in this deployment."""
    if frame.is_module():
        return
    gate = _gate(frame, node)
    if not isinstance(gate, ast.Name | ast.Attribute | ast.Subscript):
        return
    name = _name(gate)
    if _ELSEWHERE.search(name.lower()):
        return
    value = evaluate(interpreter, frame, gate)
    if operators.truth(value) is not False or not (value.variables or value.source):
        return
    is_switch = value.data is False
    if is_switch and not _SWITCH.search(name.lower()):
        return
    if not is_switch and not (_CREDENTIAL.search(name.lower()) and _is_compared(frame, gate)):
        return
    place = Place(frame.module.syntax, gate)
    off = tuple(one._replace(value=False) for one in value.candidates)
    closed = Value(False, value.place or place, off, value.variables)
    service = "" if is_switch else "credential"
    group = group_of(place, "gate")
    use(interpreter, SinkUse("access.enabled", group, name, closed, place.location(), service))


def _gate(frame: Frame, node: ast.If) -> ast.expr | None:
    """Return what must be true for the check to take place, None where no check is seen."""
    if _refuses(node.body):
        if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And):
            return node.test.values[0]
        inner = [one for one in node.body if isinstance(one, ast.If)]
        return node.test if inner and _refuses(inner) and not _refuses(_others(node)) else None
    first = node.test
    if isinstance(first, ast.BoolOp) and isinstance(first.op, ast.Or):
        first = first.values[0]
    if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.Not):
        leaves = isinstance(node.body[-1], ast.Return)
        return first.operand if leaves and _refuses(_after(frame, node)) else None
    return None


def _others(node: ast.If) -> list[ast.stmt]:
    return [one for one in node.body if not isinstance(one, ast.If)]


def _after(frame: Frame, node: ast.If) -> list[ast.stmt]:
    """Return the statements behind a node in its function."""
    function = _function(frame, node)
    body = function.body if function is not None else []
    return body[body.index(node) + 1 :] if node in body else []


def _function(frame: Frame, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the innermost function that holds a node."""
    found = None
    for outer in ast.walk(frame.module.syntax.tree):
        if isinstance(outer, _FUNCTIONS) and any(inner is node for inner in ast.walk(outer)):
            found = outer  # walked breadth first: the last one is the innermost
    return found


def _refuses(body: Iterable[ast.stmt]) -> bool:
    """Return whether statements answer 401 or 403, by raising, ``abort`` or a response."""
    return any(_refuses_here(node) for statement in body for node in ast.walk(statement))


def _refuses_here(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return any(_is_status(one) for one in given)
    if isinstance(node, ast.Raise) and node.exc is not None:
        text = ast.unparse(node.exc)
        return any(word in text for word in _WORDS)
    returned = node.value if isinstance(node, ast.Return) else None
    return isinstance(returned, ast.Tuple) and any(_is_status(one) for one in returned.elts)


def _is_status(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value in _STATUSES
    return isinstance(node, ast.Attribute) and any(word in node.attr for word in _WORDS)


def _is_compared(frame: Frame, gate: ast.expr) -> bool:
    """Return whether the function also looks at the credential elsewhere than in the gate."""
    function, text = _function(frame, gate), ast.unparse(gate)
    nodes = ast.walk(function) if function is not None else ()
    return sum(isinstance(one, type(gate)) and ast.unparse(one) == text for one in nodes) > 1


def _name(gate: ast.expr) -> str:
    if isinstance(gate, ast.Attribute):
        return gate.attr
    if isinstance(gate, ast.Subscript):
        return str(gate.slice.value) if isinstance(gate.slice, ast.Constant) else ""
    return gate.id if isinstance(gate, ast.Name) else ""
