"""Sinks as tables: arguments of library calls whose meaning is known, and what absence means."""

from collections.abc import Callable
from typing import Any, Final

from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import Instance, ListData, Place, Value, plain
from secaudit.facts import Unknown
from secaudit.location import Location
from secaudit.records import NamedTuple

ABSENT: Final = object()  # no library default: an argument that is not given says nothing


class Argument(NamedTuple):
    """One argument: its name and position, its concept, the library's default."""

    name: str
    concept: str
    default: Any = ABSENT
    position: int = -1
    service: str = ""


def group_of(place: Place, label: str) -> str:
    """Return the group of the settings of one call."""
    location = place.location()
    return f"{label}@{location.path}:{location.line}:{location.column}"


def record(
    call: Call, label: str, arguments: tuple[Argument, ...], service: str = "", group: str = ""
) -> str:
    """Record the arguments of a call at their concepts; returns their group."""
    group = group or group_of(call.place, label)
    for argument in arguments:
        value = call.argument(argument.position, argument.name)
        layer = "assignment"
        if value is None:
            if argument.default is ABSENT:
                continue
            layer = "library-default"
            value = library_default(argument.default, call.place)
        use(
            call.interpreter,
            SinkUse(
                argument.concept,
                group,
                f"{label}.{argument.name}",
                value,
                call.location() if layer == "library-default" else call.location(argument.name),
                argument.service or service,
                layer,
            ),
        )
    return group


def library_default(data: Any, place: Place) -> Value:  # noqa: ANN401 - plain data
    """Return a library's default as a value at the place where it would be written."""
    if isinstance(data, list | tuple):
        kind = "list" if isinstance(data, list) else "tuple"
        return Value(ListData([Value(item, place) for item in data], kind), place)
    return Value(data, place)


def use(interpreter: Interpreter, sink: SinkUse) -> None:
    """Record one value at a concept."""
    interpreter.sinks.append(sink)


def recorder(
    label: str, arguments: tuple[Argument, ...], service: str = "", type_name: str = ""
) -> Callable[[Call], Value]:
    """Return the handler of a call that records its arguments and returns a library object."""

    def handle(call: Call) -> Value:
        record(call, label, arguments, service)
        made = object_of(type_name or label, call)
        made.data.state["call"] = call
        return made

    return handle


def itself(receiver: Value, _instance: Instance, _call: Call) -> Value:
    """Return the object whose method is called: ``with client as session`` and the like."""
    return receiver


def object_of(type_name: str, call: Call) -> Value:
    """Return the object of a library's class that a call makes."""
    return Value(Instance(type_name, None, call.interpreter.level), call.place)


def started_as_script(interpreter: Interpreter) -> bool:
    """Say whether the running code is under ``if __name__ == "__main__"``."""
    return "how the module is started" in interpreter.condition


def mitigation(interpreter: Interpreter, location: Location, what: str) -> None:
    """Note a protection that code shows."""
    interpreter.observe("mitigation", location, what, what=what)


def cookie(call: Call, *, same_site: Any = ABSENT) -> Value:  # noqa: ANN401 - plain data
    """``response.set_cookie(key, value, ...)`` of any framework."""
    key = call.argument(0, "key")
    name = plain(key) if key is not None else None
    service = name if isinstance(name, str) else ""
    arguments = (
        Argument("secure", "cookie.secure", default=False),
        Argument("httponly", "cookie.httponly", default=False),
        Argument("samesite", "cookie.samesite", default=same_site),
    )
    if not isinstance(name, Unknown) and service:
        record(call, "set_cookie", arguments, service)
    elif any(argument.name in call.keywords for argument in arguments):
        given = tuple(a for a in arguments if a.name in call.keywords)
        record(call, "set_cookie", given, service)
    return Value(None, call.place)
