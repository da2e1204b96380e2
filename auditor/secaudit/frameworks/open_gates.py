"""Checks of access that an empty credential or a switch turns off.

Three shapes: a refusal under a condition that begins with the credential (``if KEYS and key not in
KEYS``), a check inside ``if KEYS:``, and a return before the refusal (``if not KEYS: return``).
"""

import ast
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Final

from secaudit.evaluation import operators
from secaudit.evaluation.control import Frame
from secaudit.evaluation.expressions import evaluate
from secaudit.evaluation.runtime import Interpreter, SinkUse
from secaudit.evaluation.values import Place, Value
from secaudit.frameworks.sinks import group_of, use
from secaudit.patterns import lazy
from secaudit.syntax.python import Function, last_name

_MAX_NODES: Final = 2_000  # of a function; a check of access is short
_CREDENTIAL: Final = lazy(r"(^|_)(api_?keys?|keys?|tokens?|secrets?|passwords?|credentials?)(_|$)")
_SWITCH: Final = lazy(
    r"(^|_)(require|check|verify|validate|enforce|enable|protect|use)d?_.*(auth|token|key|login|jwt)"
    r"|(auth|token|key|login|jwt)\w*_(required|checked|check|enabled|enforced)$"
)
_ELSEWHERE: Final = lazy(r"captcha|turnstile|webhook_url|public_key")
_STATUSES: Final = frozenset({401, 403})
_WORDS: Final = ("UNAUTHORIZED", "FORBIDDEN", "Unauthorized", "Forbidden", "PermissionDenied")


def note_if(interpreter: Interpreter, frame: Frame, node: ast.If) -> None:
    """Record a check of access, in a function, that does not take place in this deployment."""
    gate, negated = _gate(node.test)
    name = _name(gate).lower()
    is_credential, is_switch = _CREDENTIAL.search(name), _SWITCH.search(name)
    if not (is_credential or is_switch) or _ELSEWHERE.search(name):
        return
    function = _functions(frame.module.syntax.tree).get(id(node))
    if function is None or not _is_check(function, node, negated=negated):
        return
    value = evaluate(interpreter, frame, gate)
    if operators.truth(value) is not False or not (value.variables or value.source):
        return
    if value.data is not False and not (is_credential and _is_compared(function, gate)):
        return
    if value.data is False and not is_switch:
        return
    place = Place(frame.module.syntax, gate)
    off = tuple(one._replace(value=False) for one in value.candidates)
    closed = Value(False, value.place or place, off, value.variables)
    service = "" if value.data is False else "credential"
    group, written = group_of(place, "gate"), _name(gate)
    use(interpreter, SinkUse("access.enabled", group, written, closed, place.location(), service))


def _gate(test: ast.expr) -> tuple[ast.expr, bool]:
    """Return what decides first in a condition, and whether it is negated."""
    first = test.values[0] if isinstance(test, ast.BoolOp) else test
    if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.Not):
        return first.operand, True
    return first, False


def _is_check(function: Function, node: ast.If, *, negated: bool) -> bool:
    """Say whether a condition stands before a refusal in one of the three shapes."""
    if negated:
        behind = function.body[function.body.index(node) + 1 :] if node in function.body else []
        is_or = not isinstance(node.test, ast.BoolOp) or isinstance(node.test.op, ast.Or)
        return is_or and isinstance(node.body[-1], ast.Return) and _refuses(behind)
    if isinstance(node.test, ast.BoolOp):
        return isinstance(node.test.op, ast.And) and _refuses(node.body)
    inner = [one for one in node.body if isinstance(one, ast.If)]
    others = [one for one in node.body if not isinstance(one, ast.If)]
    return bool(inner) and _refuses(inner) and not _refuses(others)


@lru_cache(maxsize=10_000)  # each evaluation of an audit looks at the same modules
def _functions(tree: ast.Module) -> dict[int, Function]:
    """Return the innermost function of each ``if``; none for those in very long ones."""
    found: dict[int, Function] = {}
    for function in ast.walk(tree):  # breadth first: inner functions come later
        if isinstance(function, Function):
            nodes = list(islice(ast.walk(function), _MAX_NODES + 1))
            known = function if len(nodes) <= _MAX_NODES else None
            for node in nodes:
                if isinstance(node, ast.If) and known is not None:
                    found[id(node)] = known
    return found


def _refuses(body: Iterable[ast.stmt]) -> bool:
    """Say whether statements answer 401 or 403, by raising, ``abort`` or a response."""
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


def _is_compared(function: Function, gate: ast.expr) -> bool:
    """Say whether the function also looks at the credential elsewhere than in the gate."""
    text = ast.unparse(gate)
    nodes = ast.walk(function)
    return sum(isinstance(one, type(gate)) and ast.unparse(one) == text for one in nodes) > 1


def _name(gate: ast.expr) -> str:
    if isinstance(gate, ast.Subscript):
        return str(gate.slice.value) if isinstance(gate.slice, ast.Constant) else ""
    return last_name(gate)
