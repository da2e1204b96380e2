"""The level of Python's logging: ``logging.basicConfig(level=...)``."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call, SinkUse
from secaudit.evaluation.values import External, Value, plain
from secaudit.frameworks.sinks import group_of, use

_NUMBERS: Final = {10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL"}


def _basic_config(call: Call) -> Value:
    level = call.keywords.get("level")
    name = None if level is None else _name(level)
    if level is not None and name is not None:
        group, place = group_of(call.place, "logging"), call.location("level")
        shown = Value(name, level.place)
        sink = SinkUse("debug.log_level", group, "logging.basicConfig.level", shown, place)
        use(call.interpreter, sink)
    return Value(None, call.place)


def _name(level: Value) -> str | None:
    """Return the name of a level that is written as a constant, a number or a text."""
    if isinstance(level.data, External):
        return level.data.name.rpartition(".")[2]
    data = plain(level)
    if isinstance(data, str):
        return data.upper()
    return _NUMBERS.get(data) if isinstance(data, int) else None


CALLS: Final[dict[str, Callable[[Call], Value]]] = {"logging.basicConfig": _basic_config}
