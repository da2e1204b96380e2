"""TOML documents with places: the standard library's values, found again in the text."""

import re
import tomllib
from typing import Any

from secaudit.errors import AuditError
from secaudit.location import Location
from secaudit.patterns import lazy
from secaudit.syntax.text import LineIndex, TemplateError, decode, is_template, newlines
from secaudit.syntax.tree import MAX_DEPTH, Mapping, Node, Scalar, Sequence

_SKIP = lazy(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = lazy(r"[ \t]*")
_BARE = lazy(r"[A-Za-z0-9_\-]+")
_BASIC = r'"(?:\\.|[^"\\\n])*"'
_BASIC_LINES = r'"""(?:\\.|[^\\])*?"{3,5}'
_LITERAL, _LITERAL_LINES = r"'[^'\n]*'", r"'''.*?'{3,5}"
_STRING = lazy(f"{_BASIC_LINES}|{_LITERAL_LINES}|{_BASIC}|{_LITERAL}", re.DOTALL)
_SCALAR = lazy(r"[^,\]}\s#]+(?: \d[^,\]}\s#]*)?")
_OPENING = lazy(r"[\[{]")

Path = tuple[str, ...]
Places = dict[Path, tuple[Location, Location, str]]  # path: key, value, the value's text


def parse(data: bytes, path: str) -> Mapping:
    """Parse a TOML document.

    Raises:
        TemplateError: it does not parse because it is a template.
        AuditError: it does not parse or is nested too deeply; located.
    """
    text = decode(data, path)
    try:
        if len(_OPENING.findall(text)) > MAX_DEPTH:
            _check_depth(text, path)
        values = tomllib.loads(newlines(text))
    except (ValueError, RecursionError) as error:  # a long integer is a ValueError of int()
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else None
        if is_template(text, line):
            raise TemplateError("a template, not TOML", path=path, line=line) from None
        message = str(error).split(" (at ")[0]
        raise AuditError(f"not valid TOML: {message}", path=path, line=line) from None
    finder = _Finder(text, LineIndex(text, path))
    finder.document()
    whole = finder.index.location(0, len(text))
    node = _node(values, (), finder.places, whole)
    return node if isinstance(node, Mapping) else Mapping({}, whole)


def _check_depth(text: str, path: str) -> None:
    """Refuse nesting that would exhaust recursion; brackets in strings count, which is harmless."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise AuditError("nested too deeply to be parsed", path=path)


def _node(value: Any, path: Path, places: Places, default: Location) -> Node:  # noqa: ANN401 - TOML's values
    """Build our tree from the parsed values and the places that were found."""
    _, location, raw = places.get(path, (default, default, ""))
    if isinstance(value, dict):
        items = {}
        for name, inner in value.items():
            here = (*path, name)
            key, _, _ = places.get(here, (default, default, ""))
            items[name] = (Scalar(name, name, key), _node(inner, here, places, default))
        return Mapping(items, location)
    if isinstance(value, list):
        nodes = [_node(item, (*path, str(i)), places, default) for i, item in enumerate(value)]
        return Sequence(tuple(nodes), location)
    plain = value if isinstance(value, str | bool | int | float) else str(value)
    return Scalar(plain, raw, location)


class _Finder:
    """Walks a valid document and notes where each key and value stands."""

    def __init__(self, text: str, index: LineIndex) -> None:
        self.text = text
        self.index = index
        self.places: Places = {}
        self.at = 0
        self._counts: dict[Path, int] = {}  # tables of each array of tables so far

    def document(self) -> None:
        """Read all statements."""
        table: Path = ()
        while True:
            self._skip()
            if self.at >= len(self.text):
                return
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._assignment(table)

    def _header(self) -> Path:
        start = self.at
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        keys = self._keys()
        self.at += 2 if many else 1
        path: Path = ()
        for key in keys[:-1]:
            path = self._inside((*path, key))
        last = (*path, keys[-1])
        if many:
            self._counts[last] = self._counts.get(last, -1) + 1
        path = self._inside(last)
        place = self.index.location(start, self.at)
        self.places[last] = self.places.get(last, (place, place, ""))
        self.places[path] = (place, place, "")
        return path

    def _inside(self, path: Path) -> Path:
        """Return the path into the newest table of an array of tables, or the path itself."""
        return (*path, str(self._counts[path])) if path in self._counts else path

    def _assignment(self, table: Path) -> None:
        start = self.at
        keys = self._keys()
        key = self.index.location(start, self.at)
        self._blank()
        self.at += 1  # the equals sign
        self._value((*table, *keys), key)

    def _keys(self) -> list[str]:
        """Read a dotted key; stops behind its last part."""
        keys: list[str] = []
        while True:
            self._blank()
            quoted = _STRING.match(self.text, self.at)
            bare = _BARE.match(self.text, self.at)
            match = quoted or bare
            if match is None:
                raise AuditError("a key is expected", path=self.index.path)
            keys.append(tomllib.loads(f"k = {match[0]}")["k"] if quoted else match[0])
            self.at = match.end()
            after = self.at
            self._blank()
            if self.text[self.at : self.at + 1] != ".":
                self.at = after if self.text[self.at : self.at + 1] != "]" else self.at
                return keys
            self.at += 1

    def _value(self, path: Path, key: Location) -> None:
        self._blank()
        start = self.at
        opening = self.text[self.at : self.at + 1]
        if opening == "[":
            self._array(path, key)
        elif opening == "{":
            self._inline_table(path)
        else:
            pattern = _STRING if opening in {'"', "'"} else _SCALAR
            match = pattern.match(self.text, self.at)
            self.at = match.end() if match else self.at + 1
        place = self.index.location(start, self.at)
        self.places[path] = (key, place, self.text[start : self.at])

    def _array(self, path: Path, key: Location) -> None:
        self.at += 1
        for number in range(len(self.text)):
            self._skip()
            if self.text[self.at] == "]":
                break
            self._value((*path, str(number)), key)
            self._skip()
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while True:
            self._skip()
            if self.text[self.at] == "}":
                break
            self._assignment(path)
            self._skip()
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1

    def _skip(self) -> None:
        match = _SKIP.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
