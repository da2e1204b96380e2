"""Names of lifetimes: what lives, a word for a span of time, and perhaps its unit.

``ACCESS_TOKEN_EXPIRE_MINUTES`` is ``access_token``, ``expire``, ``minutes``.
"""

from typing import TYPE_CHECKING, Any, Final

from secaudit.facts import Unknown
from secaudit.patterns import lazy

if TYPE_CHECKING:
    from datetime import timedelta

_SPANS: Final = (
    *("_expire", "_expires", "_expiry", "_expiration", "_exp", "_lifetime", "_life", "_ttl"),
    *("_max_age", "_timeout", "_duration", "_delta", "_valid", "_validity"),
)
_SECONDS: Final = {
    **dict.fromkeys(("ms", "milliseconds"), 0.001),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("hour", "hours"), 3600.0),
    **dict.fromkeys(("day", "days"), 86400.0),
    **dict.fromkeys(("week", "weeks"), 604800.0),
}
# A lifetime with its unit: ``30d``, ``12 hours``.
_WRITTEN: Final = lazy(
    r"(?P<number>\d{1,9})\s*(?P<unit>ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|w|weeks?)"
)
_LETTERS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# What a token is for that lets nobody in by itself: it comes by mail, once.
_ONE_TIME: Final = (
    *("reset", "verif", "verify", "confirm", "invit", "email", "mail", "activation", "magic"),
    *("unsubscribe", "otp", "download", "share", "upload"),
)
_SPOKEN: Final = frozenset(("seconds", "minutes", "hours", "days", "weeks"))
_LONG: Final = 86_400
# Ends of names that have seconds without saying so: cookies (RFC 6265), RFC 6749, and
# Flask-JWT-Extended's settings.
_IN_SECONDS: Final = (
    *("max_age", "ttl", "expires_in", "jwt_access_token_expires", "jwt_refresh_token_expires"),
)


def living(text: str) -> str:
    """Return what lives by a normalised name of a lifetime, ``""`` when it is none."""
    if any(word in text for word in _ONE_TIME):
        return ""
    before, _, unit = text.rpartition("_")
    span = (before if unit in _SECONDS else text).removesuffix("_in")
    for candidate in (span.removesuffix("_delta"), span):  # expiration_delta, and delta alone
        for ending in _SPANS:
            if candidate.endswith(ending):
                return candidate[: -len(ending)]
    spoken = unit in _SPOKEN and ("token" in before or "jwt" in before or before == "access")
    return before if spoken else ""  # ``JWT_HOURS``, ``access_token_days``


def tells_unit(text: str) -> bool:
    """Say whether a normalised name ends in a unit of time."""
    return text.rpartition("_")[2] in _SECONDS


def is_written(text: str) -> bool:
    """Say whether a text is a lifetime with its unit."""
    return _WRITTEN.fullmatch(text.strip().lower()) is not None


def lifetime(text: str, value: Any) -> "timedelta | Unknown | None":  # noqa: ANN401 - any type
    """Return the value of a lifetime with this normalised name; None when it never ends.

    A number is in the unit that the name ends in; Unknown where it says none, but for one that is
    a day or longer even in seconds. A text brings its own: ``30d``.
    """
    from datetime import timedelta  # noqa: PLC0415 - only lifetimes need it

    if isinstance(value, timedelta) or value is None:
        return value
    if value is False:  # Flask-JWT-Extended: never
        return timedelta()
    written = _WRITTEN.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if written is not None:
        text, value = f"_{_LETTERS.get(written['unit'], written['unit'])}", int(written["number"])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Unknown("not a lifetime")
    scale = _SECONDS.get(text.rpartition("_")[2])
    if scale is None and value and value < _LONG and not text.endswith(_IN_SECONDS):
        return Unknown("a lifetime without a unit")
    try:
        return timedelta(seconds=value * (scale or 1.0))
    except OverflowError:
        return timedelta.max
