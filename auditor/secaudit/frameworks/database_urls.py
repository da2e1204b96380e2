"""Database URLs that become Django dictionaries: dj-database-url and django-environ."""

from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from secaudit.evaluation.candidates import candidates_of
from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import Place, Value, plain
from secaudit.facts import Candidate, Unknown
from secaudit.patterns import lazy

ENGINES: Final = {
    "postgres": "django.db.backends.postgresql",
    "postgresql": "django.db.backends.postgresql",
    "pgsql": "django.db.backends.postgresql",
    "psql": "django.db.backends.postgresql",
    "postgis": "django.contrib.gis.db.backends.postgis",
    "mysql": "django.db.backends.mysql",
    "sqlite": "django.db.backends.sqlite3",
    "oracle": "django.db.backends.oracle",
}
_SIMPLE: Final = lazy(r"[a-z0-9]+://[\w%.~:@/?=&+-]*\Z")


def parse(url: str) -> dict[str, Any] | None:
    """Return the parts of an ordinary URL, None for one with unusual characters."""
    if url.startswith("sqlite:"):
        path = url.partition("://")[2].removeprefix("/").partition("?")[0]
        blank = dict.fromkeys(("USER", "PASSWORD", "HOST", "PORT"), "")
        return {"ENGINE": ENGINES["sqlite"], "NAME": unquote(path) or ":memory:", **blank}
    if not _SIMPLE.match(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    engine = ENGINES.get(parts.scheme)
    if engine is None or "%2f" in url.lower():
        return None
    return {
        "ENGINE": engine,
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": port or "",
        **({"OPTIONS": dict(parse_qsl(parts.query))} if parts.query else {}),
    }


def as_dictionary(interpreter: Interpreter, value: Value, place: Place) -> Value:
    """Return the settings dictionary of a URL; each entry has the URL's provenance."""
    url = plain(value)
    if isinstance(url, Unknown) or not isinstance(url, str):
        reason = url if isinstance(url, Unknown) else Unknown("no database URL")
        return Value(reason, place, (), value.variables, error=value.error)
    parts = parse(url)
    if parts is None:
        return Value(Unknown("a database URL with unusual parts"), place, (), value.variables)
    candidates = candidates_of(value, "default")
    items: dict[Any, Value] = {}
    for key, item in parts.items():
        if isinstance(item, dict):
            inner = {name: _of(value, candidates, text, key, name) for name, text in item.items()}
            items[key] = interpreter.dict_value(inner, value.place)
        else:
            items[key] = _of(value, candidates, item, key)
    made = interpreter.dict_value(items, value.place)
    return made._replace(variables=value.variables)


def _of(url: Value, given: tuple[Candidate, ...], part: Any, key: str, option: str = "") -> Value:  # noqa: ANN401 - a text or a number
    """Return a part of a URL, with what the same part is in the candidates behind it."""
    shown = tuple(
        one._replace(value=part if index == 0 else _part(one.value, key, option))
        for index, one in enumerate(given)
    )
    return Value(part, url.place, shown, url.variables)


def _part(url: Any, key: str, option: str) -> Any:  # noqa: ANN401 - a shadowed candidate
    parts = parse(url) if isinstance(url, str) else None
    if parts is None:
        return Unknown("a database URL with unusual parts")
    return parts.get(key, {}).get(option, "") if option else parts.get(key, "")
