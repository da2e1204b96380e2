"""Comparisons: equality, order, identity and membership of values that keep their provenance."""

import ast
import operator
from collections.abc import Callable
from typing import Any

from secaudit.evaluation.operators import derive, judged, provenance, reason_of, run
from secaudit.evaluation.values import (
    DictData,
    External,
    Instance,
    ListData,
    PathData,
    Place,
    Value,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import Unknown

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def compare(op: ast.cmpop, left: Value, right: Value, place: Place | None) -> Value:
    """Return the outcome of one comparison."""
    return judged(_outcome(op, left, right, place))


def _outcome(op: ast.cmpop, left: Value, right: Value, place: Place | None) -> Value:
    if isinstance(op, ast.Is | ast.IsNot):
        return _identity(op, left, right, place)
    if isinstance(op, ast.In | ast.NotIn):
        return _membership(op, left, right, place)
    if isinstance(left.data, External) is not isinstance(right.data, External):
        return unknown("a comparison with a symbol of a library", place)
    first, second = plain(left), plain(right)
    for side in (first, second):
        if isinstance(side, Unknown):
            return Value(side, place)
    if isinstance(op, ast.Eq | ast.NotEq) and _wrapper(left) != _wrapper(right):
        return Value(isinstance(op, ast.NotEq), place, (), merge_variables([left, right]))
    function = _COMPARE[type(op)]

    def compared(one: Any, two: Any) -> Any:  # noqa: ANN401 - values of the evaluated program
        return function(plain(one), plain(two))

    return provenance(run(compared, place, first, second), compared, place, left, right)


def _wrapper(value: Value) -> str:
    """Return the class of an object that wraps a text and equals only its like, else ``""``."""
    if isinstance(value.data, PathData):
        return "pathlib.Path"
    wraps = isinstance(value.data, Instance) and "wraps" in value.data.state
    return value.data.type_name if wraps else ""


def _identity(op: ast.cmpop, left: Value, right: Value, place: Place | None) -> Value:
    if not left.known or not right.known:
        return Value(reason_of(left if not left.known else right), place)
    simple = (bool, type(None), External)
    if isinstance(left.data, simple) or isinstance(right.data, simple):
        same = left.data == right.data and type(left.data) is type(right.data)
    else:
        same = left.data is right.data
    wanted = isinstance(op, ast.Is)
    target = right.data

    def compared(data: Any, _other: Any) -> bool:  # noqa: ANN401 - values of the evaluated program
        return (data == target and type(data) is type(target)) == wanted

    return provenance(same == wanted, compared, place, left, right)


def _membership(op: ast.cmpop, left: Value, right: Value, place: Place | None) -> Value:
    wanted = isinstance(op, ast.In)
    needle = plain(left)
    if isinstance(needle, Unknown):
        return Value(needle, place)
    container = right.data
    if isinstance(container, ListData):
        alike = [one for one in container.items if not one.known or _wrapper(one) == _wrapper(left)]
        items = [plain(item) for item in alike]
        if needle in [item for item in items if not isinstance(item, Unknown)]:
            found = True
        elif container.rest is not None or any(isinstance(item, Unknown) for item in items):
            return unknown("membership in a list that is not fully known", place)
        else:
            found = False
        return provenance(
            found == wanted,
            lambda one, two: (one in (plain(two) if isinstance(two, ListData) else two)) == wanted,
            place,
            left,
            right,
        )
    if isinstance(container, DictData):
        if needle in container.items:
            return Value(wanted, place)
        return Value(container.rest or (not wanted), place)
    if isinstance(container, str | bytes):
        return derive(lambda one, two: (one in two) == wanted, place, left, right)
    if isinstance(container, Unknown):
        return Value(container, place)
    return unknown("membership in an object", place)
