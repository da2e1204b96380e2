"""Tokens that are read without checking their signature: believed, or only looked at first.

A look at the claims often tells which key verifies; the signature is then checked by another call
on the same token, in the same function, in one that it calls, or in one that calls both.
"""

import ast
from collections.abc import Iterator
from typing import Final

from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.frameworks.sinks import use
from secaudit.syntax.python import Function, last_name

_PENDING: Final = "unverified tokens"
_CHECKS: Final = frozenset(
    (
        *("decode", "decode_complete", "verify", "deserialize_compact", "verify_oauth2_token"),
        *("verify_id_token", "verify_firebase_token", "verify_token"),
    )
)
_LIBRARIES: Final = frozenset({"jwt", "jws", "jose", "PyJWT()"})
_DEPTH: Final = 3  # functions between a caller and the check
_TWO: Final = 2  # a token and its key


def note(call: Call, sink: SinkUse) -> None:
    """Remember a reading without verification until all code was seen."""
    call.interpreter.state.setdefault(_PENDING, []).append((call, sink))


def settle(interpreter: Interpreter) -> None:
    """Record the readings whose token is verified nowhere near."""
    for call, sink in interpreter.state.pop(_PENDING, ()):
        if not _looks_first(call):
            use(interpreter, sink)


def functions_around(call: Call) -> list[Function]:
    """Return the functions that a call stands in, the outermost first."""
    return [
        function  # a walk meets the outer function first
        for function in ast.walk(call.place.module.tree)
        if isinstance(function, Function) and call.place.node in ast.walk(function)
    ]


def _looks_first(call: Call) -> bool:
    """Say whether another call verifies the token that ``call`` reads."""
    around = functions_around(call)[-1:]
    node = call.place.node
    if not around or not isinstance(node, ast.Call):
        return False
    functions = list(_functions(call.interpreter))
    checking = _checking(functions)
    if _checks(around[0], checking, _first(node)):
        return True
    return any(
        _project_name(one) == around[0].name and _checks(caller, checking, _first(one))
        for caller in functions
        for one in ast.walk(caller)
        if isinstance(one, ast.Call)
    )


def _functions(interpreter: Interpreter) -> Iterator[Function]:
    for module in interpreter.modules.values():
        if "token" in module.syntax.text or "jwt" in module.syntax.text:
            for node in ast.walk(module.syntax.tree):
                if isinstance(node, Function):
                    yield node


def _checking(functions: list[Function]) -> frozenset[str]:
    """Return the names of functions that verify, themselves or by one that they call."""
    found: frozenset[str] = frozenset()
    for _ in range(_DEPTH):
        found = frozenset(one.name for one in functions if _checks(one, found, None))
    return found


def _checks(function: Function, checking: frozenset[str], token: str | None) -> bool:
    """Say whether a function verifies a token, which the source writes so; None for any."""
    return any(
        (_verifies(node) or _project_name(node) in checking)
        and (token is None or token in {ast.unparse(one) for one in node.args})
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    )


def _verifies(node: ast.Call) -> bool:
    given = {keyword.arg for keyword in node.keywords}
    with_key = len(node.args) >= _TWO or bool(given & {"key", "algorithms", "audience"})
    if last_name(node.func) not in _CHECKS or not node.args or not with_key:
        return False
    text = ast.unparse(node)
    return "verify_signature" not in text and "verify=False" not in text


def _project_name(node: ast.Call) -> str:
    """Return the name of what a call calls, ``""`` for a function of a token library."""
    owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    return "" if owner.rpartition(".")[2] in _LIBRARIES else last_name(node.func)


def _first(node: ast.Call) -> str:
    return ast.unparse(node.args[0]) if node.args else ""
