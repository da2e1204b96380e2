"""The security fields of every answer, as lines computed once."""

from collections.abc import Iterable
from typing import Final

# OWASP Secure Headers project, "also for a web API", and the REST security cheat sheet.
_PERMISSIONS: Final = (
    b"accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), usb=()"
)
_API_CSP: Final = b"default-src 'none'; frame-ancestors 'none'"
_DOCS_CSP: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_STATIC: Final = (
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", _PERMISSIONS),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"x-permitted-cross-domain-policies", b"none"),
    (b"x-xss-protection", b"0"),  # the filter it once steered was itself a hole
)
OWNED: Final = frozenset(
    {name for name, _ in _STATIC}
    | {b"content-security-policy", b"strict-transport-security", b"x-request-id"}
    | {b"server", b"x-powered-by"}
    | {b"access-control-allow-origin", b"access-control-allow-credentials"}
)


def security_lines(*, https: bool, hsts_seconds: int, docs: bool = False) -> bytes:
    """Return the field lines of an answer sent over a scheme.

    ``Strict-Transport-Security`` goes out over https only (RFC 6797 section 7.2).
    """
    fields = [*_STATIC, (b"content-security-policy", _DOCS_CSP if docs else _API_CSP)]
    if https and hsts_seconds > 0:
        value = b"max-age=%d; includeSubDomains" % hsts_seconds
        fields.append((b"strict-transport-security", value))
    return b"".join(line(name, value) for name, value in fields)


def line(name: bytes, value: bytes) -> bytes:
    """Return the line of one field."""
    return name + b": " + value + b"\r\n"


def pairs_of(lines: bytes) -> list[tuple[bytes, bytes]]:
    """Return lines of our own making as ASGI wants them."""
    found = (text.partition(b": ") for text in lines.split(b"\r\n")[:-1])
    return [(name, value) for name, _, value in found]


def without_owned(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return an application's own fields less those that only the edge may set."""
    return [(name, value) for name, value in headers if name not in OWNED]
