"""The dialect of python-dotenv 1.2, which pydantic-settings, Flask, environs and uvicorn use."""

import re

from secaudit.patterns import lazy
from secaudit.syntax.dotenv.building import Builder, Pieces
from secaudit.syntax.dotenv.model import Part, Reference
from secaudit.syntax.text import newlines

_BLANK = lazy(r"\s*")
_EXPORT = lazy(r"(?:export[^\S\r\n]+)?")
_KEY = lazy(r"'([^']+)'|(?!')[^=#\s]+")
_INLINE_BLANK = lazy(r"[^\S\r\n]*")
_REST = lazy(r"[^\r\n]*(?:\r\n|\n|\r)?")
_QUOTED = {
    "'": (lazy(r"'((?:\\.|[^'\\])*)'", re.DOTALL), lazy(r"\\[\\']")),
    '"': (lazy(r'"((?:\\.|[^"\\])*)"', re.DOTALL), lazy(r"\\[\\'\"abfnrtv]")),
}
_UNQUOTED = lazy(r"[^\r\n]*")
_COMMENT = lazy(r"\s+#.*")
_TAIL = lazy(r"(?:[^\S\r\n]*#[^\r\n]*)?[^\S\r\n]*(?:\r\n|\n|\r|$)")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_REFERENCE = lazy(r"\$\{([^}:]*)(?::-([^}]*))?\}")


def parse(builder: Builder) -> None:
    """Read bindings one after the other, as the library does: a line that fails is skipped."""
    text, position = builder.text, 0
    while position < len(text):
        start = _end(_BLANK, text, position)
        if start == len(text):
            return
        position = _binding(builder, start)


def _binding(builder: Builder, start: int) -> int:
    """Read one binding, comment or unreadable line; return where the next one begins."""
    text = builder.text
    at = _end(_EXPORT, text, start)
    if text[at : at + 1] == "#":
        return _end(_REST, text, at)
    key = _KEY.match(text, at)
    if key is None:
        return _drop(builder, start, at, "it does not start with a key")
    value_at = _end(_INLINE_BLANK, text, key.end())
    pieces = Pieces(newlines(key[1] or key[0]), at, key.end(), None, key.end(), key.end(), ())
    end = value_at
    if text[value_at : value_at + 1] == "=":
        value = _value(text, value_at + 1)
        if value is None:
            return _drop(builder, start, value_at, "its quote is never closed")
        decoded, value_start, value_end, end = value
        pieces = pieces._replace(
            value=decoded, value_start=value_start, value_end=value_end, parts=references(decoded)
        )
    tail = _TAIL.match(text, end)
    if tail is None:
        return _drop(builder, start, end, "there is text after the value or key")
    builder.add(pieces)
    return tail.end()


def _value(text: str, at: int) -> tuple[str, int, int, int] | None:
    """Return the decoded value, its span and where reading goes on; None: a quote stays open."""
    start = _end(_INLINE_BLANK, text, at)
    first = text[start : start + 1]
    if first == "#" and start > at:  # `KEY= # comment`
        return "", at, at, start
    if first in _QUOTED:
        pattern, escapes = _QUOTED[first]
        match = pattern.match(text, start)
        if match is None:
            return None
        return escapes.sub(_unescape, newlines(match[1])), start, match.end(), match.end()
    end = _end(_UNQUOTED, text, start)
    value = _COMMENT.sub("", text[start:end]).rstrip()
    if not value:
        return "", at, at, end
    return value, start, start + len(value), end


def references(value: str) -> tuple[Part, ...]:
    """Split a value at its ``${NAME}`` and ``${NAME:-default}``, also inside single quotes.

    The default is taken when the variable is unset, not when it is empty, whatever the colon says.
    """
    parts: list[Part] = []
    cursor = 0
    for match in _REFERENCE.finditer(value):
        if match.start() > cursor:
            parts.append(value[cursor : match.start()])
        word: tuple[Part, ...] = () if match[2] is None else (match[2],)
        parts.append(Reference(match[1], "" if match[2] is None else "-", word, match[0]))
        cursor = match.end()
    if cursor < len(value):
        parts.append(value[cursor:])
    return tuple(parts)


def _drop(builder: Builder, start: int, at: int, reason: str) -> int:
    """Note an unreadable binding; the library goes on after the line in which it gave up."""
    end = _end(_REST, builder.text, at)
    builder.drop(start, end, reason)
    return end


def _unescape(match: re.Match[str]) -> str:
    letter = match[0][1]
    return _ESCAPES.get(letter, letter)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
