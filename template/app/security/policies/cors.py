"""Answers preflights and marks answers for the allowed origins (Fetch standard, CORS)."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from .headers import line

_METHODS: Final = frozenset({b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE"})
_REQUEST_FIELDS: Final = frozenset(
    {b"accept", b"accept-language", b"authorization", b"content-language", b"content-type"}
    | {b"x-request-id"}
)
_EXPOSED: Final = (
    b"RateLimit, RateLimit-Policy, Retry-After, X-Request-ID, Link, Deprecation, Sunset"
)
_MAX_AGE: Final = b"600"
_ANY_PORT: Final = ":*"
_VARY: Final = line(b"vary", b"Origin")


def compile_origins(allowed: tuple[str, ...]) -> Callable[[bytes | None], bytes]:
    """Return the CORS lines of an answer to a request with a given ``Origin``.

    Origins are compared byte by byte with the serialised form browsers send; ``scheme://host:*``
    stands for any port of that host. Credentials are never allowed: tokens travel in a field.
    """
    if not allowed:
        return lambda _origin: b""
    exact = frozenset(
        origin.encode("ascii") for origin in allowed if not origin.endswith(_ANY_PORT)
    )
    any_port = [
        re.compile(re.escape(origin.removesuffix(_ANY_PORT).encode("ascii")) + rb"(?::[0-9]{1,5})?")
        for origin in allowed
        if origin.endswith(_ANY_PORT)
    ]

    @lru_cache(maxsize=256)
    def lines(origin: bytes | None) -> bytes:
        if origin in exact or any(pattern.fullmatch(origin or b"") for pattern in any_port):
            return (
                _VARY
                + line(b"access-control-allow-origin", origin or b"")
                + line(b"access-control-expose-headers", _EXPOSED)
            )
        return _VARY

    return lines


def is_preflight(found: Mapping[bytes, bytes]) -> bool:
    """Tell whether an OPTIONS request is a preflight."""
    return b"origin" in found and b"access-control-request-method" in found


def preflight_lines(found: Mapping[bytes, bytes], origin_lines: bytes) -> bytes | None:
    """Return the lines that grant a preflight; None when origin, method or a field is refused."""
    asked = found.get(b"access-control-request-headers", b"").lower()
    names = {name.strip() for name in asked.split(b",") if name.strip()}
    granted = (
        origin_lines not in {_VARY, b""}
        and found[b"access-control-request-method"] in _METHODS
        and names <= _REQUEST_FIELDS
    )
    if not granted:
        return None
    return (
        line(b"access-control-allow-methods", b", ".join(sorted(_METHODS)))
        + line(b"access-control-allow-headers", b", ".join(sorted(_REQUEST_FIELDS)))
        + line(b"access-control-max-age", _MAX_AGE)
    )
