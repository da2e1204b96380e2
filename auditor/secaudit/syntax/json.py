"""JSON documents with places (RFC 8259)."""

import json
import re

from secaudit.errors import AuditError
from secaudit.patterns import lazy
from secaudit.syntax.text import LineIndex, TemplateError, decode, is_template
from secaudit.syntax.tree import MAX_DEPTH, Mapping, Node, Scalar, Sequence

_BLANK = lazy(r"[ \t\r\n]*")
_STRING = lazy(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_LITERAL = lazy(r"true|false|null|-?\d{1,400}(?:\.\d{1,400})?(?:[eE][-+]?\d{1,4})?")


def parse(data: bytes, path: str) -> Node:
    """Parse a JSON document.

    Raises:
        TemplateError: it does not parse because it is a template.
        AuditError: it does not parse or is nested too deeply; located.
    """
    text = decode(data, path)
    parser = _Parser(text, LineIndex(text, path))
    try:
        return parser.document()
    except _SyntaxError as error:
        line, _ = parser.index.place(error.offset)
        if is_template(text, line):
            raise TemplateError("a template, not JSON", path=path, line=line) from None
        raise AuditError(f"not valid JSON: {error}", path=path, line=line) from None


class _SyntaxError(Exception):
    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class _Parser:
    """A recursive descent over the text; depth is bounded before it recurses."""

    def __init__(self, text: str, index: LineIndex) -> None:
        self.text = text
        self.index = index
        self.at = 0

    def document(self) -> Node:
        """Read the one value of a document."""
        node = self._value(0)
        self._blank()
        if self.at < len(self.text):
            raise _SyntaxError("text after the document", self.at)
        return node

    def _value(self, depth: int) -> Node:
        self._blank()
        if depth > MAX_DEPTH:
            raise _SyntaxError("nested too deeply", self.at)
        opening = self.text[self.at : self.at + 1]
        if opening == "{":
            return self._mapping(depth)
        if opening == "[":
            return self._sequence(depth)
        return self._scalar(_STRING if opening == '"' else _LITERAL)

    def _scalar(self, pattern: re.Pattern[str]) -> Scalar:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise _SyntaxError("a value is expected", self.at)
        self.at = match.end()
        try:
            value = json.loads(match[0])
        except ValueError:
            raise _SyntaxError("an invalid string or number", match.start()) from None
        return Scalar(value, match[0], self.index.location(match.start(), match.end()))

    def _mapping(self, depth: int) -> Mapping:
        start = self.at
        items: dict[str, tuple[Scalar, Node]] = {}
        self.at += 1
        while not self._closes("}", first=not items):
            self._blank()
            key = self._scalar(_STRING)
            self._expect(":")
            items.pop(str(key.value), None)  # the last of two equal keys counts
            items[str(key.value)] = (key, self._value(depth + 1))
        return Mapping(items, self.index.location(start, self.at))

    def _sequence(self, depth: int) -> Sequence:
        start = self.at
        items: list[Node] = []
        self.at += 1
        while not self._closes("]", first=not items):
            items.append(self._value(depth + 1))
        return Sequence(tuple(items), self.index.location(start, self.at))

    def _closes(self, bracket: str, *, first: bool) -> bool:
        """Read a closing bracket, or the comma that must stand before the next item."""
        self._blank()
        if self.text.startswith(bracket, self.at):
            self.at += 1
            return True
        if not first:
            self._expect(",")
        return False

    def _expect(self, character: str) -> None:
        self._blank()
        if not self.text.startswith(character, self.at):
            raise _SyntaxError(f"{character!r} is expected", self.at)
        self.at += 1

    def _blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
