"""Operators on plain values, bounded before anything large is computed."""

import ast
import operator
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from secaudit.evaluation.bounds import MAX_ITEMS, MAX_TEXT
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.paths import above, path_of
from secaudit.evaluation.values import (
    DictData,
    External,
    Instance,
    ListData,
    PathData,
    Place,
    Value,
    merge_parts,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import Candidate, Unknown

_MAX_BITS = 4_096  # of an integer result
Scalar = (bool, int, float, str, bytes, type(None), timedelta, datetime)

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}


def derive(function: Callable[..., Any], place: Place | None, *operands: Value) -> Value:
    """Apply a pure function to values, and to each candidate of the one that has candidates.

    Raises:
        ProgramError: the function raises for the effective values.
    """
    for operand in operands:
        if isinstance(operand.data, Unknown):
            return operand._replace(candidates=(), place=place)
    data = run(function, place, *(operand.data for operand in operands))
    return provenance(data, function, place, *operands)


def provenance(
    data: Any,  # noqa: ANN401 - a value of the evaluated program
    function: Callable[..., Any],
    place: Place | None,
    *operands: Value,
) -> Value:
    """Return the value ``data`` that ``function`` made of operands, with where it came from."""
    carriers = [index for index, operand in enumerate(operands) if operand.candidates]
    candidates: tuple[Candidate, ...] = ()
    if len(carriers) == 1:
        index = carriers[0]
        plains = [operand.data for operand in operands]

        def again(value: Any) -> Any:  # noqa: ANN401 - a value of the evaluated program
            if isinstance(value, Unknown):
                return value
            try:
                return plain(function(*plains[:index], value, *plains[index + 1 :]))
            except Exception as error:  # noqa: BLE001 - a shadowed candidate that would not pass
                return Unknown(f"raises {type(error).__name__}")

        first, *others = operands[index].candidates
        result = plain(data)
        candidates = (
            first._replace(value=result),
            *(other._replace(value=again(other.value)) for other in others),
        )
    return Value(data, place, candidates, merge_variables(operands), None, merge_parts(operands))


def run(function: Callable[..., Any], place: Place | None, *data: Any) -> Any:  # noqa: ANN401 - values of the evaluated program
    """Call a pure function; what it raises is what the evaluated program would raise."""
    try:
        return function(*data)
    except ProgramError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, AttributeError) as error:
        raise ProgramError(type(error).__name__, str(error), place) from None
    except (MemoryError, RecursionError):
        return Unknown("too large to compute")


def binary(  # noqa: C901 - one table of operand kinds
    op: ast.operator, left: Value, right: Value, place: Place | None
) -> Value:
    """Return ``left op right``; Unknown when it is not determined or would be very large."""
    left, right = _mixed(left), _mixed(right)
    for operand in (left, right):
        if isinstance(operand.data, Unknown):
            return operand._replace(candidates=(), place=place)
    if isinstance(left.data, PathData) or (
        isinstance(right.data, PathData) and isinstance(op, ast.Div)
    ):
        return _path(op, left, right, place)
    if isinstance(left.data, ListData) or isinstance(right.data, ListData):
        return _lists(op, left, right, place)
    if isinstance(left.data, DictData) and isinstance(right.data, DictData):
        if isinstance(op, ast.BitOr):
            joined = DictData(dict(left.data.items), left.data.rest)
            joined.absorb(right)
            return Value(joined, place)
        return unknown("an operation on dictionaries", place)
    if isinstance(op, ast.Mod) and isinstance(left.data, str):
        return _percent(left, right, place)
    if isinstance(right.data, Instance) and isinstance(op, ast.Add):
        left, right = right, left
    if isinstance(left.data, Instance) and isinstance(right.data, timedelta | int | float):
        return _later(op, left.data, right, place)
    if not (isinstance(left.data, Scalar) and isinstance(right.data, Scalar)):
        return unknown("an operation on objects", place)
    if _too_large(op, left.data, right.data):
        return unknown("too large to compute", place)
    return derive(_BINARY.get(type(op), _unsupported), place, left, right)


def _mixed(value: Value) -> Value:
    """Return a member of an enumeration that is a text or a number as that."""
    data = value.data
    if isinstance(data, Instance) and "member" in data.state and "wraps" not in data.state:
        return value._replace(data=data.state["plain"].data)
    return value


SECONDS = "time.moment"  # seconds since the epoch, as ``time.time()`` counts


def _later(op: ast.operator, moment: Instance, delta: Value, place: Place | None) -> Value:
    """``now + timedelta(...)``, ``time.time() + seconds``: the distance to now is what matters."""
    start: Value | None = moment.state.get("delta")
    seconds = not isinstance(delta.data, timedelta)
    if start is None or not isinstance(op, ast.Add) or seconds != (moment.type_name == SECONDS):
        return unknown("an operation on objects", place)
    if seconds:
        delta = derive(lambda number: timedelta(seconds=number), place, delta)
    later = Instance(moment.type_name, None, moment.level)
    total = delta if start.data == timedelta() else binary(op, start, delta, place)
    later.state["delta"] = total
    return Value(later, place)


def _unsupported(*_: Any) -> Unknown:  # noqa: ANN401 - values of the evaluated program
    return Unknown("an operator that is not evaluated")


def _too_large(op: ast.operator, left: Any, right: Any) -> bool:  # noqa: ANN401 - values of the evaluated program
    if isinstance(op, ast.Mult):
        for text, count in ((left, right), (right, left)):
            if isinstance(text, str | bytes) and isinstance(count, int):
                return len(text) * max(count, 0) > MAX_TEXT
    if isinstance(op, ast.Add) and isinstance(left, str) and isinstance(right, str):
        return len(left) + len(right) > MAX_TEXT
    if not (isinstance(left, int) and isinstance(right, int)):
        return False
    if isinstance(op, ast.Pow):
        return left.bit_length() * abs(right) > _MAX_BITS
    if isinstance(op, ast.LShift):
        return left.bit_length() + right > _MAX_BITS
    return left.bit_length() + right.bit_length() > 2 * _MAX_BITS


def _path(op: ast.operator, left: Value, right: Value, place: Place | None) -> Value:
    if isinstance(op, ast.Sub) and isinstance(left.data, PathData) and type(right.data) is int:
        return left._replace(data=above(left.data, right.data), place=place)  # of django-environ
    if not isinstance(op, ast.Div):
        return unknown("an operation on paths", place)
    ends = [plain(left), plain(right)]
    if not all(isinstance(end, str) for end in ends):
        return unknown("an operation on paths", place)
    return Value(path_of(*ends), place, (), merge_variables((left, right)))


def _lists(op: ast.operator, left: Value, right: Value, place: Place | None) -> Value:
    if isinstance(op, ast.Mod) and isinstance(left.data, str):
        return _percent(left, right, place)
    first, second = left.data, right.data
    if isinstance(first, ListData) and isinstance(second, ListData) and first.kind == second.kind:
        if isinstance(op, ast.Add) and first.kind in {"list", "tuple"}:
            if len(first.items) + len(second.items) > MAX_ITEMS:
                return unknown("a very long list", place)
            items = [*first.items, *second.items]
            return Value(
                ListData(items, first.kind, first.rest or second.rest),
                place,
                (),
                merge_variables((left, right)),
                None,
                merge_parts((left, right)),
            )
        return _sets(op, first, second, place)
    return unknown("an operation on lists", place)


def _sets(op: ast.operator, first: ListData, second: ListData, place: Place | None) -> Value:
    if first.kind not in {"set", "frozenset"} or first.rest or second.rest:
        return unknown("an operation on lists", place)
    keys = [plain(item) for item in second.items]
    if isinstance(op, ast.BitOr):
        have = [plain(item) for item in first.items]
        more = [item for item in second.items if plain(item) not in have]
        return Value(ListData([*first.items, *more], first.kind), place)
    if isinstance(op, ast.Sub):
        left = [item for item in first.items if plain(item) not in keys]
        return Value(ListData(left, first.kind), place)
    if isinstance(op, ast.BitAnd):
        both = [item for item in first.items if plain(item) in keys]
        return Value(ListData(both, first.kind), place)
    return unknown("an operation on sets", place)


def _percent(left: Value, right: Value, place: Place | None) -> Value:
    argument = plain(right)
    if isinstance(argument, Unknown):
        return Value(argument, place)
    if any(part.isdigit() and len(part) > 3 for part in _digits(left.data)):  # noqa: PLR2004 - widths of four digits
        return unknown("too large to compute", place)
    parts = argument if isinstance(argument, tuple) else (argument,)
    if sum(len(part) for part in parts if isinstance(part, str)) > MAX_TEXT:
        return unknown("too large to compute", place)
    data = run(operator.mod, place, left.data, argument)
    both = (left, right)
    return Value(data, place, (), merge_variables(both), None, merge_parts(both))


def _digits(text: str) -> list[str]:
    return "".join(c if c.isdigit() else " " for c in text).split()


def unary(op: ast.unaryop, operand: Value, place: Place | None) -> Value:
    """Return ``op operand``."""
    if isinstance(op, ast.Not):
        decided = truth(operand)
        if decided is None:
            return Value(reason_of(operand), place)
        return judged(provenance(not decided, lambda data: not data, place, operand))
    return derive(_UNARY[type(op)], place, operand)


def judged(value: Value) -> Value:
    """Mark the outcome of a comparison: it says something about a text and is not what it says."""
    if not value.candidates:
        return value
    first, *others = value.candidates
    return value._replace(candidates=(first._replace(compared=True), *others))


def reason_of(value: Value) -> Unknown:
    """Return why a value is not known."""
    return value.data if isinstance(value.data, Unknown) else Unknown("an undecided condition")


def truth(value: Value) -> bool | None:
    """Return whether a value counts as true, None when that is not determined."""
    data = value.data
    if isinstance(data, Unknown):
        return None
    if isinstance(data, ListData | DictData):
        if data.items:
            return True
        return None if data.rest is not None else False
    if isinstance(data, Instance):
        if "member" in data.state and "wraps" in data.state:
            return True
        if "plain" in data.state:
            inner = plain(value)
            return None if isinstance(inner, Unknown) else bool(inner)
        decides = data.cls is not None and (data.cls.find("__bool__") or data.cls.find("__len__"))
        return None if decides else True
    if isinstance(data, External):
        return None
    return bool(data) if isinstance(data, Scalar) else True
