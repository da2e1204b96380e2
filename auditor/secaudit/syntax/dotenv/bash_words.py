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
_END = frozenset(" \t\n;&|<>()")


class ShellSyntaxError(Exception):
    """Text that bash refuses to parse."""


class Word(NamedTuple):
    """One word; ``name`` when it is an assignment, ``text`` as written."""

    start: int
    end: int
    text: str
    name: str
    appends: bool
    value_start: int
    parts: tuple[Part, ...]
    is_array: bool


def read_word(text: str, start: int) -> Word:
    """Read the word at ``start``; of an assignment, ``parts`` are those of its value.

    Raises:
        ShellSyntaxError: a quote or substitution is never closed.
    """
    match = _ASSIGNMENT.match(text, start)
    value_start = match.end() if match else start
    reader = _Reader(text, value_start)
    is_array = match is not None and text[value_start : value_start + 1] == "("
    if is_array:
        reader.skip_nested("(", ")", "an array")
    else:
        reader.word()
    name = match[1] if match else ""
    appends = bool(match and match[2])
    written = text[start : reader.at]
    return Word(
        start, reader.at, written, name, appends, value_start, tuple(reader.parts), is_array
    )


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

    def skip_nested(self, opening: str, closing: str, what: str) -> None:
        """Pass over a balanced construct that only the shell could evaluate."""
        depth = 0
        for position in range(self.at, len(self.text)):
            character = self.text[position]
            if character == opening:
                depth += 1
            elif character == closing:
                depth -= 1
                if depth == 0:
                    self.at = position + 1
                    self.parts.append(Unknown(f"{what} in a shell file"))
                    return
        raise ShellSyntaxError(f"{what} is never closed")

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
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise ShellSyntaxError("its quote is never closed")
        self._add(self.text[self.at + 1 : end])
        self.at = end + 1

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
            self.skip_nested("(", ")", "a command substitution")
        elif text.startswith("$[", at):
            self.at += 1
            self.skip_nested("[", "]", "an arithmetic expansion")
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
            self.skip_nested("{", "}", "a parameter expansion")
            return
        word: tuple[Part, ...] = (match[3],) if match[3] else ()
        self.parts.append(Reference(match[1], match[2] or "", word, match[0]))
        self.at = match.end()

    def _backquote(self) -> None:
        end = self.text.find("`", self.at + 1)
        if end < 0:
            raise ShellSyntaxError("a command substitution is never closed")
        self.parts.append(Unknown("a command substitution in a shell file"))
        self.at = end + 1

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
