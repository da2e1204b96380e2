"""Values in the unit of their concept, and texts as most loaders read them."""

import re
from typing import Any, Final

from secaudit.facts import Unknown
from secaudit.naming.lifetimes import is_written, lifetime
from secaudit.naming.meanings import Meaning, normalised

_LIFETIMES: Final = frozenset(("token.access_lifetime", "token.refresh_lifetime"))
_TRUE: Final = frozenset({"1", "true", "yes", "on", "y", "t", "enabled"})
_FALSE: Final = frozenset({"0", "false", "no", "off", "n", "f", "disabled", "none", ""})
FLAGS: Final = frozenset(
    (
        *("debug.enabled", "debug.reload", "debug.sql_echo", "debug.errors", "graphql.ide"),
        *("graphql.introspection", "cors.allow_all", "cors.credentials", "tls.verify"),
        *("tls.redirect", "tls.mail", "cookie.secure", "cookie.httponly", "csrf.enabled"),
        *("token.expires", "token.verify", "access.enabled", "limit.enabled"),
        *("header.nosniff", "docs.enabled"),
    )
)
_LISTS: Final = frozenset(
    (
        *("cors.origins", "csrf.origins", "hosts.allowed", "proxy.trusted", "token.algorithms"),
        "password.hashers",
    )
)
_NUMBERS: Final = frozenset(
    (
        *("token.access_lifetime", "token.refresh_lifetime", "password.min_length"),
        *("header.hsts", "limit.page", "limit.body", "limit.upload", "server.workers"),
        "password.bcrypt_rounds",
    )
)


def in_unit(meaning: Meaning, name: str, value: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return a value in the unit of its concept; Unknown when it does not fit the concept.

    Lifetimes become ``timedelta`` by the unit in the name, inverted flags are turned round, a log
    level is upper case, sizes are bytes.
    """
    if isinstance(value, Unknown):
        return value
    concept = meaning.concept
    if concept in _LIFETIMES:
        return lifetime(normalised(name), value)
    if concept in FLAGS:
        return _flag(meaning, value)
    if concept in {"limit.body", "limit.upload"}:
        return _bytes(normalised(name), value)
    if concept == "debug.log_level":
        return value.upper() if isinstance(value, str) else value
    return value


def _flag(meaning: Meaning, value: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return what a flag says; the number of an error or of a level is none."""
    flag = as_flag(meaning.concept, value)
    if isinstance(flag, bool):
        return flag != meaning.inverted
    return Unknown("not a flag") if meaning.inverted or isinstance(flag, int) else flag


def as_flag(concept: str, value: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return 0 and 1 as the flag they stand for where the concept is one, else the value."""
    is_number = concept in FLAGS and type(value) is int and value in {0, 1}
    return bool(value) if is_number else value


def _bytes(text: str, value: Any) -> Any:  # noqa: ANN401 - values of any type
    if isinstance(value, int) and not isinstance(value, bool):
        if text.endswith("_mb"):
            return value * 1024 * 1024
        if text.endswith("_kb"):
            return value * 1024
    return value


def from_text(meaning: Meaning, text: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return what a text most likely means where no code says how it is read.

    Flags, numbers and lists of the usual spellings; anything else is Unknown for these concepts.
    """
    if not isinstance(text, str):
        return text
    lowered = text.strip().lower()
    if meaning.concept in FLAGS:
        if lowered in _TRUE or lowered in _FALSE:
            return lowered in _TRUE
        return Unknown("not a flag that every loader reads alike")
    if meaning.concept in _NUMBERS:
        return _number(meaning.concept, text.strip().lower())
    if meaning.concept in _LISTS:
        return _list(text)
    return text


def _number(concept: str, text: str) -> Any:  # noqa: ANN401 - a number, a lifetime or Unknown
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    if concept in _LIFETIMES and is_written(text):
        return text
    off = concept == "header.hsts" and text in {"false", "no", "off"}
    return 0 if off else Unknown("not a number")


def _list(text: str) -> Any:  # noqa: ANN401 - a list or Unknown
    if text.lstrip().startswith("["):
        import json  # noqa: PLC0415 - only lists in JSON need it

        try:
            decoded = json.loads(text)
        except (ValueError, RecursionError):
            decoded = [part.strip(" '\"") for part in text.strip().strip("[]").split(",")]
        return decoded if isinstance(decoded, list) else Unknown("not a list")
    return [part.strip() for part in text.split(",") if part.strip()]
