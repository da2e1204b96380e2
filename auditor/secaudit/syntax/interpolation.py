"""The ``$NAME`` and ``${NAME:-word}`` grammar of Compose files and of Compose's env files."""

from secaudit.errors import AuditError
from secaudit.patterns import lazy
from secaudit.syntax.dotenv.model import Part, Reference

_START = lazy(r"\$(?:(\$)|([_a-zA-Z][_a-zA-Z0-9]*)|(\{))")
_NAME = lazy(r"[_a-zA-Z][_a-zA-Z0-9]*")
_OPERATOR = lazy(r":?[-+?]")
_MAX_DEPTH = 20


def template(text: str, depth: int = 0) -> tuple[Part, ...]:
    """Split a text at its references; ``$$`` is one dollar sign, a lone ``$`` is itself.

    Raises:
        AuditError: a ``${`` that Compose would refuse, or nesting beyond 20 levels.
    """
    if depth > _MAX_DEPTH:
        raise AuditError("references are nested too deeply")
    parts: list[Part] = []
    cursor = 0
    for_text: list[str] = []
    while match := _START.search(text, cursor):
        for_text.append(text[cursor : match.start()])
        cursor = match.end()
        if match[1]:
            for_text.append("$")
            continue
        if match[2]:
            reference = Reference(match[2], "", (), match[0])
        else:
            reference, cursor = _braced(text, match.start(), depth)
        _flush(parts, for_text)
        parts.append(reference)
    for_text.append(text[cursor:])
    _flush(parts, for_text)
    return tuple(parts)


def _braced(text: str, start: int, depth: int) -> tuple[Reference, int]:
    """Read ``${...}`` at ``start``; return it and the offset behind its closing brace."""
    name = _NAME.match(text, start + 2)
    if name is None:
        raise AuditError("invalid interpolation: a variable name must follow '${'")
    end = _closing(text, start)
    if end < 0:
        raise AuditError("invalid interpolation: '${' is never closed")
    written = text[start : end + 1]
    if name.end() == end:
        return Reference(name[0], "", (), written), end + 1
    operator = _OPERATOR.match(text, name.end())
    if operator is None:
        raise AuditError("invalid interpolation: unknown operator after the variable name")
    word = text[operator.end() : end]
    if "\n" in word:
        raise AuditError("invalid interpolation: '${' is not closed on its line")
    return Reference(name[0], operator[0], template(word, depth + 1), written), end + 1


def _closing(text: str, start: int) -> int:
    """Return the offset of the brace that closes ``${`` at ``start``, counting inner braces."""
    depth = 0
    for position in range(start, len(text)):
        if text[position] == "{":
            depth += 1
        elif text[position] == "}":
            depth -= 1
            if depth == 0:
                return position
    return -1


def _flush(parts: list[Part], pending: list[str]) -> None:
    joined = "".join(pending)
    pending.clear()
    if joined:
        parts.append(joined)
