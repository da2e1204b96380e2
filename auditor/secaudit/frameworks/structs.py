"""attrs and msgspec: what their ``field()`` says of a field, as ``dataclasses.field`` does."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.record_classes import FIELD
from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import Instance, Value


def _field(call: Call) -> Value:
    """``attrs.field(default=..., factory=..., converter=...)``, ``attrs.Factory(callable)``."""
    instance = Instance(FIELD, None, call.interpreter.level)
    instance.state["call"] = call
    return Value(instance, call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = dict.fromkeys(
    (
        *("attrs.field", "attrs.Factory", "attr.field", "attr.ib", "attr.attrib", "attr.Factory"),
        "msgspec.field",
    ),
    _field,
)
