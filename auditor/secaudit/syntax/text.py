"""Decoding files and finding the line and column of an offset."""

from bisect import bisect_right

from secaudit.errors import AuditError
from secaudit.location import Location
from secaudit.patterns import lazy
from secaudit.records import NamedTuple

MAX_BYTES = 2 * 1024 * 1024

LINE_END = lazy(r"\r\n|\r|\n")
_ENCODING = lazy(  # plain codecs only: some others take quadratic time or build surrogates
    r"utf-8(-sig)?|ascii|us-ascii|latin-?1|iso-?8859-\d+|(cp|windows-)125\d|koi8-[ru]"
    r"|euc-(jp|kr)|shift-?jis|gbk|gb2312|gb18030|big5"
)
_BLOCK_TAG = lazy(
    r"\{%[-+]?\s*(?:if|elif|else|endif|for|endfor|set|raw|endraw|block|macro|include|import|from"
    r"|extends|filter|load|with|call)\b[^%]*%\}"
)
_EXPRESSION = lazy(r"\{\{-?\s*[A-Za-z_][^{}\n]*\}\}")

_TEMPLATED = lazy(r"\{\{-?\s*[A-Za-z_][^{}\n]*\}\}|\{%[^\n]*?%\}")


class TemplateError(AuditError):
    """A file that does not parse because it is a template of another file; it is passed over."""


def decode(data: bytes, path: str, encoding: str = "utf-8") -> str:
    """Return the text of a file without its byte order mark; line ends stay as they are.

    Raises:
        AuditError: the file is larger than 2 MiB, not in this encoding, or the encoding is unusual.
    """
    if len(data) > MAX_BYTES:
        raise AuditError("the file is larger than 2 MiB", "exclude it with --exclude", path=path)
    name = encoding.lower().replace("_", "-").replace("utf8", "utf-8")
    for ending in ("-unix", "-dos", "-mac"):  # of line ends, as Emacs writes it
        name = name.removesuffix(ending)
    if name != "utf-8" and not _ENCODING.fullmatch(name):
        raise AuditError("an encoding that is not read", "save it as UTF-8", path=path, line=1)
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "save it as UTF-8"
        raise AuditError(f"not valid {name} text", hint, path=path, line=line) from None
    return text.removeprefix("\ufeff")


class Text(NamedTuple):
    """A piece of a file: its value without quotes, and its place with them."""

    value: str
    location: Location


def whole(text: str, path: str) -> Text:
    """Return what a file that holds one value says: its text without the blanks around it."""
    start = len(text) - len(text.lstrip())
    value = text.strip()
    return Text(value, LineIndex(text, path).location(start, start + len(value)))


class LineIndex:
    """Turns offsets of one text into locations; lines end at LF, CRLF or CR."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self._starts = [0, *(match.end() for match in LINE_END.finditer(text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of a code point offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a 1-based line and column."""
        return self._starts[line - 1] + column - 1

    def location(self, start: int, end: int) -> Location:
        """Return the location of ``text[start:end]``."""
        return Location(self.path, *self.place(start), *self.place(end))


def is_template(text: str, line: int | None = None) -> bool:
    """Say whether a text that does not parse is a template.

    A block tag anywhere is proof; a ``{{ name }}`` only on the line that does not parse, because
    doubled braces are common in ordinary source text.
    """
    if _BLOCK_TAG.search(text):
        return True
    if line is None:
        return bool(_EXPRESSION.search(text))
    lines = LINE_END.split(text)
    return any(_EXPRESSION.search(part) for part in lines[max(line - 2, 0) : line])


def is_templated(value: str) -> bool:
    """Say whether a value holds an expression that a template engine will fill in."""
    return "{" in value and _TEMPLATED.search(value) is not None


def newlines(text: str) -> str:
    """Return the text as a file opened in text mode yields it: every line end is LF."""
    return LINE_END.sub("\n", text) if "\r" in text else text
