"""dj-database-url: ``config()`` reads ``DATABASE_URL``, ``parse()`` takes a URL."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.calls import Call
from secaudit.evaluation.values import Value, plain
from secaudit.frameworks.database_urls import as_dictionary
from secaudit.frameworks.reading import variable


def _config(call: Call) -> Value:
    """``config(env="DATABASE_URL", default=None, ...)``."""
    name = plain(call.argument(0, "env") or Value("DATABASE_URL"))
    default = call.argument(1, "default") or Value(None, call.place)
    value = variable(call.interpreter, str(name), default, call.place)
    if value.data is None:
        return call.interpreter.dict_value({}, call.place)
    return as_dictionary(call.interpreter, value, call.place)


def _parse(call: Call) -> Value:
    return as_dictionary(call.interpreter, call.argument(0, "url") or Value(None), call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "dj_database_url.config": _config,
    "dj_database_url.parse": _parse,
}
