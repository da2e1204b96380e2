"""The last-resort filter that keeps secrets out of every log line."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

MASK: Final = "[redacted]"

_SENSITIVE: Final = (
    "password|passwd|passphrase|secret|token|authorization|cookie|api[_-]?key|signing[_-]?key"
    "|private[_-]?key|credential|totp"
)
_NAME: Final = re.compile(_SENSITIVE, re.IGNORECASE)
# Every repetition starts where no other can, or is bounded: no text makes one of these slow.
_PATTERNS: Final = (
    # JSON Web Tokens, wherever they stand
    (re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[\w-]*)?"), MASK),
    # Authorization values
    (re.compile(r"(?i)\b(bearer|basic|digest)\s+[A-Za-z0-9._~+/=-]{6,}"), rf"\1 {MASK}"),
    # user:password@ in URLs
    (
        re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"]{0,200}):[^\s/'\"]{1,500}@"),
        rf"\1:{MASK}@",
    ),
    # name=value, name: value, "name": "value"
    (
        re.compile(
            rf"(?i)((?:{_SENSITIVE})[a-z0-9_-]{{0,40}}[\\\"']{{0,3}}\s{{0,3}}[:=]\s{{0,3}}[\\\"']{{0,3}})"
            r"[^\s,;&\"'\\)}\]]+"
        ),
        rf"\1{MASK}",
    ),
    (
        re.compile(r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*KEY-----|\Z)"),
        MASK,
    ),
)
_SHORTEST_KNOWN: Final = 8


class Redactor:
    """Masks what looks like a secret and every secret it was told.

    Args:
        known: the values of the service's own secrets; those shorter than 8 characters are left to
            the patterns, since masking them would garble ordinary text.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        values = sorted(
            {value for value in known if len(value) >= _SHORTEST_KNOWN}, key=len, reverse=True
        )
        self._known = re.compile("|".join(map(re.escape, values))) if values else None

    def text(self, text: str) -> str:
        """Return ``text`` without secrets."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    def fields(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``fields`` with secret names masked and other strings filtered, at any depth."""
        return {
            name: MASK if _NAME.search(name) else self._value(value)
            for name, value in fields.items()
        }

    def _value(self, value: Any) -> Any:  # noqa: ANN401 - a log field may be anything
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return self.fields({str(name): item for name, item in value.items()})
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value(item) for item in value]
        if isinstance(value, bytes | bytearray):
            return MASK
        return self.text(str(value))
