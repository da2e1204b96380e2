"""Where a value comes from, as the candidates that reports show."""

import ast

from secaudit.evaluation.values import ListData, Place, Value, plain
from secaudit.facts import Candidate, Element
from secaudit.location import Location


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


def elements_of(value: Value) -> tuple[Element, ...]:
    """Return the texts of a list that stand elsewhere than the list that code puts together."""
    data = value.data
    if not isinstance(data, ListData) or value.candidates or value.place is None:
        return ()
    found = []
    around = value.place.location()
    for item in data.items:
        if isinstance(item.data, str) and (item.candidates or not _inside(item.place, around)):
            given = candidates_of(item, "assignment")
            if given[0].location is not None and _as_given(item.data, given[0]):
                found.append(Element(item.data, given))
    return tuple(found)


def _inside(place: Place | None, around: Location) -> bool:
    """Say whether a place is within these lines, or nowhere."""
    if place is None:
        return True
    inner = place.location()
    return inner.path == around.path and around.line <= inner.line <= around.end_line


def _as_given(text: str, candidate: Candidate) -> bool:
    """Say whether a text is what its source gives, not something that code made of it."""
    return candidate.raw is None or text.casefold() in candidate.raw.casefold()


def choices_of(value: Value) -> tuple[Location, ...]:
    """Return where the flags stand that chose a value in a conditional expression."""
    firsts = (candidates_of(flag, "assignment")[0] for flag in value.choices)
    return tuple(dict.fromkeys(one.location for one in firsts if one.location is not None))


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
