"""Where a value comes from, as the candidates that reports show."""

import ast

from secaudit.evaluation.values import Value, plain
from secaudit.facts import Candidate


def candidates_of(value: Value, layer: str) -> tuple[Candidate, ...]:
    """Return the candidates of a value; one of ``layer`` where code writes or computes it."""
    if value.candidates:
        return value.candidates
    if value.place is None:
        return (Candidate(layer, plain(value), None, None, literal=True),)
    data = plain(value)
    literal = is_literal(value.place.node) and _is_written(value.place.node, data)
    text = data if literal and isinstance(data, str) else None
    return (Candidate(layer, data, text, value.place.location(), literal),)


def _is_written(node: ast.AST, data: object) -> bool:
    """Say whether ``data`` is of the kind that a literal writes, not something drawn from it."""
    display = isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict)
    return display == isinstance(data, list | tuple | set | frozenset | dict)


def is_literal(node: ast.AST) -> bool:
    """Say whether a node writes its value out, without names and calls."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(is_literal(element) for element in node.elts)
    if isinstance(node, ast.Dict):
        return all(key is not None and is_literal(key) for key in node.keys) and all(
            is_literal(value) for value in node.values
        )
    if isinstance(node, ast.UnaryOp):
        return is_literal(node.operand)
    if isinstance(node, ast.BinOp):
        return is_literal(node.left) and is_literal(node.right)
    return False
