"""The dialect of Docker Compose's env files (compose-go's dotenv package).

Like a shell it expands references except in single quotes; unlike one it accepts ``KEY: value``,
cuts comments only at blank-and-hash, and refuses the whole file when one line is malformed.
"""

import re
import unicodedata

from secaudit.errors import AuditError
from secaudit.patterns import lazy
from secaudit.syntax.dotenv.building import Builder, Pieces
from secaudit.syntax.dotenv.model import Part, Reference
from secaudit.syntax.interpolation import template

_SPACE = "\t\v\f\r \x85\xa0"
_BLANK = lazy(r"\s*")
_INLINE = lazy(f"[{_SPACE}]*")
_EXPORT = lazy(r"export[\t\n\f\r ]+")
_ESCAPE = lazy(r'\\(?:[abcfnrtv$"\\]|0\d{0,3})', re.ASCII)
_OCTAL = lazy(r"\\0([0-7]{3})\Z")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_MAX_BYTE = 255


def parse(builder: Builder) -> None:
    """Read statements until the end or the first one that makes Compose refuse the file."""
    text, position = builder.text, 0
    while True:
        match = _BLANK.match(text, position)
        start = match.end() if match else position
        if start == len(text):
            return
        if text[start] == "#":
            position = _line_end(text, start)
            continue
        try:
            position = _statement(builder, start)
        except AuditError as error:
            builder.fail(start, error.message)
            return


def _statement(builder: Builder, start: int) -> int:
    """Read one assignment; return where the next statement is looked for."""
    text = builder.text
    export = _EXPORT.match(text, start)
    key_start = _skip(text, start + len("export")) if export else start
    end, separator = _key_end(text, key_start)
    key = text[key_start:end]
    if " " in key.rstrip():
        raise AuditError("a key cannot contain a blank")
    key = key.rstrip()
    key_end = key_start + len(key)
    if separator == "\n":
        inherit = (Reference(key, "inherit", (), key),)
        builder.add(Pieces(key, key_start, key_end, None, key_end, key_end, inherit))
        return end + 1
    if separator == "":
        builder.drop(key_start, len(text), "there is no equals sign")
        return len(text)
    return _value(builder, Pieces(key, key_start, key_end, None, end + 1, end + 1, ()))


def _key_end(text: str, start: int) -> tuple[int, str]:
    """Return the offset and character that end the key."""
    for position in range(start, len(text)):
        character = text[position]
        if character in "=:\n":
            return position, character
        if character in _SPACE or character in "_.-[]":
            continue
        if unicodedata.category(character)[0] not in "LN":
            raise AuditError("an unexpected character in a variable name")
    return len(text), ""


def _value(builder: Builder, pieces: Pieces) -> int:
    text = builder.text
    start = _skip(text, pieces.value_start)
    if text[start : start + 1] in {"'", '"'}:
        value, end = _quoted(text, start)
        parts: tuple[Part, ...] = (value,)
        if text[start] == '"':
            value = _ESCAPE.sub(_unescape, value)
            parts = template(value)
        builder.add(pieces._replace(value=value, value_start=start, value_end=end, parts=parts))
        return end
    line_end = _line_end(text, start)
    value = text[start:line_end].split(" #", 1)[0].rstrip()
    if not value:
        start = pieces.value_start
    end = start + len(value)
    parts = template(value)
    builder.add(pieces._replace(value=value, value_start=start, value_end=end, parts=parts))
    return line_end


def _quoted(text: str, start: int) -> tuple[str, int]:
    """Return the content of a quoted value and the offset behind the closing quote."""
    quote = text[start]
    content: list[str] = []
    position = start + 1
    while position < len(text):
        character = text[position]
        if character == quote:
            return "".join(content), position + 1
        following = text[position + 1 : position + 2]
        if character == "\\" and following:
            content.append(following if following == quote else character + following)
            position += 2
            continue
        content.append(character)
        position += 1
    raise AuditError("a quoted value is never closed")


def _unescape(match: re.Match[str]) -> str:
    """Decode one escape; those that Go's unquoting does not know stay (without their zero)."""
    written = match[0]
    letter = written[1]
    if letter == "$":
        return "$$"
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter in '"\\':
        return letter
    if letter == "0":
        octal = _OCTAL.match(written)
        if octal and int(octal[1], 8) <= _MAX_BYTE:
            return chr(int(octal[1], 8))
        return "\\" + written[2:]
    return written


def _skip(text: str, position: int) -> int:
    match = _INLINE.match(text, position)
    return match.end() if match else position


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end
