"""Words of the shell language: quotes, escapes and references, for the bash dialect."""

import re
from typing import Final

from secaudit.facts import Unknown
from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.syntax.dotenv.model import Part, Reference

_IDENTIFIER: Final = r"[A-Za-z_](?:[A-Za-z0-9_]|\\\n)*"  # bash takes out a continued line's end
_CONTINUED = lazy(r"(?:\\\n)*")
_ASSIGN: Final = r"(?:(?P<plus>\+)(?:\\\n)*)?=(?:\\\n)*"
_ASSIGNMENT = lazy(rf"({_IDENTIFIER}){_ASSIGN}")
_EQUALS = lazy(_ASSIGN)
_INDEXED = lazy(rf"({_IDENTIFIER})\[")
_PLAIN = lazy(r"[^\s\\'\"$`;&|<>()~]+|\r+|[^\S \t\n\r]+")
_NAME = lazy(_IDENTIFIER)
_BRACED = lazy(r"\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])([^{}'\"\\`$]*))?\}")
_SPECIAL = frozenset("$?!#@*-0123456789")
_SUBSTITUTIONS = {"(": (")", "a command substitution"), "[": ("]", "an arithmetic expansion")}
_ANSI = lazy(r"'((?:\\.|[^'\\])*)'", re.DOTALL)
_ANSI_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
_BETWEEN = lazy(r"(?:[ \t\n]|\\\n|#[^\n]*)*")  # the words of an array
_COMMENT = lazy(r"[^\n]*")
_BACKQUOTED = lazy(r"`(?:\\.|[^`\\])*`", re.DOTALL)
_NESTING = lazy(r"\\.|\$(?:\\\n)*[({\[]|[()\[\]}'\"`]|(?<![^\s;&|(])#", re.DOTALL)
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
    """One word; ``name`` when it is an assignment, ``text`` as written, on one line."""

    start: int
    end: int
    text: str
    name: str
    appends: bool
    value_start: int
    parts: tuple[Part, ...]


def joined(text: str) -> str:
    """Return the text as bash reads it outside of quotes: on one line."""
    return text.replace("\\\n", "")


def read_word(text: str, start: int, *, may_assign: bool, may_index: bool) -> Word:
    """Read the word at ``start``; of an assignment, ``parts`` are those of its value.

    Only where a word may assign is a parenthesis behind the equals sign an array; only where it
    may index is ``name[`` the start of an element of one.

    Raises:
        ShellSyntaxError: a quote, substitution, subscript or array is never closed.
        ArraySyntaxError: something else than words stands in an array.
    """
    reader = _Reader(text, start)
    indexed = _INDEXED.match(text, start) if may_index else None
    if indexed:
        reader.at = indexed.end() - 1
        reader.skip_nested("]", "a subscript")
        equals = _EQUALS.match(text, reader.at)
        name = joined(indexed[1]) if equals else ""
    else:
        equals = _ASSIGNMENT.match(text, start)
        name = joined(equals[1]) if equals else ""
    if equals:
        reader.at = equals.end()
    value_start = reader.at if equals else start
    if text.startswith("(", reader.at):
        if equals and may_assign:
            reader.array()
        elif reader.at == start:
            reader.skip_nested(")", "a subshell")
    reader.word()  # with text right behind its parenthesis, an array is the start of a text
    appends = bool(equals and equals["plus"])
    written = joined(text[start : reader.at])
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
            inner.at = self._past(_BETWEEN, inner.at)
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
            match = _NESTING.search(self.text, at)
            if match is None:
                raise ShellSyntaxError(f"{what} is never closed")
            mark, at = joined(match[0]), match.end()
            if mark == closings[-1]:
                closings.pop()
            elif mark == "#" and closings[-1] == ")":  # only commands have comments
                at = self._past(_COMMENT, at)
            elif mark == "'" and closings[-1] != '"':
                at = self._end_of_single(at)
            elif mark in _NESTED:
                closings.append(_NESTED[mark])
            elif _COUNTED.get(mark) == closings[-1]:
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
        text = self.text
        if text[self.at] == "`":
            self._backquote()
            return
        at = self._past(_CONTINUED, self.at + 1)
        following = text[at : at + 1]
        ansi = None if quoted else _ANSI.match(text, at)
        name = _NAME.match(text, at)
        self.at = at
        if ansi:
            self._ansi(ansi)
        elif following in _SUBSTITUTIONS:
            self.skip_nested(*_SUBSTITUTIONS[following])
        elif following == "{":
            self._braced()
        elif name:
            self.parts.append(Reference(joined(name[0]), "", (), f"${joined(name[0])}"))
            self.at = name.end()
        elif following in _SPECIAL:
            self.parts.append(Unknown("a special shell parameter"))
            self.at += 1
        elif following != '"' or quoted:
            self._add("$")

    def _past(self, pattern: re.Pattern[str], at: int) -> int:
        match = pattern.match(self.text, at)
        return match.end() if match else at

    def _braced(self) -> None:
        match = _BRACED.match(self.text, self.at)
        if match is None:
            self.skip_nested("}", "a parameter expansion")
            return
        word: tuple[Part, ...] = (match[3],) if match[3] else ()
        self.parts.append(Reference(match[1], match[2] or "", word, f"${match[0]}"))
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
