"""The one way source text reaches a report: a line, its secrets hidden, its comment cut off.

A line that no parser understood is never shown. In env files only the value of a setting known
to be no secret is shown; in code, literals that a secret span covers, that follow a name which
sounds secret, or that look secret are hidden.
"""

import ast
import re
from collections.abc import Callable
from typing import Final

from secaudit.location import Location
from secaudit.naming import sounds_secret
from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.redaction import Secrets, hide, merged, redacted
from secaudit.syntax.python import tree_of
from secaudit.syntax.text import LINE_END

_ENV_LINE: Final = lazy(r"^\s*(?:export\s+)?(?P<key>[\w.-]+)\s*[=:]\s*(?P<value>.*?)\s*$")
_PAIR: Final = lazy(r"(?P<key>[\w.-]+)[\"']?\s*[:=]\s*(?P<value>[^\s#].*?)\s*$")
_NAME_BEFORE: Final = lazy(r"(?P<name>[\w.-]+)[\"'\])]*\s*(?::[^=\"']*=|[=:,(]|==|\+=)\s*\(?$")

_WHOLE_FILE: Final = (1, 1, 1, 1)  # the span of a fault that no line of a file has
_LONGEST: Final = 5_000  # code points of a line worth showing; minified files have longer ones

Masks = list[tuple[int, int]]


class Excerpt(NamedTuple):
    """A line of source ready to be shown. ``start`` and ``end`` mark the span in ``text``."""

    line: int
    text: str
    start: int
    end: int


def split_lines(text: str) -> list[str]:
    """Split as Python and editors do: at LF, CRLF and CR only."""
    return LINE_END.split(text)


class Source:
    """One file as reports may show it."""

    def __init__(self, path: str, data: bytes, secrets: Secrets, kind: str) -> None:
        self.path = path
        self.kind = kind
        self.secrets = secrets
        self.text = data.decode("utf-8", "replace").removeprefix("\ufeff")
        self.lines = split_lines(self.text)
        self._literals: dict[int, Masks] | None = None
        if kind == "python":
            self._literals = _literals(self.text, self.lines)

    def excerpt(self, location: Location) -> Excerpt | None:
        """Return the first line of a span, or None where nothing may be shown."""
        number = location.line
        if not 1 <= number <= len(self.lines) or location[1:] == _WHOLE_FILE:
            return None
        line = self.lines[number - 1]
        masks = self.masks(number) if len(line) <= _LONGEST else None
        if masks is None:
            return None
        last = location.end_column - 1 if location.end_line == number else len(line)
        cut = max(self._comment(number), min(last, len(line)))
        start, end = location.column - 1, max(min(last, cut), location.column)
        shown = hide(line[:cut].rstrip(), [m for m in masks if m[0] < cut])
        indent = len(shown) - len(shown.lstrip())
        begin = shift(masks, start) - indent
        return Excerpt(
            number, shown.strip(), max(begin, 0), max(shift(masks, end) - indent, begin + 1)
        )

    def masks(self, number: int) -> Masks | None:
        """Return the spans of a line to hide, as offsets; None when the whole line stays hidden."""
        line = self.lines[number - 1]
        if self.kind == "env":
            return self._env_masks(number, line)
        masks = self.secrets.find(line)
        if self.kind == "python":
            if self._literals is None:
                return None
            return merged([*masks, *self._literal_masks(number, line)])
        known = (self.path, number) in self.secrets.plain
        for match in _PAIR.finditer(line):
            if not known and sounds_secret(match["key"]):
                masks.append(match.span("value"))
        return merged([*masks, *self._covered(number, line)])

    def _env_masks(self, number: int, line: str) -> Masks | None:
        match = _ENV_LINE.match(line)
        if match is None:
            return None
        if (self.path, number) not in self.secrets.plain:
            return [match.span("value")]
        return merged([*self.secrets.find(line), *self._covered(number, line)])

    def _covered(self, number: int, line: str) -> Masks:
        """Return what the secret spans of this file cover of a line, without the key."""
        masks = []
        for start, end in self._secret_spans(number, line):
            pair = _PAIR.search(line[start:end])
            masks.append((start + pair.start("value") if pair else start, end))
        return masks

    def _secret_spans(self, number: int, line: str) -> Masks:
        return [
            (
                place.column - 1 if place.line == number else 0,
                place.end_column - 1 if place.end_line == number else len(line),
            )
            for place in self.secrets.spans.get((self.path, number), ())
        ]

    def _literal_masks(self, number: int, line: str) -> Masks:
        masks = []
        covered = self._secret_spans(number, line)
        for start, end in (self._literals or {}).get(number, ()):
            content = line[start:end].strip("\"'rRbBfFuU")
            if content in self.secrets.names:
                continue
            before = _NAME_BEFORE.search(line[:start])
            if (before is not None and sounds_secret(before["name"])) or any(
                left <= start and end <= right for left, right in covered
            ):
                quoted = re.match(r"[rRbBfFuU]*(\"\"\"|'''|\"|')", line[start:end])
                quote = quoted[1] if quoted else ""
                inner = start + (quoted.end() if quoted else 0)
                masks.append((inner, end - len(quote) if line[inner:end].endswith(quote) else end))
        return masks

    def _comment(self, number: int) -> int:
        """Return the offset at which a trailing comment begins, or the length of the line."""
        line = self.lines[number - 1]
        if self.kind == "json" or "#" not in line:
            return len(line)
        literals = (self._literals or {}).get(number, quoted(line))
        for match in re.finditer(r"#", line):
            position = match.start()
            spaced = self.kind == "python" or position == 0 or line[position - 1].isspace()
            if spaced and not any(start <= position < end for start, end in literals):
                return position
        return len(line)


def shift(masks: Masks, offset: int) -> int:
    """Return where an offset of the original line is after ``hide``."""
    moved = offset
    for start, end in masks:
        if offset <= start:
            break
        length = len(redacted(" " * (end - start)))
        moved += length - (end - start) if offset >= end else start + length - offset
    return moved


def quoted(line: str) -> Masks:
    """Return the quoted parts of a line, for formats whose strings end on their line."""
    return [match.span() for match in re.finditer(r"\"(?:\\.|[^\"\\])*\"|'[^']*'", line)]


def _literals(text: str, lines: list[str]) -> dict[int, Masks] | None:
    """Return the string literals of a module as offsets by line; None when it does not parse."""
    try:
        tree = tree_of(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found: dict[int, Masks] = {}
    for node in ast.walk(tree):
        text_literal = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        if not text_literal and not isinstance(node, ast.JoinedStr):
            continue
        assert isinstance(node, ast.expr)  # noqa: S101 - tells mypy that positions exist
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            line = lines[number - 1]
            start = _offset(line, node.col_offset) if number == node.lineno else 0
            at_end = number == node.end_lineno
            end = _offset(line, node.end_col_offset or 0) if at_end else len(line)
            found.setdefault(number, []).append((start, end))
    return found


def _offset(line: str, column: int) -> int:
    """Turn a column in UTF-8 bytes, as ``ast`` counts, into an offset in code points."""
    return len(line.encode()[:column].decode("utf-8", "ignore"))


Sources = Callable[[str], Source | None]
