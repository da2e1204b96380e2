"""Start scripts of the shell: the commands that run in any case, and the variables they set.

What stands in a branch, a loop or a function is passed over: it may not run. Source: POSIX.1-2024,
Shell Command Language (2.2 quoting, 2.6.2 parameter expansion, 2.9 commands).
"""

import re
import shlex
from collections.abc import Iterator
from typing import Final

from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.syntax.text import LineIndex, Text, decode

_TOKEN: Final = lazy(
    r"(?P<skip>(?:[ \t\r]|\\\r?\n)+|(?<![^\s;&|()])#[^\n]*)"
    r"|(?P<redirection>\d*(?:[<>]&[\d-]|&?>>?&?\s*[^\s;&|()<]+))"
    r"|(?P<operator>;;|&&|\|\||[;&|()\n])"
    r"|(?P<word>(?:\"(?:\\.|[^\"\\])*\"|'[^']*'|\$\{[^}\n]{0,200}\}"
    r"|\$\((?:[^()\n]|\([^()\n]{0,200}\)){0,200}\)|`[^`\n]{0,200}`"
    r"|\\.|[^\s;&|()\"'\\])+)"
    r"|(?P<rest>.)",
    re.DOTALL,
)
_HEREDOC: Final = lazy(r"<<-?\s*[\"']?(\w+)[\"']?")
_ASSIGNMENT: Final = lazy(r"[A-Za-z_]\w*=")
_DEFAULT: Final = lazy(r"\$\{(\w+):?[-=]([^${}`]*)\}")
_LEADING: Final = frozenset({"then", "do", "else", "elif", "!", "time"})
_OPENING: Final = frozenset({"if", "for", "while", "until", "case", "select", "{", "function"})
_CLOSING: Final = frozenset({"fi", "done", "esac", "}"})
_EXPORTING: Final = lazy(r"-[a-z]*a[a-z]*|allexport")
_SOURCING: Final = frozenset({".", "source"})
_TESTS: Final = frozenset({"[", "[[", "test"})


class Variable(NamedTuple):
    """A variable that a script hands to the programs it starts.

    ``value`` is None where only the running shell knows it. ``weak``: a value that is given wins.
    """

    name: str
    value: Text | None
    weak: bool


class Script(NamedTuple):
    """The commands that run whenever the script does, in order, and what they are given."""

    commands: tuple[tuple[Text, ...], ...]
    variables: tuple[Variable, ...]
    sourced: tuple[str, ...]  # files whose variables become its own


def parse(data: bytes, path: str) -> Script:
    """Read a script as far as it runs unconditionally.

    Raises:
        AuditError: it is no text.
    """
    text = decode(data, path)
    reader = _Reader()
    for words, operator in _statements(text, LineIndex(text, path)):
        reader.statement(words, operator)
        if reader.replaced:
            break
    variables = (reader.known[name] for name in reader.known if name in reader.exported)
    return Script(tuple(reader.commands), tuple(variables), tuple(reader.sourced))


def _statements(text: str, index: LineIndex) -> Iterator[tuple[list[Text], str]]:
    """Yield the words between operators, and the operator in front of them."""
    words: list[Text] = []
    before, position = "", 0
    marker = ""  # of a here-document that starts at the next line
    while match := _TOKEN.match(text, position):
        position = match.end()
        if match["word"] is not None:
            words.append(Text(match[0], index.location(match.start(), match.end())))
            heredoc = _HEREDOC.search(match[0])
            marker = heredoc[1] if heredoc else marker
        elif match["operator"] is not None:
            if match[0] != "(":  # else the name of a function, or nothing
                yield words, before
            words, before = [], match[0]
            if before == "\n" and marker:
                end = re.compile(rf"^\t*{marker}$", re.MULTILINE).search(text, position)
                position, marker = end.end() if end else len(text), ""
        elif match["rest"] is not None:
            return  # a quote without an end: what follows is not certain
    yield words, before


class _Reader:
    """Collects what runs in any case."""

    def __init__(self) -> None:
        self.commands: list[tuple[Text, ...]] = []
        self.known: dict[str, Variable] = {}
        self.exported: set[str] = set()
        self.sourced: list[str] = []
        self.replaced = False  # exec: nothing behind it runs
        self._depth = 0  # of branches, loops, functions and subshells
        self._parentheses = 0
        self._exports = False
        self._certain = True  # the part of the line so far

    def statement(self, words: list[Text], operator: str) -> None:
        """Look at the words between two operators."""
        self._parentheses += (operator == "(") - (operator == ")" and self._parentheses > 0)
        while words and words[0].value in _LEADING:
            words = words[1:]
        first = words[0].value if words else ""
        if first in _CLOSING:
            self._depth = max(self._depth - 1, 0)
        elif first in _OPENING:
            self._depth += 1
        else:
            if operator not in {"&&", "||", "|"}:
                self._certain = True
            elif operator == "||":
                self._certain = False
            if words and self._certain and not self._depth and not self._parentheses:
                self._run(words)
            if first in _TESTS:
                self._certain = False  # what follows ``&&`` depends on it

    def _run(self, words: list[Text]) -> None:
        given = 0
        while given < len(words) and _ASSIGNMENT.match(words[given].value):
            given += 1
        name = words[given].value if given < len(words) else ""
        rest = words[given + 1 :]
        if name == "export":
            self._assign(rest)
            self.exported |= {word.value.partition("=")[0] for word in rest}
        elif name == ":":
            self._defaults(rest)
        elif name in _SOURCING:
            self.sourced += [_plain(word).value for word in rest[:1]]
        elif name == "set":
            self._exports |= any(_EXPORTING.fullmatch(word.value) for word in rest)
        else:
            self._assign(words[:given])
            if name:
                self.exported |= {word.value.partition("=")[0] for word in words[:given]}
                self.replaced = name == "exec" and rest != []
                command = rest if self.replaced else words[given:]
                self.commands.append(tuple(_plain(word) for word in command))

    def _assign(self, words: list[Text]) -> None:
        for word in words:
            name, equals, value = word.value.partition("=")
            if equals:
                text = _plain(_behind(word, value))
                self._keep(_variable(name, text, self.known.get(name)))

    def _defaults(self, words: list[Text]) -> None:
        """``: "${NAME:=value}"``: a default, which reaches programs once the name is exported."""
        for word in words:
            match = _DEFAULT.fullmatch(_plain(word).value)
            if match and match[1] not in self.known:
                self._keep(Variable(match[1], Text(match[2], word.location), weak=True))

    def _keep(self, variable: Variable) -> None:
        self.known[variable.name] = variable
        if self._exports:
            self.exported.add(variable.name)


def _behind(word: Text, value: str) -> Text:
    """Return the part of a word behind ``NAME=`` with its place."""
    place = word.location
    if place.line == place.end_line:
        place = place._replace(column=place.end_column - len(value))
    return Text(value, place)


def _plain(word: Text) -> Text:
    """Return a word without its quotes."""
    if not re.search(r"[\"'\\]", word.value):
        return word
    try:
        return Text("".join(shlex.split(word.value)), word.location)
    except ValueError:
        return word


def _variable(name: str, text: Text, before: Variable | None) -> Variable:
    match = _DEFAULT.fullmatch(text.value)
    if match and match[1] == name:
        if before is not None and not before.weak:
            return before
        return Variable(name, Text(match[2], text.location), weak=True)
    known = "$" not in text.value and "`" not in text.value
    return Variable(name, text if known else None, weak=False)
