"""What readers of the environment share: candidates of a variable with a default behind them."""

from collections.abc import Callable
from typing import Any

from secaudit.evaluation.candidates import candidates_of
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.operators import run
from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import Place, Value, plain
from secaudit.facts import Candidate, Unknown


def variable(
    interpreter: Interpreter,
    name: str,
    default: Value | None,
    place: Place,
    more: tuple[Candidate, ...] = (),
) -> Value:
    """Return the value of a variable: environment, then ``more`` layers, then the default.

    ``default`` is None for a variable that must be given; the value is then Unknown and carries
    the error that start-up would stop with.
    """
    candidates = (*interpreter.environment.lookup(name), *more)
    written = default is not None and default.data is not None
    fallback = candidates_of(default, "default") if default is not None and written else ()
    if candidates:
        value = Value(candidates[0].value, place, (*candidates, *fallback), (name,))
    elif default is None:
        reason = f"{name} is not given"
        value = Value(Unknown(reason), place, (), (name,), error=f"{reason} and has no default")
    else:
        names = (name, *(n for n in default.variables if n != name))
        value = default._replace(candidates=fallback, variables=names, source=None)
        if default.place is None or default.data is None:
            value = value._replace(place=place)
    interpreter.reads.append((name, value, place))
    return value


def not_known(reason: str) -> Candidate:
    """Return what a file that nobody knows gives, behind a process that may have the variable."""
    return Candidate("env-file", Unknown(reason), None, None, literal=False)


def required(value: Value, kind: str, place: Place) -> Value:
    """Return the value, or raise what a reader raises for a missing variable inside ``try``."""
    if value.error is not None:
        raise ProgramError(kind, value.error, place)
    return value


def cast(  # noqa: PLR0913 - what is converted, how, and what reports call it
    interpreter: Interpreter,
    value: Value,
    function: Callable[[Any], Any],
    place: Place,
    kind: str,
    *,
    strings_only: bool = False,
) -> Value:
    """Convert a value and each of its candidates; a value that does not fit carries the error.

    ``kind`` is what reports call the type.

    Raises:
        ProgramError: the conversion raises inside ``try``.
    """
    if isinstance(value.data, Unknown):
        return value

    def convert(data: Any) -> Any:  # noqa: ANN401 - a value of the evaluated program
        if strings_only and not isinstance(data, str):
            return data
        return function(data)

    try:
        result = run(convert, place, plain(value))
    except ProgramError as error:
        if interpreter.handlers:
            raise
        reason = f"start-up stops with {error.kind}"
        note_undecodable(interpreter, value, kind, reason)
        return value._replace(data=Unknown(f"does not convert: {error.kind}"), error=reason)
    if not value.candidates:
        return value._replace(data=result)
    first, *others = value.candidates
    shadowed = (_converted(one, convert, place) for one in others)
    return value._replace(data=result, candidates=(first._replace(value=result), *shadowed))


def _converted(candidate: Candidate, convert: Callable[[Any], Any], place: Place) -> Candidate:
    try:
        return candidate._replace(value=run(convert, place, candidate.value))
    except ProgramError as error:
        return candidate._replace(value=Unknown(f"does not convert: {error.kind}"))


def note_undecodable(interpreter: Interpreter, value: Value, kind: str, reason: str) -> None:
    """Note a value from outside the code that is not of the type its reader wants."""
    first = value.candidates[0] if value.candidates else None
    if first is None or first.layer == "default" or not value.variables:
        return
    location = first.location or (value.place.location() if value.place is not None else None)
    if location is not None:
        key = value.variables[0]
        interpreter.observe("value-undecodable", location, key, key=key, type=kind, reason=reason)
