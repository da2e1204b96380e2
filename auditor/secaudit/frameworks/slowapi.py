"""slowapi: the limiter of FastAPI and Starlette applications."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import Instance, Value
from secaudit.frameworks.sinks import Argument, mitigation, record

_LIMITER: Final = (
    Argument("enabled", "limit.enabled", default=True),
    Argument("storage_uri", "limit.store", "memory://"),
)


def _limiter(call: Call) -> Value:
    """``Limiter(key_func=..., enabled=True, storage_uri=None)``; without a store it is memory."""
    record(call, "Limiter", _LIMITER, "slowapi")
    mitigation(call.interpreter, call.place.location(), "limiter")
    return Value(Instance("slowapi.Limiter"), call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "slowapi.Limiter": _limiter,
    "slowapi.extension.Limiter": _limiter,
}
