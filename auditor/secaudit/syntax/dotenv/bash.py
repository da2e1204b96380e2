"""The dialect of ``set -a; . file`` in bash: assignments, quoting and parameter expansion.

What would need bash itself (command substitution, arrays, conditions) gives Unknown values; lines
that are commands assign nothing; a syntax error ends the file, as it does in bash, but within an
array only the line.
"""

import re

from secaudit.facts import Unknown
from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.syntax.dotenv.bash_words import (
    ArraySyntaxError,
    ShellSyntaxError,
    Word,
    joined,
    read_word,
)
from secaudit.syntax.dotenv.building import Builder, Pieces
from secaudit.syntax.dotenv.model import Part, Reference

_SPACES = lazy(r"(?:[ \t]|\\\n)*")
_OPERATOR = lazy(r"&(?:\\\n)*&|\|(?:\\\n)*[|&]|;(?:\\\n)*;|[;&|\n<>()]")
_EMPTY = lazy(r"\([ \t]*\)")
_QUOTED_ASSIGNMENT = lazy(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
_IN_DOUBLE_QUOTES = lazy(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_DECLARING = frozenset({"export", "declare", "typeset", "readonly", "local"})
_COMPOUND = frozenset(
    (
        *("if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case"),
        *("esac", "select", "function", "{", "}", "[[", "]]", "!", "source", ".", "eval", "exec"),
        *("return", "exit", "shopt", "trap"),
    )
)
_CONTINUING = frozenset({"&&", "||", "|", "|&"})  # the command list goes on behind a line end
_SUBSHELL = frozenset({"|", "|&", "&", "<", ">"})
_UNSURE = Unknown("set where a shell script decides at run time")


class _Command(NamedTuple):
    """The words up to an operator, and that operator."""

    words: list[Word]
    operator: str


def parse(builder: Builder) -> None:
    """Read line by line (a line is a complete command list, as bash reads it)."""
    text, position, unsure = builder.text, 0, builder.marked
    if builder.marked:
        end = _line_end(text, 0)
        builder.drop(0, end, "a byte order mark makes the first line a command")
        position, unsure = end, False
    while position < len(text):
        try:
            commands, end = _line(text, position)
        except ArraySyntaxError as error:
            end = _line_end(text, error.at)
            builder.drop(position, end, str(error))
            position = end
            continue
        except ShellSyntaxError as error:
            _stop(builder, position, str(error))
            return
        unsure = unsure or any(_is_compound(command) for command in commands)
        line_unsure = unsure
        for command in _in_background(commands):
            line_unsure = _run(builder, command, unsure=line_unsure)
        position = end


def _line(text: str, position: int) -> tuple[list[_Command], int]:
    """Return the commands up to the end of the line, and where the next line starts."""
    commands: list[_Command] = []
    words: list[Word] = []
    command: Word | None = None  # the first of the words that assigns nothing
    while True:
        match = _SPACES.match(text, position)
        position = match.end() if match else position
        if text[position : position + 1] == "#":
            position = _line_end(text, position)
        if position >= len(text):
            if commands and not words and commands[-1].operator in _CONTINUING:
                raise ShellSyntaxError("a shell operator with nothing behind it")
            return [*commands, _Command(words, "\n")], position
        match = _OPERATOR.match(text, position)
        if match is None or (match[0] == "(" and _may_group(text, position, words)):
            may_assign = command is None or command.text in _DECLARING
            index = command is None
            words.append(read_word(text, position, may_assign=may_assign, may_index=index))
            position = words[-1].end
            command = command or (None if words[-1].name else words[-1])
            continue
        position, operator = match.end(), joined(match[0])
        if operator == "\n" and not words and commands and commands[-1].operator in _CONTINUING:
            continue
        if operator != "\n" and not words:
            raise ShellSyntaxError("a shell operator with nothing before it")
        if operator in {"(", ")", ";;"}:
            raise ShellSyntaxError(f"an unquoted {operator}")
        commands.append(_Command(words, operator))
        words, command = [], None
        if operator == "\n":
            return commands, position


def _may_group(text: str, position: int, words: list[Word]) -> bool:
    """Return whether a parenthesis starts a subshell, or stands behind a function's name."""
    named = len(words) == 1 and not words[0].name
    return not words or (named and bool(_EMPTY.match(text, position)))


def _run(builder: Builder, command: _Command, *, unsure: bool) -> bool:
    """Add what a command assigns; return whether the rest of its line is decided at run time."""
    words = command.words
    if not words:
        return unsure
    rest = [word for word in words if not word.name]
    subshell = command.operator in _SUBSHELL
    may_fail = command.operator == "||"
    if rest and rest[0].text in _DECLARING:
        arguments = [_argument(builder.text, word) for word in words]
        assignments = [word for word in arguments if word.name]
        unsure |= bool(words[0].name)  # `A=1 export B=2` keeps A only in some cases
        unsure |= rest[0].text == "local"  # it fails outside a function
        may_fail |= command.operator == "&&" and len(rest) > 1  # `export` refuses odd names
    elif not rest:
        assignments = words
    elif words[0].name and rest[0].text.startswith("$"):  # nothing, if the variable is empty
        assignments, unsure = words[: words.index(rest[0])], True
    else:
        _dropped_command(builder, words)
        return unsure or subshell or command.operator in _CONTINUING
    for word in assignments:
        _assign(builder, word, unsure=unsure or subshell)
    return unsure or subshell or may_fail


def _argument(text: str, word: Word) -> Word:
    """Return the word as ``export`` reads it: behind its quotes it may still assign."""
    first = word.parts[0] if word.parts and not word.name else None
    match = _QUOTED_ASSIGNMENT.match(first) if isinstance(first, str) else None
    if match is None:
        return word
    parts: tuple[Part, ...] = (match.string[match.end() :], *word.parts[1:])
    if len(parts) > 1 and not _IN_DOUBLE_QUOTES.fullmatch(word.text):
        parts = (Unknown("a value that the shell splits into words"),)
    start = max(text.find(match[1], word.start, word.end), word.start)
    value_start = text.index("=", start) + 1
    return word._replace(
        start=start, name=match[1], appends=bool(match[2]), value_start=value_start, parts=parts
    )


def _in_background(commands: list[_Command]) -> list[_Command]:
    """Return the commands with ``&`` as operator of all that a final ``&`` puts into a subshell."""
    result: list[_Command] = []
    background = False
    for command in reversed(commands):
        if command.operator not in _CONTINUING:
            background = command.operator == "&"
        result.append(command._replace(operator="&") if background else command)
    return result[::-1]


def _is_compound(command: _Command) -> bool:
    first = command.words[0].text if command.words else ""
    return first in _COMPOUND or any(word.text.startswith("(") for word in command.words[:2])


def _assign(builder: Builder, word: Word, *, unsure: bool) -> None:
    parts: tuple[Part, ...] = (_UNSURE,) if unsure else word.parts
    if word.appends:
        parts = (Reference(word.name, "", (), word.name), *parts)
    value = "".join(part if isinstance(part, str) else _written(part) for part in parts)
    key_end = word.start + len(word.name)
    builder.add(Pieces(word.name, word.start, key_end, value, word.value_start, word.end, parts))


def _written(part: Part) -> str:
    return part.text if isinstance(part, Reference) else ""


def _dropped_command(builder: Builder, words: list[Word]) -> None:
    """Note a command only when it looks like an assignment that went wrong."""
    if words[0].name:
        reason = "the text after the blank is run as a command"
    elif len(words) > 1 and words[1].text.startswith("="):
        reason = "there is a blank before the equals sign"
    elif re.match(r"[\w.\-]+[=:]", words[0].text):
        reason = "it is not NAME=value, so it is run as a command"
    else:
        return
    builder.drop(words[0].start, words[-1].end, reason)


def _stop(builder: Builder, start: int, reason: str) -> None:
    """Note the line with the error and every later line as passed over."""
    text = builder.text
    builder.drop(start, _line_end(text, start), reason)
    position = _line_end(text, start) + 1
    while position < len(text):
        end = _line_end(text, position)
        line = text[position:end].strip()
        if line and not line.startswith("#"):
            builder.drop(position, end, "a syntax error further up ends the file")
        position = end + 1


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end
