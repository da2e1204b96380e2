"""Application servers: ``uvicorn.run``, hypercorn, and the names of a gunicorn configuration."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import Value
from secaudit.frameworks.sinks import Argument, record, started_as_script

_RUN: Final = (
    Argument("host", "server.host", "127.0.0.1"),
    Argument("reload", "debug.reload"),
    Argument("workers", "server.workers"),
    Argument("forwarded_allow_ips", "proxy.trusted"),
    Argument("log_level", "debug.log_level"),
)
# names of gunicorn.conf.py that are settings: what they mean
GUNICORN: Final = {
    "bind": "server.host",
    "workers": "server.workers",
    "reload": "debug.reload",
    "forwarded_allow_ips": "proxy.trusted",
    "proxy_allow_ips": "proxy.trusted",
    "loglevel": "debug.log_level",
}


def _run(call: Call) -> Value:
    """``uvicorn.run(app, ...)``; under ``__main__`` it is how a developer starts it."""
    service = "script" if started_as_script(call.interpreter) else "uvicorn"
    record(call, "uvicorn.run", _RUN, service)
    return Value(None, call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "uvicorn.run": _run,
    "uvicorn.Config": _run,
}
