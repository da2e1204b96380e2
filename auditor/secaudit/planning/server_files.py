"""Configuration files of application servers and task workers: their own names for what they do.

Sources: gunicorn 26 (``config``), Hypercorn 0.18 (``config.Config``), Celery 5.6
(``app.defaults``).
"""

from collections.abc import Iterable
from typing import Any, Final

from secaudit.naming import Meaning

_GUNICORN: Final = {
    "bind": "server.host",
    "workers": "server.workers",
    "reload": "debug.reload",
    "forwarded_allow_ips": "proxy.trusted",
    "proxy_allow_ips": "proxy.trusted",
    "loglevel": "debug.log_level",
    "ssl_version": "tls.minimum",
    "limit_request_line": "limit.head",
    "limit_request_field_size": "limit.head",
}
#: Its ``debug`` is that of asyncio, which shows nothing to clients.
HYPERCORN: Final = {
    "bind": "server.host",
    "workers": "server.workers",
    "use_reloader": "debug.reload",
    "loglevel": "debug.log_level",
}
#: Of a worker: its module ``celeryconfig``, and the application's ``conf``.
CELERY: Final = {
    "broker_url": "database.url",
    "result_backend": "database.url",
    "accept_content": "tasks.accepted",
    "result_accept_content": "tasks.accepted",
    "task_serializer": "tasks.serializer",
    "result_serializer": "tasks.serializer",
}
# A module that binds ``bind`` and two of these is one of gunicorn's, whatever its name.
_TELLING: Final = frozenset(
    (
        *("workers", "worker_class", "threads", "timeout", "keepalive", "accesslog", "errorlog"),
        *("loglevel", "preload_app", "max_requests", "graceful_timeout", "forwarded_allow_ips"),
    )
)
_ENOUGH: Final = 2


def settings_of(file: str, names: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Return the server that reads a Python file as its configuration, and what its names mean.

    Args:
        file: the name of the file.
        names: what it binds.
    """
    if file.startswith("hypercorn"):
        return "hypercorn", HYPERCORN
    if file in {"celeryconfig.py", "celery_config.py"}:
        return "celery", CELERY
    bound = set(names)
    told = "bind" in bound and len(_TELLING & bound) >= _ENOUGH
    return ("gunicorn", _GUNICORN) if told or file.startswith("gunicorn") else ("", {})


def is_server_file(name: str) -> bool:
    """Say whether a configuration file is Hypercorn's: of its keys only its own are settings."""
    return name.startswith("hypercorn")


def meaning_of_key(name: str, value: Any) -> tuple[Meaning, Any] | None:  # noqa: ANN401 - any data
    """Return what a key of such a file means, with its value for the rules; None for the others."""
    concept = HYPERCORN.get(name)
    return (Meaning(concept, inverted=False, service="hypercorn"), value) if concept else None
