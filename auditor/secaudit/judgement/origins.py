"""Which web origins a CORS policy lets in."""

import re
from collections.abc import Iterable
from typing import Any, Final

from secaudit.facts import Facts, Setting
from secaudit.judgement.hosts import is_loopback, url_of
from secaudit.patterns import lazy

_ANYTHING: Final = lazy(
    r"\^?\(?(https?\??:?/?/?|\(https\?\|http\):\/\/)?\(?(\.[*+]|\[\^?.*\][*+])\)?\)?\$?"
)
_OPEN_DOT: Final = lazy(r"(?<![\\*+?])(?<=[a-z0-9])\.(?=[a-z]{2,})")
_GLUED: Final = lazy(r"(\.[*+]|\[[^\]]*\][*+])\)?[a-z0-9]")


def as_list(value: Any) -> list[str]:  # noqa: ANN401 - the value of any setting
    """Return the texts of a list, tuple or set; a plain string is a list of one."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Iterable):
        return [item for item in value if isinstance(item, str)]
    return []


def allows_any(value: Any) -> bool:  # noqa: ANN401 - the value of any setting
    """Return whether ``*`` stands in a list of origins or is the whole text of it."""
    return any(map(is_wildcard, as_list(value)))


def is_wildcard(text: str) -> bool:
    """Return whether a text stands for every origin, host or algorithm."""
    return text.strip() == "*"


def matches_any(pattern: str) -> bool:
    """Return whether a regular expression of origins matches every origin."""
    return _ANYTHING.fullmatch(pattern.replace("\\/", "/")) is not None


def looseness_of(pattern: str, *, anchored: bool) -> str:
    """Return how a pattern lets strangers in, or an empty text when it does not.

    The pattern is read, never run: it comes from the audited project and may not terminate.

    Args:
        pattern: the regular expression.
        anchored: the library matches the whole origin (Starlette's ``fullmatch``).
    """
    if matches_any(pattern):
        return "matches every origin"
    if not anchored and not pattern.endswith(("$", "\\Z", "\\z")):
        return "has no end anchor, so that its own origin may be the start of another host's name"
    host = re.sub(r"^\^?\(?(\?:)?https?\??\)?:(\\?/){2}", "", pattern)
    if _GLUED.search(host):
        return "lets any text stand directly before the host name"
    if _OPEN_DOT.search(host):
        return "has a dot that is not escaped and stands for any character"
    return ""


def open_sources(facts: Facts) -> list[tuple[Setting, str]]:
    """Return the settings that let any origin in, and how each does.

    A regular expression and a flag may open a policy whose list of origins is closed.
    """
    found = [
        (setting.at(is_wildcard), "`*` is among the allowed origins")
        for setting in facts.of("cors.origins")
        if allows_any(setting.value)
    ]
    found += [
        (setting, "the pattern of origins matches every origin")
        for setting in facts.of("cors.regex")
        if any(matches_any(pattern) for pattern in as_list(setting.value))
    ]
    found += [
        (setting, "every origin is allowed")
        for setting in facts.of("cors.allow_all")
        if setting.value is True
    ]
    return found


def is_plain_http(origin: str) -> bool:
    """Return whether an origin is a plain-text site of another machine.

    One whose name has no dot is a service of the deployment, which no browser of a user reaches.
    """
    url = url_of(origin)
    if url is None or url.scheme != "http" or is_loopback(url.host):
        return False
    return "." in url.host or ":" in url.host


def is_local(origin: str) -> bool:
    """Return whether an origin is a page served from the visitor's own machine."""
    url = url_of(origin)
    return url is not None and url.host != "" and is_loopback(url.host)
