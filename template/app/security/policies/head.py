"""Reads the few fields of a request head that the edge decides on, and refuses ambiguous heads."""

import re
from collections.abc import Iterable
from typing import Final

# Two request ids are joined to one that is none, and replaced.
_LISTS: Final = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-request-id"})
_SINGLE: Final = frozenset(
    {
        b"access-control-request-headers",
        b"access-control-request-method",
        b"authorization",
        b"content-length",
        b"content-type",
        b"host",
        b"origin",
        b"transfer-encoding",
    }
)
_WANTED: Final = _LISTS | _SINGLE
_ENCODED_SEPARATORS: Final = (b"%2f", b"%5c", b"%00")
_MAX_TOKEN_BYTES: Final = 4096
_SUSPICIOUS: Final = re.compile(rb"%|//|\\|/\.")


def read_fields(headers: Iterable[tuple[bytes, bytes]]) -> tuple[dict[bytes, bytes], str | None]:
    """Return the fields the edge reads by lower-case name, and why the head is refused, if it is.

    Lists (``X-Forwarded-*``) are joined in order (RFC 9110 section 5.3); any other field that is
    repeated could be read differently by two parties, so the head is refused.
    """
    found: dict[bytes, bytes] = {}
    fault = None
    for name, value in headers:
        if name in _WANTED:
            if name not in found:
                found[name] = value
            elif name in _LISTS:
                found[name] += b"," + value
            else:
                fault = "A field that may appear once is repeated."
    length = found.get(b"content-length")
    if length is not None:
        if not length.isdigit():
            fault = "Content-Length is not a number."
        elif b"transfer-encoding" in found:
            fault = "Content-Length and Transfer-Encoding exclude each other."
    return found, fault


def path_fault(raw_path: bytes) -> str | None:
    """Return why a path is refused, if it is: it may not mean different things to two parsers.

    An encoded separator, a backslash, an empty segment or a dot segment lets a path pass a proxy's
    prefix rule and reach another route here.
    """
    if _SUSPICIOUS.search(raw_path) is None:
        return None
    if b"%" in raw_path:
        lowered = raw_path.lower()
        if any(separator in lowered for separator in _ENCODED_SEPARATORS):
            return "The path contains an encoded separator."
        raw_path = lowered.replace(b"%2e", b".")
    if b"//" in raw_path or b"\\" in raw_path:
        return "The path contains an empty segment or a backslash."
    if any(part in {b".", b".."} for part in raw_path.split(b"/")):
        return "The path contains a dot segment."
    return None


def bearer_token(authorization: bytes) -> bytes | None:
    """Return the token of an ``Authorization: Bearer`` field (RFC 6750 section 2.1), else None.

    The empty bytes stand for a token that is too long to be one of ours.
    """
    scheme, _, token = authorization.partition(b" ")
    if scheme.lower() != b"bearer":
        return None
    return token if len(token) <= _MAX_TOKEN_BYTES else b""
