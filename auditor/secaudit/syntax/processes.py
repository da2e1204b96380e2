"""Files that say which processes run: a Procfile, and a unit of systemd.

Sources: the Procfile format of Heroku and foreman; systemd.syntax(7), systemd.exec(5) and
systemd.service(5) of systemd 257.
"""

import re
from collections.abc import Iterator
from typing import Final

from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.syntax.text import LineIndex, Text, decode

_PROCESS: Final = lazy(r"^([A-Za-z0-9_-]+):[ \t]*(\S[^\r\n]*?)[ \t\r]*$", re.MULTILINE)
_SECTION: Final = lazy(r"^\[Service\][ \t\r]*\n(.*?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
_OPTION: Final = lazy(r"^(\w+)[ \t]*=[ \t]*((?:[^\n\\]|\\\n|\\[^\n])*)$", re.MULTILINE)
_PREFIXES: Final = "-@:+!|"  # of a command: how systemd starts it


class Process(NamedTuple):
    """One process: its name, the text of its command, and the variables it is given."""

    name: str
    command: Text
    variables: tuple[Text, ...] = ()  # the texts behind Environment=
    folder: str = ""  # the working directory


def procfile(data: bytes, path: str) -> tuple[Process, ...]:
    """Return the processes of a Procfile.

    Raises:
        AuditError: it is no text.
    """
    text = decode(data, path)
    index = LineIndex(text, path)
    return tuple(
        Process(found[1], Text(found[2], index.location(*found.span(2))))
        for found in _PROCESS.finditer(text)
    )


def unit(data: bytes, path: str) -> tuple[Process, ...]:
    """Return the process of a unit of systemd; none when it starts none.

    None either when ``EnvironmentFile=`` gives it variables, which another machine holds: what the
    program would do without them says nothing.

    Raises:
        AuditError: it is no text.
    """
    text = decode(data, path)
    index = LineIndex(text, path)
    commands: list[Text] = []
    variables: list[Text] = []
    folder = ""
    for name, value in _options(text, index):
        if name == "ExecStart":
            commands = [*commands, _without_prefix(value)] if value.value else []
        elif name == "Environment":
            variables = [*variables, value] if value.value else []
        elif name == "WorkingDirectory":
            folder = value.value.lstrip("-")
        elif name == "EnvironmentFile" and value.value:
            return ()
    name = path.rpartition("/")[2]
    return tuple(Process(name, one, tuple(variables), folder) for one in commands)


def _options(text: str, index: LineIndex) -> Iterator[tuple[str, Text]]:
    for section in _SECTION.finditer(text):
        for found in _OPTION.finditer(text, section.start(1), section.end(1)):
            value = found[2].rstrip()
            start = found.start(2)
            yield found[1], Text(value, index.location(start, start + len(value)))


def _without_prefix(command: Text) -> Text:
    text = command.value.lstrip(_PREFIXES)
    place = command.location
    cut = len(command.value) - len(text)
    return Text(text, place._replace(column=place.column + cut))
