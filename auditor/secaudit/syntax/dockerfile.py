"""Dockerfiles: instructions in stages, with continuation lines, heredocs and variables.

Source: the Dockerfile reference of BuildKit. Nothing is built; what only a build can tell (a base
image's environment) is not known here.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from secaudit.errors import AuditError
from secaudit.location import Location
from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.syntax.text import LineIndex, TemplateError, Text, decode, is_template

_KEYWORDS = frozenset(
    (
        *("FROM", "RUN", "CMD", "LABEL", "MAINTAINER", "EXPOSE", "ENV", "ADD", "COPY", "ARG"),
        *(
            "ENTRYPOINT",
            "VOLUME",
            "USER",
            "WORKDIR",
            "ONBUILD",
            "STOPSIGNAL",
            "HEALTHCHECK",
            "SHELL",
        ),
    )
)
_ESCAPE = lazy(r"\A(?:\s*#[^\n]*\n)*?\s*#\s*escape\s*=\s*([\\`])", re.IGNORECASE)
_LINE = lazy(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_HEREDOC = lazy(r"<<-?\s*(['\"]?)([A-Za-z_]\w*)\1")
_STAGE = lazy(r"(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_PAIR = lazy(r"""\s*([A-Za-z_][\w.\-]*)(?:=((?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])*))?""")
_WORD = lazy(r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+""", re.DOTALL)
_PIECE = lazy(r"""\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"|([^\\'"]+)""", re.DOTALL)
_VARIABLE = lazy(r"\\\$|\$(?:\{(\w+)(?:(:?[-+])([^}]*))?\}|([A-Za-z_]\w*))")
_MAX_INSTRUCTIONS = 5000


class Instruction(NamedTuple):
    """One instruction. ``pairs`` for ENV, ARG and LABEL; ``words`` for commands and the rest."""

    keyword: str
    text: str
    location: Location
    words: tuple[Text, ...]
    pairs: tuple[tuple[str, Text | None], ...]
    exec_form: bool


class Stage(NamedTuple):
    """One build stage: its base image or the stage it continues, and its instructions."""

    base: str
    name: str
    start: Instruction
    instructions: tuple[Instruction, ...]


class Dockerfile(NamedTuple):
    """A Dockerfile; ``arguments`` are the ARGs before the first FROM."""

    path: str
    stages: tuple[Stage, ...]
    arguments: tuple[Instruction, ...]

    def stage(self, name: str = "") -> list[Stage]:
        """Return the stage that is built (the last, or ``name``) and the stages it continues.

        The order is from the base to the target.
        """
        by_name = {stage.name.lower(): stage for stage in self.stages if stage.name}
        chosen = by_name.get(name.lower()) if name else None
        current = chosen or (self.stages[-1] if self.stages else None)
        chain: list[Stage] = []
        while current is not None and current not in chain:
            chain.insert(0, current)
            current = by_name.get(current.base.lower())
        return chain


def parse(data: bytes, path: str) -> Dockerfile:
    """Parse a Dockerfile.

    Raises:
        TemplateError: it does not parse because it is a template.
        AuditError: a line is no instruction, or there are too many.
    """
    text = decode(data, path)
    try:
        found = list(_instructions(text, LineIndex(text, path)))
    except AuditError as error:
        if is_template(text, error.line):
            raise TemplateError(
                "a template, not a Dockerfile", path=path, line=error.line
            ) from None
        raise
    return _stages(path, found)


def _stages(path: str, found: list[Instruction]) -> Dockerfile:
    arguments: list[Instruction] = []
    stages: list[tuple[Instruction, list[Instruction]]] = []
    for instruction in found:
        if instruction.keyword == "FROM":
            stages.append((instruction, []))
        elif stages:
            stages[-1][1].append(instruction)
        else:
            arguments.append(instruction)
    built = []
    for start, instructions in stages:
        match = _STAGE.match(start.text)
        base, name = (match[1], match[2] or "") if match else ("", "")
        built.append(Stage(base, name, start, tuple(instructions)))
    return Dockerfile(path, tuple(built), tuple(arguments))


def _instructions(text: str, index: LineIndex) -> list[Instruction]:
    directive = _ESCAPE.match(text)
    escape = directive[1] if directive else "\\"
    found: list[Instruction] = []
    position = 0
    while position < len(text):
        start = position
        end, position = _logical_line(text, position, escape)
        line = text[start:end]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        start += len(line) - len(line.lstrip())
        instruction = _instruction(text, start, end, escape, index)
        found.append(instruction)
        if len(found) > _MAX_INSTRUCTIONS:
            raise AuditError("more instructions than are read", path=index.path)
        if instruction.keyword in {"RUN", "COPY", "ADD"}:
            position = _heredocs(text, instruction.text, position)
    return found


def _logical_line(text: str, position: int, escape: str) -> tuple[int, int]:
    """Return where an instruction's text ends and where the next line starts.

    Comment and empty lines inside a continued instruction belong to it.
    """
    first = True
    while True:
        match = _LINE.match(text, position)
        line = match[0] if match else ""
        position += len(line)
        content = line.rstrip()
        if first and content.lstrip().startswith("#"):
            return position - len(line) + len(content), position
        comment = not first and (not content or content.lstrip().startswith("#"))
        if (not comment and not content.endswith(escape)) or position >= len(text):
            return position - len(line) + len(content), position
        first = False


def _heredocs(text: str, written: str, position: int) -> int:
    """Skip the bodies of the heredocs that an instruction opens."""
    for match in _HEREDOC.finditer(written):
        end = re.compile(rf"^\t*{re.escape(match[2])}[ \t]*\r?$", re.MULTILINE).search(
            text, position
        )
        if end is None:
            return len(text)
        line = _LINE.match(text, end.start())
        position = line.end() if line else len(text)
    return position


def _instruction(text: str, start: int, end: int, escape: str, index: LineIndex) -> Instruction:
    match = re.compile(r"[A-Za-z]+").match(text, start, end)
    keyword = match[0].upper() if match else ""
    if match is None or keyword not in _KEYWORDS:
        line, _ = index.place(start)
        raise AuditError("not a Dockerfile instruction", path=index.path, line=line)
    body = _joined(text, match.end(), end, escape)
    body_start = match.end() + len(body) - len(body.lstrip())
    body = body.strip()
    location = index.location(start, end)
    pairs: tuple[tuple[str, Text | None], ...] = ()
    words: tuple[Text, ...] = ()
    exec_form = False
    if keyword in {"ENV", "ARG", "LABEL"}:
        pairs = _pairs(keyword, body, body_start, index)
    else:
        exec_form = body.startswith("[")
        words = _words(body, body_start, index, exec_form=exec_form)
    return Instruction(keyword, body, location, words, pairs, exec_form)


def _joined(text: str, start: int, end: int, escape: str) -> str:
    """Return an instruction's text on one line, of the same length as in the file."""

    def blank(match: re.Match[str]) -> str:
        return " " * len(match[0])

    body = text[start:end]
    body = re.sub(r"(?m)(?<=\n)[ \t]*#[^\r\n]*(?:\r?\n|\Z)", blank, body)
    return re.sub(rf"{re.escape(escape)}[ \t]*(?:\r?\n|\Z)|\r?\n", blank, body)


def _pairs(
    keyword: str, body: str, start: int, index: LineIndex
) -> tuple[tuple[str, Text | None], ...]:
    """Return ``KEY=value`` pairs; the old form ``ENV KEY rest of the line`` is one pair."""
    old = re.match(r"([A-Za-z_][\w.\-]*)[ \t]+(?!=)(.*)", body, re.DOTALL)
    if keyword == "ENV" and old and "=" not in old[1]:
        place = index.location(start + old.start(2), start + old.end(2))
        return ((old[1], Text(old[2], place)),)
    found: list[tuple[str, Text | None]] = []
    for match in _PAIR.finditer(body):
        if match[2] is None:
            found.append((match[1], None))
            continue
        place = index.location(start + match.start(2), start + match.end(2))
        found.append((match[1], Text(_unquoted(match[2]), place)))
    return tuple(found)


def _words(body: str, start: int, index: LineIndex, *, exec_form: bool) -> tuple[Text, ...]:
    if exec_form:
        pattern = re.compile(r'"((?:\\.|[^"\\])*)"')
        return tuple(
            Text(
                re.sub(r"\\(.)", r"\1", match[1]),
                index.location(start + match.start(1), start + match.end(1)),
            )
            for match in pattern.finditer(body)
        )
    return tuple(
        Text(_unquoted(match[0]), index.location(start + match.start(), start + match.end()))
        for match in _WORD.finditer(body)
    )


def _unquoted(text: str) -> str:
    """Remove quotes and escapes, but leave an escaped dollar sign for substitution to see."""
    pieces = []
    for match in _PIECE.finditer(text):
        if match[1] is not None:
            pieces.append("\\$" if match[1] == "$" else match[1])
        elif match[3] is not None:
            pieces.append(re.sub(r"\\([^$])", r"\1", match[3]))
        else:
            pieces.append((match[2] or "").replace("$", "\\$") or match[4] or "")
    return "".join(pieces)


def substituted(text: str, variables: dict[str, str]) -> str:
    """Expand ``$NAME``, ``${NAME}``, ``${NAME:-word}`` and ``${NAME:+word}``; absent is empty."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[4]
        if name is None:
            return "$"
        given = variables.get(name)
        present = given is not None and (given != "" or not (match[2] or "").startswith(":"))
        if match[2] in {"-", ":-"}:
            return (given or "") if present else match[3]
        if match[2] in {"+", ":+"}:
            return match[3] if present else ""
        return given or ""

    return _VARIABLE.sub(value, text)


def ignored(name: str, patterns: Iterable[str]) -> bool:
    """Say whether a path below the build context is kept out by the lines of a ``.dockerignore``.

    The last line that matches decides; ``!`` lines let a path in again.
    """
    result = False
    for line in patterns:
        pattern = line.removeprefix("!").strip().strip("/")
        if not pattern or line.startswith("#"):
            continue
        parts = name.split("/")
        prefixes = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        plain = pattern.removeprefix("**/")
        candidates = [*prefixes, *(parts if plain != pattern else [])]
        if any(fnmatchcase(one, plain) for one in candidates):
            result = not line.startswith("!")
    return result
