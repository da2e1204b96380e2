"""Application servers: ``uvicorn.run``, hypercorn, and the names of a gunicorn configuration."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call, SinkUse
from secaudit.evaluation.values import External, Value
from secaudit.frameworks.sinks import Argument, group_of, record, started_as_script, use

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
    "limit_request_line": "limit.head",
    "limit_request_field_size": "limit.head",
}


def _run(call: Call) -> Value:
    """``uvicorn.run(app, ...)``; under ``__main__`` it is how a developer starts it."""
    service = "script" if started_as_script(call.interpreter) else "uvicorn"
    record(call, "uvicorn.run", _RUN, service)
    version = call.keywords.get("ssl_version")
    if version is not None and isinstance(version.data, External):
        shown = Value(version.data.name.rpartition(".")[2], version.place)
        place, group = call.location("ssl_version"), group_of(call.place, "uvicorn.run")
        use(
            call.interpreter, SinkUse("tls.minimum", group, "uvicorn.run.ssl_version", shown, place)
        )
    return Value(None, call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "uvicorn.run": _run,
    "uvicorn.Config": _run,
}
