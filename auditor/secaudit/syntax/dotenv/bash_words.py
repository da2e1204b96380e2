"""Words of the shell language: quotes, escapes and references, for the bash dialect."""

import re

from secaudit.facts import Unknown
from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.syntax.dotenv.model import Part, Reference

_ASSIGNMENT = lazy(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
_PLAIN = lazy(r"[^\s\\'\"$`;&|<>()~]+|\r+|[^\S \t\n\r]+")
_NAME = lazy(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACED = lazy(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])([^{}'\"\\`$]*))?\}")
_SPECIAL = lazy(r"\$[$?!#@*\-0-9]")
_ANSI = lazy(r"\$'((?:\\.|[^'\\])*)'", re.DOTALL)
_ANSI_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
_BETWEEN = lazy(r"(?:[ \t\n]|\\\n|#[^\n]*)*")  # the words of an array
_BACKQUOTED = lazy(r"`(?:\\.|[^`\\])*`", re.DOTALL)
_NESTING = lazy(r"\\.|\$[({\[]|[()\[\]}'\"`]", re.DOTALL)
_NESTED = {"$(": ")", "${": "}", "$[": "]", '"': '"', "`": "`"}  # what opens and closes in any
_COUNTED = {"(": ")", "[": "]"}  # only in a construct with the same end
_END = frozenset(" \t\n;&|<>()")


class ShellSyntaxError(Exception):
    """Text that bash refuses to parse: it reads no further."""


class ArraySyntaxError(ShellSyntaxError):
    """Text that bash refuses in an array: it goes on with the line after the one of ``at``."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.at = at


class Word(NamedTuple):
    """One word; ``name`` when it is an assignment, ``text`` as written."""

    start: int
    end: int
    text: str
    name: str
    appends: bool
    value_start: int
    parts: tuple[Part, ...]


def read_word(text: str, start: int, *, may_assign: bool) -> Word:
    """Read the word at ``start``; of an assignment, ``parts`` are those of its value.

    Only where a word may assign is a parenthesis behind the equals sign an array.

    Raises:
        ShellSyntaxError: a quote, substitution or array is never closed.
        ArraySyntaxError: something else than words stands in an array.
    """
    match = _ASSIGNMENT.match(text, start)
    value_start = match.end() if match else start
    reader = _Reader(text, value_start)
    if match and may_assign and text.startswith("(", value_start):
        reader.array()
    reader.word()  # with text right behind its parenthesis, an array is the start of a text
    name = match[1] if match else ""
    appends = bool(match and match[2])
    written = text[start : reader.at]
    return Word(start, reader.at, written, name, appends, value_start, tuple(reader.parts))


class _Reader:
    """Moves over one word and collects its parts."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at
        self.parts: list[Part] = []

    def word(self) -> None:
        """Read up to an unquoted blank or operator."""
        while self.at < len(self.text) and self.text[self.at] not in _END:
            character = self.text[self.at]
            if character == "\\":
                self._escape()
            elif character == "'":
                self._single()
            elif character == '"':
                self._double()
            elif character in "$`":
                self._dollar()
            elif character == "~":
                self._tilde()
            else:
                self._plain()

    def array(self) -> None:
        """Pass over an array: words, line ends and comments between parentheses."""
        self.parts.append(Unknown("an array in a shell file"))
        inner = _Reader(self.text, self.at + 1)
        while True:
            between = _BETWEEN.match(self.text, inner.at)
            inner.at = between.end() if between else inner.at
            following = self.text[inner.at : inner.at + 1]
            if not following:
                raise ShellSyntaxError("an array is never closed")
            if following == "[":
                inner.skip_nested("]", "a subscript")
            elif following in _END:
                break
            inner.word()
        if following != ")":
            raise ArraySyntaxError("a shell operator in an array", inner.at)
        self.at = inner.at + 1

    def skip_nested(self, closing: str, what: str) -> None:
        """Pass over a construct that only the shell could evaluate, with all that nests in it."""
        self.parts.append(Unknown(f"{what} in a shell file"))
        closings, at = [closing], self.at + 1
        while closings:
            mark = _NESTING.search(self.text, at)
            if mark is None:
                raise ShellSyntaxError(f"{what} is never closed")
            at = mark.end()
            if mark[0] == closings[-1]:
                closings.pop()
            elif mark[0] == "'" and closings[-1] != '"':
                at = self._end_of_single(at)
            elif mark[0] in _NESTED:
                closings.append(_NESTED[mark[0]])
            elif _COUNTED.get(mark[0]) == closings[-1]:
                closings.append(closings[-1])
        self.at = at

    def _add(self, literal: str) -> None:
        if self.parts and isinstance(self.parts[-1], str):
            self.parts[-1] += literal
        else:
            self.parts.append(literal)

    def _plain(self) -> None:
        match = _PLAIN.match(self.text, self.at)
        end = match.end() if match else self.at + 1
        self._add(self.text[self.at : end])
        self.at = end

    def _escape(self) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        self._add("" if following == "\n" else following or "\\")
        self.at += 2 if following else 1

    def _single(self) -> None:
        start = self.at + 1
        self.at = self._end_of_single(start)
        self._add(self.text[start : self.at - 1])

    def _end_of_single(self, start: int) -> int:
        end = self.text.find("'", start)
        if end < 0:
            raise ShellSyntaxError("its quote is never closed")
        return end + 1

    def _double(self) -> None:
        self.at += 1
        self._add("")
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == '"':
                self.at += 1
                return
            if character in "$`":
                self._dollar(quoted=True)
                continue
            following = self.text[self.at + 1 : self.at + 2]
            if character == "\\" and following in {"$", "`", '"', "\\", "\n"}:
                self._add("" if following == "\n" else following)
                self.at += 2
                continue
            self._add(character)
            self.at += 1
        raise ShellSyntaxError("its quote is never closed")

    def _dollar(self, *, quoted: bool = False) -> None:
        """Read what starts with a dollar sign or backquote."""
        text, at = self.text, self.at
        ansi = None if quoted else _ANSI.match(text, at)
        name = _NAME.match(text, at + 1)
        if text[at] == "`":
            self._backquote()
        elif ansi:
            self._ansi(ansi)
        elif text.startswith('$"', at) and not quoted:
            self.at += 1
        elif text.startswith("$(", at):
            self.at += 1
            self.skip_nested(")", "a command substitution")
        elif text.startswith("$[", at):
            self.at += 1
            self.skip_nested("]", "an arithmetic expansion")
        elif text.startswith("$\\\n", at):
            self.parts.append(Unknown("a reference across two lines"))
            self.at += 3
        elif text.startswith("${", at):
            self._braced()
        elif name:
            self.parts.append(Reference(name[0], "", (), f"${name[0]}"))
            self.at = name.end()
        elif _SPECIAL.match(text, at):
            self.parts.append(Unknown("a special shell parameter"))
            self.at += 2
        else:
            self._add("$")
            self.at += 1

    def _braced(self) -> None:
        match = _BRACED.match(self.text, self.at)
        if match is None:
            self.at += 1
            self.skip_nested("}", "a parameter expansion")
            return
        word: tuple[Part, ...] = (match[3],) if match[3] else ()
        self.parts.append(Reference(match[1], match[2] or "", word, match[0]))
        self.at = match.end()

    def _backquote(self) -> None:
        match = _BACKQUOTED.match(self.text, self.at)
        if match is None:
            raise ShellSyntaxError("a command substitution is never closed")
        self.parts.append(Unknown("a command substitution in a shell file"))
        self.at = match.end()

    def _ansi(self, match: re.Match[str]) -> None:
        letters = re.findall(r"\\(.)", match[1], re.DOTALL)
        if any(letter not in _ANSI_ESCAPES for letter in letters):
            self.parts.append(Unknown("escapes in a $'...' string"))
        else:
            self._add(re.sub(r"\\(.)", lambda found: _ANSI_ESCAPES[found[1]], match[1]))
        self.at = match.end()

    def _tilde(self) -> None:
        before = self.text[self.at - 1 : self.at]
        if before in {"=", ":", "\n"}:
            self.parts.append(Unknown("a home directory"))
        else:
            self._add("~")
        self.at += 1
