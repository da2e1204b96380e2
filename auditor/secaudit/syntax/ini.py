"""INI files as configparser reads them: sections, ``=`` or ``:``, indented continuation lines.

Comments are whole lines that start with ``#`` or ``;``; one behind a value belongs to the value.
Keys keep their spelling here, although configparser ignores case. ``DEFAULT`` fills the others.
"""

import re

from secaudit.errors import AuditError
from secaudit.facts import Unknown
from secaudit.patterns import lazy
from secaudit.syntax.text import LineIndex, TemplateError, decode, is_template
from secaudit.syntax.tree import Mapping, Node, Scalar

_LINE = lazy(r"([^\r\n]*)(?:\r\n|\n|\r|\Z)")
_SECTION = lazy(r"\[(?P<name>.+)\]")
_OPTION = lazy(r"(?P<key>[^:=\s\[][^:=]*?)\s*(?:(?P<sign>[:=])\s*(?P<value>.*))?$")
_INTERPOLATION = lazy(r"%\(")

Items = dict[str, tuple[Scalar, Node]]


def parse(data: bytes, path: str) -> Mapping:
    """Parse an INI file into a mapping of sections; ``DEFAULT`` is merged into each.

    Raises:
        TemplateError: it does not parse because it is a template.
        AuditError: a line is neither section, option nor comment; located.
    """
    text = decode(data, path)
    reader = _Reader(text, LineIndex(text, path))
    try:
        reader.read()
    except AuditError as error:
        if is_template(text, error.line):
            message = "a template, not an INI file"
            raise TemplateError(message, path=path, line=error.line) from None
        raise
    return reader.result()


class _Reader:
    """Reads line by line; remembers the option a continuation line belongs to."""

    def __init__(self, text: str, index: LineIndex) -> None:
        self.text = text
        self.index = index
        self.sections: dict[str, tuple[Scalar, Items]] = {}
        self.current: Items | None = None
        self.option: tuple[str, int, int, list[str]] | None = None  # key, start, end, lines
        self.keys: dict[str, Scalar] = {}

    def read(self) -> None:
        """Read all lines."""
        position = 0
        while position < len(self.text):
            match = _LINE.match(self.text, position)
            line = match[1] if match else ""
            self._line(line, position)
            position = match.end() if match and match.end() > position else position + 1
        self._finish()

    def _line(self, line: str, start: int) -> None:
        content = line.strip()
        if not content or content[0] in "#;":
            return
        offset = start + len(line) - len(line.lstrip())
        if line[0].isspace() and self.option is not None:
            key, first, _, lines = self.option
            self.option = (key, first, offset + len(content), [*lines, content])
            return
        self._finish()
        section = _SECTION.match(content)
        if section:
            place = self.index.location(offset, offset + len(content))
            heading = Scalar(section["name"], content, place)
            _, self.current = self.sections.setdefault(section["name"], (heading, {}))
            return
        option = _OPTION.match(content)
        if option is None or self.current is None:
            line_number, _ = self.index.place(start)
            message = "not valid INI: neither a section nor an option"
            raise AuditError(message, path=self.index.path, line=line_number)
        self._option(option, offset)

    def _option(self, option: re.Match[str], offset: int) -> None:
        key = option["key"]
        place = self.index.location(offset + option.start("key"), offset + option.end("key"))
        self.keys[key] = Scalar(key, key, place)
        if option["sign"] is None:
            end = offset + option.end("key")
            self.option = (key, end, end, [])
        else:
            start, end = offset + option.start("value"), offset + option.end("value")
            self.option = (key, start, end, [option["value"]])

    def _finish(self) -> None:
        """Store the option that is complete."""
        if self.option is not None and self.current is not None:
            key, start, end, lines = self.option
            raw = self.text[start:end]
            value = "\n".join(lines)
            typed = Unknown("an interpolation") if _INTERPOLATION.search(value) else value
            node = Scalar(typed, raw, self.index.location(start, end))
            self.current.pop(key, None)
            self.current[key] = (self.keys[key], node)
        self.option = None

    def result(self) -> Mapping:
        """Return the sections, each with the defaults it does not replace."""
        whole = self.index.location(0, len(self.text))
        _, defaults = self.sections.get("DEFAULT", (None, {}))
        items: Items = {}
        for name, (heading, own) in self.sections.items():
            if name == "DEFAULT" and len(self.sections) > 1:
                continue
            known = {key.lower() for key in own}
            inherited = {key: value for key, value in defaults.items() if key.lower() not in known}
            merged = {**inherited, **own}
            items[name] = (heading, Mapping(merged, heading.location))
        return Mapping(items, whole)
