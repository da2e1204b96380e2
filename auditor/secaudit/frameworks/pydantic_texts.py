"""URLs, durations and paths as pydantic reads them from text; unusual spellings are Unknown."""

import re
from datetime import timedelta
from typing import Any, Final

from secaudit.facts import Unknown
from secaudit.frameworks.pydantic_types import TypeSpec
from secaudit.patterns import lazy

_URL: Final = lazy(r"([a-zA-Z][a-zA-Z0-9+.-]*)://[^\s\\]+\Z")
_SCHEMES: Final = {
    "AnyHttpUrl": ("http", "https"),
    "HttpUrl": ("http", "https"),
    "RedisDsn": ("redis", "rediss"),
    "AmqpDsn": ("amqp", "amqps"),
    "MongoDsn": ("mongodb", "mongodb+srv"),
}


class InvalidError(Exception):
    """pydantic refuses the value."""


class ConstraintError(InvalidError):
    """The value is of the type and breaks a constraint of the field: a guard."""


def url(spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return a URL as ``str()`` of pydantic's object shows it.

    Raises:
        InvalidError: it is no URL, or its scheme is another.
    """
    if not isinstance(data, str):
        raise InvalidError("not a URL")
    match = _URL.match(data.strip())
    if match is None:
        if "://" not in data and ":" not in data:
            raise InvalidError("not a URL")
        return Unknown("an unusual URL")
    scheme = match[1].lower()
    allowed = _SCHEMES.get(str(spec.values[0]))
    if allowed and scheme not in allowed:
        raise InvalidError("another scheme")
    return _normal_url(spec, data.strip(), scheme)


def _normal_url(spec: TypeSpec, text: str, scheme: str) -> Any:  # noqa: ANN401 - text or Unknown
    """Return a URL as ``str()`` of the parsed one shows it, where that is certain."""
    rest = text.partition("://")[2]
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    tail = rest[len(host) :]
    plain_host = re.fullmatch(
        r"(?:[\w.~!$&'()*+,;=%-]*(?::[\w.~!$&'()*+,;=%-]*)?@)?[a-z0-9.-]+(:\d+)?", host
    )
    if not plain_host or text[: len(scheme)] != scheme or not text.isascii() or '"' in text:
        return Unknown("a URL that is normalised")
    if "," in host or re.search(r"\.\.|/\./|[|^`{}<>\[\] ]", rest):
        return Unknown("a URL that is normalised")
    port = {"http": ":80", "https": ":443", "ws": ":80", "wss": ":443", "ftp": ":21"}.get(scheme)
    if port and host.endswith(port):
        return Unknown("a URL that is normalised")
    if not tail and scheme in {"http", "https", "ws", "wss", "ftp"}:
        return f"{text}/"
    if scheme in {"http", "https", "ws", "wss", "ftp"} and tail and not tail.startswith("/"):
        return Unknown("a URL that is normalised")
    if spec.values[0] in {"RedisDsn", "AmqpDsn", "MongoDsn"} and tail in {"", "/"}:
        return Unknown("a DSN with default parts")
    return text


_ISO_DURATION: Final = lazy(  # ISO 8601 in whole numbers
    r"P(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,6})S)?)?"
)


def duration(_spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return a ``timedelta``: of seconds when it is a number, of ISO 8601 when it is a text.

    Raises:
        InvalidError: a number as text, which has no unit.
    """
    if isinstance(data, timedelta):
        return data
    if isinstance(data, int | float) and not isinstance(data, bool):
        try:
            return timedelta(seconds=data)
        except OverflowError:
            raise InvalidError("too long") from None
    if isinstance(data, str) and re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", data):
        raise InvalidError("not a duration: a number as text has no unit")
    parts = _ISO_DURATION.fullmatch(data) if isinstance(data, str) else None
    if parts is not None and any(parts.groups()):
        return timedelta(**{unit: int(count) for unit, count in parts.groupdict("0").items()})
    return Unknown("a duration in an unusual spelling")


def url_1(spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return a URL as version 1 keeps it: as written; one with default parts is Unknown.

    Raises:
        InvalidError: it is no URL, or its scheme is another.
    """
    result = url(spec, data)
    if isinstance(result, Unknown) or spec.values[0] not in {"AnyUrl", "AnyHttpUrl", "PostgresDsn"}:
        return Unknown("a URL that version 1 takes apart")
    return data.strip()


def duration_1(spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return a ``timedelta``; version 1 takes a number as text for seconds.

    Raises:
        InvalidError: too long for one.
    """
    if isinstance(data, str) and re.fullmatch(r"-?[0-9]{1,12}", data):
        return timedelta(seconds=int(data))
    if isinstance(data, str) and not data.startswith("P") and re.search(r"[0-9]", data):
        return Unknown("a duration in an unusual spelling")
    return duration(spec, data)


def path(_spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return the text of a path.

    Raises:
        InvalidError: it is no text.
    """
    if not isinstance(data, str):
        raise InvalidError("not a path")
    if not data or "//" in data or "/./" in data or data.endswith("/") or data.startswith("./"):
        return Unknown("a path that is normalised")
    return data
