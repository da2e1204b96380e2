"""Processes that a Procfile or a unit of systemd starts on the machine itself, without an image."""

from typing import Final

from secaudit.discovery import SourceFile
from secaudit.facts import Candidate
from secaudit.planning import commands, paths
from secaudit.planning.image import Image
from secaudit.planning.layers import Environment
from secaudit.planning.reading import Reader
from secaudit.syntax.processes import Process, procfile, unit
from secaudit.syntax.text import Text

_PARSERS: Final = {"procfile": procfile, "unit": unit}
_WEB: Final = "web"  # the process of a Procfile that answers requests


def images(file: SourceFile, reader: Reader) -> list[Image]:
    """Return what each process of a file starts with, as if an image gave it; web comes first."""
    found = reader.parse(file.path, _PARSERS[file.kind]) or ()
    name = paths.name_of(file.path)
    return [
        _image(file.path, one, "" if one.name == name else one.name)
        for one in sorted(found, key=lambda one: one.name != _WEB)
    ]


def _image(path: str, process: Process, name: str) -> Image:
    words = commands.words_of(process.command.value, process.command.location)
    environment: Environment = {}
    for text in process.variables:
        environment |= _given(text)
    copies = ((".", process.folder),) if process.folder else ()
    start = Image(path, environment, tuple(words), (), (), None, process.folder, copies, ())
    return start._replace(process=name)


def _given(text: Text) -> Environment:
    """Return the variables of one ``Environment=`` line."""
    found: Environment = {}
    for word in commands.words_of(text.value, text.location):
        name, equals, value = word.value.partition("=")
        if equals:
            one = Candidate("process-environment", value, value, word.location, literal=True)
            found[name] = (one,)
    return found
