"""dj-database-url: ``config()`` reads ``DATABASE_URL``, ``parse()`` takes a URL."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import DictData, Value, plain
from secaudit.facts import Unknown
from secaudit.frameworks.database_urls import as_dictionary
from secaudit.frameworks.reading import variable


def _config(call: Call) -> Value:
    """``config(env="DATABASE_URL", default=None, ...)``."""
    name = plain(call.argument(0, "env") or Value("DATABASE_URL"))
    default = call.argument(1, "default") or Value(None, call.place)
    value = variable(call.interpreter, str(name), default, call.place)
    if value.data is None or value.data == "":
        return call.interpreter.dict_value({}, call.place)
    return _open(as_dictionary(call.interpreter, value, call.place))


def _parse(call: Call) -> Value:
    url = call.argument(0, "url") or Value(None)
    return _open(as_dictionary(call.interpreter, url, call.place))


def _open(value: Value) -> Value:
    """Leave room for the options of the connection that the library adds."""
    if isinstance(value.data, DictData):
        value.data.rest = Unknown("options of a connection")
    return value


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "dj_database_url.config": _config,
    "dj_database_url.parse": _parse,
}
