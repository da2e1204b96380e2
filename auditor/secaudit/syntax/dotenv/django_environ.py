"""The dialect of django-environ's ``read_env``, with or without ``parse_comments``.

A line counts only when it is ``NAME=value`` from its first column on, optionally after exactly
``export`` and one blank. A value that starts with ``$`` is a reference to another variable, but
that is decided when ``env()`` reads it, not here.
"""

import re

from secaudit.patterns import lazy
from secaudit.syntax.dotenv.building import Builder, Pieces

_ASSIGNMENT = lazy(r"\A(?:export )?([A-Za-z_0-9]+)=(.*)\Z")
_SINGLE = lazy(r"\A'(.*)'\Z")
_SINGLE_COMMENT = lazy(r"\A\s*'(?<!\\)(.*)'\s*(#.*\s*)?\Z")
_BARE_COMMENT = lazy(r"\A(.*?)(#.*\s*)?\Z")
_DOUBLE = lazy(r'\A"(.*)"\Z')
_ESCAPE = lazy(r"\\(.)")


def parse(builder: Builder) -> None:
    """Read the file line by line; a byte order mark hides the first line."""
    start = 0
    for whole in builder.text.splitlines(keepends=True):
        line = whole.splitlines()[0]
        match = None if builder.marked and start == 0 else _ASSIGNMENT.match(line)
        if match:
            _assign(builder, match, start)
        elif line and ((builder.marked and start == 0) or not line.startswith("#")):
            builder.drop(start, start + len(line), _reason(line))
        start += len(whole)


def _assign(builder: Builder, match: re.Match[str], start: int) -> None:
    raw = match[2]
    value, length = raw, len(raw)
    if builder.dialect == "django-environ-comments":
        single = _SINGLE_COMMENT.match(raw)
        bare = _BARE_COMMENT.match(raw)
        if single:
            value = single[1]
        elif bare:
            value, length = bare[1], len(bare[1])
    else:
        single = _SINGLE.match(raw)
        value = single[1] if single else raw
    double = _DOUBLE.match(value)
    if double:
        value = _ESCAPE.sub(_unescape, double[1])
    value_start = start + match.start(2)
    builder.add(
        Pieces(
            match[1],
            start + match.start(1),
            start + match.end(1),
            value,
            value_start,
            value_start + length,
            (value,),
        )
    )


def _unescape(match: re.Match[str]) -> str:
    return match[0] if match[1] in "rnt" else match[1]


def _reason(line: str) -> str:
    if line[0].isspace():
        return "the line is indented" if line.strip() else "the line is blank"
    if re.match(r"(?:export\s+)?[\w.\-]+\s+=", line):
        return "there is a blank before the equals sign"
    return "it is not NAME=value"
