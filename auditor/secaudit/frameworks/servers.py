"""Application servers that code starts: uvicorn, Hypercorn, granian, waitress, Werkzeug.

Sources: uvicorn 0.54 (``Config``), Hypercorn 0.18 (``config.Config``), granian 2.8
(``server.common.AbstractServer``), waitress 3 (``adjustments``), Werkzeug 3
(``serving.run_simple``).
"""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import DictData, External, Instance, Place, Value, unknown
from secaudit.frameworks.sinks import Argument, group_of, record, started_as_script, use
from secaudit.planning.server_files import HYPERCORN

_UVICORN: Final = (
    Argument("host", "server.host", "127.0.0.1"),
    Argument("reload", "debug.reload"),
    Argument("workers", "server.workers"),
    Argument("forwarded_allow_ips", "proxy.trusted"),
    Argument("log_level", "debug.log_level"),
    Argument("ssl_version", "tls.minimum"),
)
_GRANIAN: Final = (
    Argument("address", "server.host", "127.0.0.1", 1),
    Argument("workers", "server.workers"),
    Argument("reload", "debug.reload"),
    Argument("log_level", "debug.log_level"),
)
_WAITRESS: Final = (
    Argument("host", "server.host"),
    Argument("trusted_proxy", "proxy.trusted"),
)
_WERKZEUG: Final = (
    Argument("hostname", "server.host", position=0),
    Argument("use_reloader", "debug.reload", position=3),
    Argument("use_debugger", "debug.enabled", position=4),
)


def shown(value: Value) -> Value:
    """Return a constant of a library, such as ``ssl.PROTOCOL_TLSv1``, as its own name."""
    if not isinstance(value.data, External):
        return value
    return value._replace(data=value.data.name.rpartition(".")[2])


def _started(label: str, server: str, arguments: tuple[Argument, ...]) -> Callable[[Call], Value]:
    """Return the handler of a call that starts a server, or makes one to start.

    Under ``__main__`` it is how a developer starts the application.
    """

    def handle(call: Call) -> Value:
        service = "script" if started_as_script(call.interpreter) else server
        named = {name: shown(value) for name, value in call.keywords.items()}
        record(call._replace(keywords=named), label, arguments, service)
        return unknown("a server", call.place)

    return handle


def _run_simple(call: Call) -> Value:
    """``run_simple(host, port, app)``: Werkzeug's server is for development."""
    service = "script" if started_as_script(call.interpreter) else "werkzeug"
    group = record(call, "run_simple", _WERKZEUG, service)
    on, place = Value(True, call.place), call.place.location()
    use(call.interpreter, SinkUse("debug.server", group, "run_simple", on, place, service))
    return Value(None, call.place)


def _hypercorn(call: Call) -> Value:
    """``Config()``, ``Config.from_mapping({...}, name=value)``."""
    instance = Instance("hypercorn.config.Config", None, call.interpreter.level)
    instance.state["group"] = group_of(call.place, "hypercorn")
    first = call.arguments[0].data if call.arguments else None
    given = {**first.items, **call.keywords} if isinstance(first, DictData) else call.keywords
    for name, value in given.items():
        if name in HYPERCORN:
            _set(call.interpreter, instance, name, value, call.place)
    return Value(instance, call.place)


def _setter(name: str) -> Callable[[Interpreter, Instance, Value, Place], None]:
    """Return the handler of ``config.name = value``."""

    def handle(interpreter: Interpreter, instance: Instance, value: Value, place: Place) -> None:
        _set(interpreter, instance, name, value, place)

    return handle


def _set(
    interpreter: Interpreter, instance: Instance, name: str, value: Value, place: Place
) -> None:
    service = "script" if started_as_script(interpreter) else "hypercorn"
    group, text, written = instance.state.get("group", ""), f"hypercorn.{name}", place.location()
    use(interpreter, SinkUse(HYPERCORN[name], group, text, value, written, service))


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "uvicorn.run": _started("uvicorn.run", "uvicorn", _UVICORN),
    "uvicorn.Config": _started("uvicorn.Config", "uvicorn", _UVICORN),
    "granian.Granian": _started("Granian", "granian", _GRANIAN),
    "granian.server.Granian": _started("Granian", "granian", _GRANIAN),
    "waitress.serve": _started("waitress.serve", "waitress", _WAITRESS),
    "werkzeug.serving.run_simple": _run_simple,
    "werkzeug.run_simple": _run_simple,
    **{
        f"hypercorn.{name}{method}": _hypercorn
        for name in ("Config", "config.Config")
        for method in ("", ".from_mapping")
    },
}
SET_ATTRIBUTES: Final = {f"hypercorn.config.Config.{name}": _setter(name) for name in HYPERCORN}
