"""YAML documents with places; plain scalars typed as the program that reads the file types them.

Application files follow YAML 1.1, as PyYAML does (``no`` is False, ``0o17`` a string, ``017`` is
15). Compose follows its Go library: only ``true`` and ``false`` are booleans.
"""

import re
from contextlib import suppress
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from secaudit.errors import AuditError
from secaudit.facts import Unknown
from secaudit.patterns import lazy
from secaudit.syntax.text import LineIndex, TemplateError, decode, is_template
from secaudit.syntax.tree import MAX_DEPTH, Mapping, Node, Scalar, Sequence

Schema = Literal["1.1", "compose"]

_BOOLEANS_11 = {
    word: value
    for words, value in (("yes true on", True), ("no false off", False))
    for lower in words.split()
    for word in (lower, lower.capitalize(), lower.upper())
}
_BOOLEANS = {key: value for key, value in _BOOLEANS_11.items() if key.lower() in {"true", "false"}}
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER_11 = lazy(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)")
_SEXAGESIMAL = lazy(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+")
_FLOAT_11 = lazy(r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*")
_INTEGER_GO = lazy(r"[-+]?(?:0[bB][01_]+|0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]*|[1-9][0-9_]*)")
_FLOAT_GO = lazy(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TEMPLATED = lazy(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LARGE = 256 * 1024  # bytes from which on the C parser is worth its stricter grammar
_MAX_DIGITS = 400
_MAX_INDENT = 400  # columns; with flow brackets this bounds nesting before the parser recurses


def parse(data: bytes, path: str, schema: Schema = "1.1") -> tuple[Node, ...]:
    """Return the documents of a file; an empty file has none.

    Raises:
        TemplateError: it does not parse because it is a template.
        AuditError: it does not parse, is too large, nested too deeply or refers to itself.
    """
    text = decode(data, path)
    _check_nesting(text, path)
    index = LineIndex(text, path)
    try:
        documents = _composed(text, large=len(data) > _LARGE)
    except RecursionError:
        raise AuditError("nested too deeply to be parsed", path=path) from None
    except (YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        if is_template(text, line):
            raise TemplateError("a template, not YAML", path=path, line=line) from None
        message = getattr(error, "problem", None) or "not valid YAML"
        raise AuditError(f"not valid YAML: {message}", path=path, line=line) from None
    convert = _Converter(text, index, schema)
    return tuple(convert.node(document, 0) for document in documents)


def _composed(text: str, *, large: bool) -> list[Any]:
    """Return the documents of a text as the parser's nodes.

    The Python parser reads some 150 KiB a second, the C one a MiB. ruamel.yaml takes the latter
    where it is installed; what it refuses (a colon in ``{a:1}``) the former may still read.
    """
    if large:
        with suppress(YAMLError):
            return [node for node in YAML(typ="safe").compose_all(text) if node is not None]
    reader = YAML(typ="safe", pure=True)
    # An anchor may be used again (YAML 1.2.2, 7.1), and the warning would print lines of the file.
    reader.composer.warn_double_anchors = False
    return [node for node in reader.compose_all(text) if node is not None]


def _check_nesting(text: str, path: str) -> None:
    """Refuse nesting that would exhaust the parser's recursion."""
    depth = deepest = 0
    for character in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if character in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH or re.search(rf"^ {{{_MAX_INDENT}}}", text, re.MULTILINE):
        raise AuditError("nested too deeply to be parsed", path=path)
    if re.search(r"(?:[-?] ){100}", text):
        raise AuditError("nested too deeply to be parsed", path=path)


class _Converter:
    """Turns the parser's nodes into ours; an alias shares the node of its anchor."""

    def __init__(self, text: str, index: LineIndex, schema: Schema) -> None:
        self.text = text
        self.index = index
        self.schema = schema
        self.done: dict[int, Node] = {}
        self.open: set[int] = set()

    def node(self, source: Any, depth: int) -> Node:  # noqa: ANN401 - ruamel.yaml's nodes are untyped
        """Return one node with everything below it."""
        known = self.done.get(id(source))
        if known is not None:
            return known
        line = source.start_mark.line + 1
        if id(source) in self.open:
            message = "an alias that refers to itself"
            raise AuditError(message, path=self.index.path, line=line)
        if depth > MAX_DEPTH:
            raise AuditError("nested too deeply to be read", path=self.index.path, line=line)
        self.open.add(id(source))
        node = self._convert(source, depth)
        self.open.discard(id(source))
        self.done[id(source)] = node
        return node

    def _convert(self, source: Any, depth: int) -> Node:  # noqa: ANN401 - see node()
        start, end = source.start_mark.index, source.end_mark.index
        written = self.text[start:end].rstrip()
        location = self.index.location(start, start + len(written))
        tag = self._tag(source, written)
        if isinstance(source, ScalarNode):
            return Scalar(self._value(source, tag), written, location, tag)
        if written.startswith("{{"):
            return Scalar(Unknown("a template expression"), written, location, tag)
        if isinstance(source, SequenceNode):
            items = tuple(self.node(item, depth + 1) for item in source.value)
            return Sequence(items, location, tag)
        return Mapping(self._items(source, depth), location, tag)

    def _items(self, source: MappingNode, depth: int) -> dict[str, tuple[Scalar, Node]]:
        """Return the entries: explicit ones win over ``<<``, later ones over earlier ones."""
        own: dict[str, tuple[Scalar, Node]] = {}
        inherited: dict[str, tuple[Scalar, Node]] = {}
        for key_node, value_node in source.value:
            key = self.node(key_node, depth + 1)
            value = self.node(value_node, depth + 1)
            if not isinstance(key, Scalar):
                continue  # a mapping as key: nothing we look for
            if key.raw == "<<":
                for base in value.items if isinstance(value, Sequence) else (value,):
                    if isinstance(base, Mapping):
                        inherited = {**base.items, **inherited}
                continue
            name = key.value if isinstance(key.value, str) else key.raw
            own.pop(name, None)
            own[name] = (key, value)
        return {**inherited, **own}

    @staticmethod
    def _tag(source: Any, written: str) -> str:  # noqa: ANN401 - see node()
        """Return an explicit tag; tags that the resolver chose are not written in the file."""
        tag = str(source.tag or "")
        if not written.startswith("!") and not tag.startswith("!"):
            return ""
        return tag.replace("tag:yaml.org,2002:", "!!")

    def _value(self, source: ScalarNode, tag: str) -> Any:  # noqa: ANN401 - any scalar
        text: str = source.value
        if _TEMPLATED.search(text):
            return Unknown("a template expression")
        if tag == "!!str":
            return text
        if tag and not tag.startswith("!!") and tag not in {"!reset", "!override"}:
            return Unknown(f"the tag {tag}")
        if source.style not in {None, ""}:  # the Python and the C parser's word for plain
            return text
        return _plain_11(text) if self.schema == "1.1" else _plain_go(text)


def _plain_11(text: str) -> Any:  # noqa: ANN401 - any scalar
    """Type a plain scalar as PyYAML's safe loader does."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS_11:
        return _BOOLEANS_11[text]
    return text if len(text) > _MAX_DIGITS else _number_11(text)


def _number_11(text: str) -> Any:  # noqa: ANN401 - a number, or text that is none
    if _INTEGER_11.fullmatch(text):
        return _integer(text)
    if _SEXAGESIMAL.fullmatch(text):
        digits = text.replace("_", "").lstrip("+-").split(":")
        total = sum(int(digit) * 60**place for place, digit in enumerate(reversed(digits)))
        return -total if text.startswith("-") else total
    if _FLOAT_11.fullmatch(text):
        return float(text.replace("_", ""))
    return text


def _plain_go(text: str) -> Any:  # noqa: ANN401 - any scalar
    """Type a plain scalar as Compose's YAML library does."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if len(text) > _MAX_DIGITS:
        return text
    if _INTEGER_GO.fullmatch(text):
        return _integer(text)
    if _FLOAT_GO.fullmatch(text):
        return float(text)
    return text


def _integer(text: str) -> Any:  # noqa: ANN401 - an int, or text that is none
    digits = text.replace("_", "")
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    lower = digits.lower()
    try:
        if lower.startswith(("0x", "0b", "0o")):
            return sign * int(lower, 0)
        if digits.startswith("0") and len(digits) > 1:
            return sign * int(digits, 8)
        return sign * int(digits)
    except ValueError:  # digits that only underscores made look right
        return text
