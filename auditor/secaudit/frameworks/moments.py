"""``datetime`` and ``time``: moments, of which only the distance to now matters."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from secaudit.evaluation.operators import SECONDS
from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import Instance, Value

_DATETIME: Final = "datetime.datetime"
MOMENTS: Final = frozenset({_DATETIME, SECONDS})


def _now(type_name: str) -> Callable[[Call], Value]:
    """Return the handler of a clock: ``datetime.now(...)``, ``time.time()``."""

    def read(call: Call) -> Value:
        moment = Instance(type_name, None, call.interpreter.level)
        moment.state["delta"] = Value(timedelta(), call.place)
        return Value(moment, call.place)

    return read


def _same(receiver: Value, _instance: Instance, _call: Call) -> Value:
    """``moment.astimezone(...)``, ``moment.replace(tzinfo=...)``: the same moment."""
    return receiver


def _timestamp(_receiver: Value, instance: Instance, call: Call) -> Value:
    moment = Instance(SECONDS, None, call.interpreter.level)
    moment.state.update(instance.state)
    return Value(moment, call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "datetime.datetime.now": _now(_DATETIME),
    "datetime.datetime.utcnow": _now(_DATETIME),
    "time.time": _now(SECONDS),
}
METHODS: Final = {
    f"{_DATETIME}.astimezone": _same,
    f"{_DATETIME}.replace": _same,
    f"{_DATETIME}.timestamp": _timestamp,
}
