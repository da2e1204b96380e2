"""CORS headers that code writes by hand: ``*``, or the request's own ``Origin`` sent back.

Read from the syntax of each function, whatever the framework: a header is an item that is set, an
argument of ``add`` or ``set``, an entry of a dictionary, or a pair of an ASGI message.
"""

import ast
from collections.abc import Iterator
from typing import Final

from secaudit.evaluation.runtime import Interpreter, SinkUse
from secaudit.evaluation.values import ListData, Place, Value
from secaudit.frameworks.sinks import group_of, use
from secaudit.records import NamedTuple
from secaudit.syntax.python import Function, Module

_ORIGIN: Final = "access-control-allow-origin"
_CREDENTIALS: Final = "access-control-allow-credentials"
_REQUESTED: Final = frozenset({"origin", "http_origin"})  # as a header, in WSGI's environ
_PAIR: Final = 2
_NAME: Final = "Access-Control-Allow-Origin"


class _Written(NamedTuple):
    """A header that a function writes: its name in lower case, and the expression."""

    name: str
    value: ast.expr


def look(interpreter: Interpreter) -> None:
    """Record the origins that functions of the evaluated modules let in by hand."""
    for module in interpreter.modules.values():
        if "llow-" in module.syntax.text:
            for function in _outermost(module.syntax.tree):
                _function(interpreter, module.syntax, function)


def _outermost(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the functions that are not inside another one."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, Function):
            yield child
        else:
            yield from _outermost(child)


def _function(interpreter: Interpreter, module: Module, function: ast.AST) -> None:
    written = list(_headers(function))
    names = _names_of_origin(function)
    mirrors = any(one.name == _ORIGIN and _is_origin(one.value, names) for one in written)
    mirrors = mirrors and not _is_checked(function, names)
    for header in written:
        if header.name != _ORIGIN:
            continue
        place = Place(module, header.value)
        group = group_of(Place(module, function), _NAME)
        if _text(header.value) == "*":
            value, concept = Value(ListData([Value("*", place)], "list"), place), "cors.origins"
        elif mirrors and _is_origin(header.value, names):
            value, concept = Value(True, place), "cors.allow_all"
        else:
            continue
        use(interpreter, SinkUse(concept, group, _NAME, value, place.location(), "header"))
        if concept == "cors.allow_all":  # browsers refuse the answer ``*`` with credentials
            _credentials(interpreter, module, written, group)
        return


def _credentials(
    interpreter: Interpreter, module: Module, written: list[_Written], group: str
) -> None:
    for header in written:
        if header.name == _CREDENTIALS and (text := _text(header.value)) is not None:
            place = Place(module, header.value)
            value = Value(text.lower() == "true", place)
            name = "Access-Control-Allow-Credentials"
            sink = SinkUse("cors.credentials", group, name, value, place.location(), "header")
            use(interpreter, sink)


def _headers(function: ast.AST) -> Iterator[_Written]:
    """Yield the headers that a function writes, in no particular order."""
    for node in ast.walk(function):
        pairs: list[tuple[ast.expr | None, ast.expr]] = []
        if isinstance(node, ast.Assign):
            targets = [target for target in node.targets if isinstance(target, ast.Subscript)]
            pairs = [(target.slice, node.value) for target in targets]
        elif isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            pairs = [(node.args[0], node.args[1])] if len(node.args) == _PAIR else []
        elif isinstance(node, ast.Tuple | ast.List) and len(node.elts) == _PAIR:
            pairs = [(node.elts[0], node.elts[1])]
        for key, value in pairs:
            name = _text(key)
            if name is not None and name.lower() in {_ORIGIN, _CREDENTIALS}:
                yield _Written(name.lower(), value)


def _text(node: ast.expr | None) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else None


def _names_of_origin(function: ast.AST) -> frozenset[str]:
    """Return the variables that hold the request's origin and nothing else."""
    held: dict[str, list[bool]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    is_origin = _is_origin(node.value, frozenset())
                    held.setdefault(target.id, []).append(is_origin)
    return frozenset(name for name, origins in held.items() if all(origins))


def _is_origin(node: ast.expr, names: frozenset[str]) -> bool:
    """Say whether an expression is the request's origin, with or without a fallback."""
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return _is_origin(node.values[0], names)
    if isinstance(node, ast.Subscript):
        return (_text(node.slice) or "").lower() in _REQUESTED
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in {"encode", "decode", "strip"}:
            return _is_origin(node.func.value, names)
        key = _text(node.args[0]) if node.args else None
        return node.func.attr == "get" and (key or "").lower() in _REQUESTED
    return False


def _is_checked(function: ast.AST, names: frozenset[str]) -> bool:
    """Say whether a condition compares the origin or hands it to a function.

    That it is there (``if origin:``, ``is not None``) is no check.
    """
    for node in ast.walk(function):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            none = any(isinstance(side, ast.Constant) and side.value is None for side in sides)
            if not none and any(_is_origin(side, names) for side in sides):
                return True
        elif isinstance(node, ast.Call) and not _writes(node):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
            own = isinstance(receiver, ast.Name) and receiver.id in names
            if own or any(_is_origin(one, names) for one in given):
                return True
    return False


def _writes(call: ast.Call) -> bool:
    """Say whether a call writes a header or only turns the text into bytes or back."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    key = _text(call.args[0]) if call.args else None
    return name in {"encode", "decode", "strip"} or (key or "").lower() in {_ORIGIN, "vary"}
