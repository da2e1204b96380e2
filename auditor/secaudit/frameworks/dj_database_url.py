"""dj-database-url: ``config()`` reads ``DATABASE_URL``, ``parse()`` takes a URL."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import DictData, Value, plain
from secaudit.facts import Unknown
from secaudit.frameworks.database_urls import as_dictionary
from secaudit.frameworks.reading import variable

_SSL_REQUIRE: Final = 5  # its position in ``parse``, which has one argument less than ``config``


def _config(call: Call) -> Value:
    """``config(env="DATABASE_URL", default=None, ...)``."""
    name = plain(call.argument(0, "env") or Value("DATABASE_URL"))
    default = call.argument(1, "default") or Value(None, call.place)
    value = variable(call.interpreter, str(name), default, call.place)
    if value.data is None or value.data == "":
        return call.interpreter.dict_value({}, call.place)
    return opened(as_dictionary(call.interpreter, value, call.place), call)


def _parse(call: Call) -> Value:
    url = call.argument(0, "url") or Value(None)
    return opened(as_dictionary(call.interpreter, url, call.place), call)


def opened(value: Value, call: Call) -> Value:
    """Add what ``ssl_require`` sets, and leave room for what else the library adds."""
    table = value.data
    if not isinstance(table, DictData):
        return value
    table.rest = Unknown("options of a connection")
    required = plain(call.keywords.get("ssl_require") or Value(False))
    if isinstance(required, Unknown) or len(call.arguments) > _SSL_REQUIRE:
        table.items["OPTIONS"] = Value(Unknown("options of a connection"), call.place)
    elif required:
        mode = {"sslmode": Value("require", call.place)}
        table.items["OPTIONS"] = call.interpreter.dict_value(mode, call.place)
    else:
        table.items.setdefault("OPTIONS", call.interpreter.dict_value({}, call.place))
    return value


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "dj_database_url.config": _config,
    "dj_database_url.parse": _parse,
}
