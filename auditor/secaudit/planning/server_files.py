"""Configuration files of application servers and task workers: their own names for what they do.

Sources: gunicorn 27 (``config``), Hypercorn 0.18 (``config.Config``), Celery 5.7
(``app.defaults``).
"""

import ast
from collections.abc import Iterable
from typing import Any, Final

from secaudit.facts import Candidate, Unknown
from secaudit.naming import Meaning
from secaudit.planning.layers import Environment
from secaudit.syntax.python import Module, targets_of

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


def raw_environment(module: Module) -> Environment:
    """Return the variables that gunicorn sets for ``raw_env = ["NAME=value"]`` of its module."""
    names = [name for statement in module.tree.body for name in targets_of(statement)]
    if settings_of(module.path.rpartition("/")[2], names)[0] != "gunicorn":
        return {}
    found: Environment = {}
    for statement in module.tree.body:
        value = getattr(statement, "value", None)
        if "raw_env" in targets_of(statement) and isinstance(value, ast.List | ast.Tuple):
            found = dict(_variable(module, element) for element in value.elts)
    found.pop("", None)
    return found


def _variable(module: Module, node: ast.expr) -> tuple[str, tuple[Candidate, ...]]:
    """Return one variable; of a text that is put together only its beginning is known."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    first = parts[0] if parts else node
    text = first.value if isinstance(first, ast.Constant) else None
    name, equals, value = str(text or "").partition("=")
    if not equals:
        return "", ()
    place = module.location(node)
    if len(parts) > 1:
        unknown = Unknown("a text that gunicorn's configuration puts together")
        return name, (Candidate("process-environment", unknown, None, place, literal=False),)
    if module.source(node)[1:-1] == text:  # plainly quoted: the value has a span of its own
        start, end = place.column + len(name) + 2, place.end_column - 1
        place = place._replace(column=start, end_column=end)
    return name, (Candidate("process-environment", value, value, place, literal=True),)


def is_server_file(name: str) -> bool:
    """Say whether a configuration file is Hypercorn's: of its keys only its own are settings."""
    return name.startswith("hypercorn")


def meaning_of_key(name: str, value: Any) -> tuple[Meaning, Any] | None:  # noqa: ANN401 - any data
    """Return what a key of such a file means, with its value for the rules; None for the others."""
    concept = HYPERCORN.get(name)
    return (Meaning(concept, inverted=False, service="hypercorn"), value) if concept else None
