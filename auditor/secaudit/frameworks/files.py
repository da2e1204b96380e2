"""Files that code opens to read: ``open(path).read()`` and the same in a ``with``."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.files import check_there, text_of_file
from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import Instance, PathData, Value, plain, unknown

_FILE: Final = "io.TextIOWrapper"
_READING: Final = frozenset({"r", "rt", "tr", "rb", "br"})


def opened(call: Call) -> Value:
    """``open(file, mode="r")``: an object to read from; one to write to is of no interest."""
    file = call.argument(0, "file") or Value(None)
    path = file.data.text if isinstance(file.data, PathData) else plain(file)
    how = plain(call.argument(1, "mode") or Value("r"))
    if not isinstance(path, str) or how not in _READING:
        return unknown("opens a file", call.place)
    check_there(call.interpreter, path, call.place)
    instance = Instance(_FILE, None, call.interpreter.level)
    instance.state |= {"path": path, "binary": "b" in str(how)}
    return Value(instance, call.place)


def _read(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``file.read()``: everything, as long as it is the first read."""
    path = instance.state.pop("path", None)
    if call.arguments or path is None:
        return unknown("reads a part of a file", call.place)
    return text_of_file(call.interpreter, path, call.place, binary=instance.state["binary"])


def _itself(receiver: Value, _instance: Instance, _call: Call) -> Value:
    return receiver


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "builtins.open": opened,
    "io.open": opened,
}
METHODS: Final[dict[str, Callable[[Value, Instance, Call], Value]]] = {
    f"{_FILE}.read": _read,
    f"{_FILE}.__enter__": _itself,
}
