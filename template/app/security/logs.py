"""Structured logs: one JSON object a line for everything the process says.

Written on the standard library: one formatter is less to trust than a logging framework, and the
server, the libraries and the warnings speak through the standard library anyway.
"""

import json
import logging
import sys
import time
import traceback
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any, Final, Literal

from .context import current
from .redaction import Redactor

LogFormat = Literal["json", "console"]
Stream = Literal["stdout", "stderr"]

_EVENTS: Final = logging.getLogger("app.security.events")
_FIELDS: Final = "fields"
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "color_message",
}
_MAX_TEXT: Final = 16_384
_MAX_TRACE: Final = 65_536


def configure(
    log_format: LogFormat,
    *,
    secrets: Iterable[str] = (),
    level: str = "INFO",
    stream: Stream = "stdout",
) -> None:
    """Send every log line of the process to one stream in one format.

    Warnings and exceptions that nothing caught become lines as well.

    Args:
        log_format: ``json`` for machines, ``console`` for a developer's terminal.
        secrets: values that must not appear in any line, in addition to what looks like a secret.
        level: the lowest level that is written.
        stream: where to; a command whose output is its result logs to stderr.
    """
    redactor = Redactor(secrets)
    handler = _StandardHandler(stream)
    handler.setFormatter(
        JsonFormatter(redactor) if log_format == "json" else ConsoleFormatter(redactor)
    )
    root = logging.getLogger()
    root.handlers[:] = [kept for kept in root.handlers if type(kept) not in _REPLACED] + [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.asgi"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # One access line a request is written by the edge, which knows the client and the request id.
    logging.getLogger("uvicorn.access").handlers.clear()
    logging.getLogger("uvicorn.access").propagate = False
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught


def security_event(name: str, **fields: Any) -> None:  # noqa: ANN401 - fields of any JSON type
    """Record something an auditor asks about (OWASP ASVS 5.0 16.3), with client and request id.

    Args:
        name: for example ``sign_in_failed``; the words are part of the service's interface.
        fields: who and what; never a secret.
    """
    _EVENTS.warning(name, extra={_FIELDS: {"event": name, **fields}})


class JsonFormatter(logging.Formatter):
    """Renders a record as one line of ASCII JSON, so that no input can start a line of its own."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        return json.dumps(_line(record, self._redactor), default=str, separators=(",", ":"))


class ConsoleFormatter(logging.Formatter):
    """Renders a record for a terminal: control characters escaped, tracebacks over their lines."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, followed by its traceback."""
        line = _line(record, self._redactor)
        trace = line.pop("exception", None)
        head = f"{line.pop('time')} {line.pop('level'):<7} {line.pop('message')}"
        line.pop("logger")
        rest = " ".join(f"{name}={json.dumps(value, default=str)}" for name, value in line.items())
        text = json.dumps(f"{head} {rest}".rstrip())[1:-1].replace('\\"', '"')
        return text if trace is None else f"{text}\n{trace}"


class _StandardHandler(logging.Handler):
    """Writes to whatever stdout or stderr is at the time."""

    def __init__(self, stream: Stream) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line of a record."""
        try:
            stream = sys.stdout if self._stream == "stdout" else sys.stderr
            stream.write(self.format(record) + "\n")
            stream.flush()
        except Exception:  # noqa: BLE001 - logging must not fail what it reports on
            self.handleError(record)


_REPLACED: Final = (_StandardHandler, logging.StreamHandler)


def timestamp(seconds: float) -> str:
    """Return a time as RFC 3339 UTC with milliseconds."""
    return f"{_to_the_second(int(seconds))}.{int(seconds % 1 * 1000):03d}Z"


@lru_cache(maxsize=4)
def _to_the_second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _line(record: logging.LogRecord, redactor: Redactor) -> dict[str, Any]:
    line: dict[str, Any] = {
        "time": timestamp(record.created),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": redactor.text(record.getMessage()[:_MAX_TEXT]),
    }
    request = current()
    if request is not None:
        line["request_id"] = request.request_id
        line["client"] = request.client
        if request.principal is not None:
            line["actor"] = request.principal.user_id
    line.update(redactor.fields(_extra(record)))
    if record.exc_info and record.exc_info[1] is not None:
        trace = "".join(traceback.format_exception(record.exc_info[1]))
        line["exception"] = redactor.text(trace[-_MAX_TRACE:])
    elif record.stack_info:
        line["exception"] = redactor.text(record.stack_info)
    return line


def _extra(record: logging.LogRecord) -> Mapping[str, Any]:
    fields = getattr(record, _FIELDS, None)
    if isinstance(fields, Mapping):
        return fields
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("app").critical("Uncaught exception", exc_info=(kind, error, trace))
