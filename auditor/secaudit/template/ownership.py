"""Which template-owned files of a project were edited or are gone."""

import os
from collections.abc import Iterator
from hashlib import sha256

from secaudit.discovery import read
from secaudit.errors import AuditError
from secaudit.facts import Observation
from secaudit.finding import Problem
from secaudit.location import Location
from secaudit.template.answers import Answers
from secaudit.template.knowledge import GONE, RENDERED, Knowledge
from secaudit.template.versions import Version


def digest(content: bytes) -> str:
    """Return the hash of a file's content whatever its line endings."""
    return sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def compared(given: Answers, known: Knowledge) -> list[str]:
    """Return the absolute paths of the files that the project's version has."""
    return [_path(given, name) for name, _ in _expected(given, known)]


def changed(given: Answers, known: Knowledge, problems: list[Problem]) -> Iterator[Observation]:
    """Yield edited and missing files; one that cannot be read becomes a problem."""
    version = str(given.version or f"v{known.version}")
    for name, state in _expected(given, known):
        path = _path(given, name)
        if not os.path.lexists(path):
            yield Observation("template-file-missing", given.place("_commit"), name, {})
            continue
        try:
            content = read(path)
        except AuditError as error:
            problems.append(Problem(path, None, error.message))
            continue
        if state not in {RENDERED, digest(content)}:
            place = Location(path, 1, 1, 1, 2)
            yield Observation("template-file-edited", place, name, {"version": version})


def _expected(given: Answers, known: Knowledge) -> Iterator[tuple[str, str]]:
    """Yield the files of the project's version and answers, with their states.

    Nothing for a version that this secaudit does not know yet.
    """
    version = given.version
    newest = Version.parse(known.version).release
    if version is not None and version.release > newest:
        return
    at = None if version is None or version.after else version
    for name, owned in known.files.items():
        state = owned.at(at)
        wanted = all(given.text(question) == answer for question, answer in owned.when.items())
        if wanted and state != GONE:
            yield name, state


def _path(given: Answers, name: str) -> str:
    return os.path.join(given.folder, *name.split("/"))  # noqa: PTH118 - pathlib costs start-up
