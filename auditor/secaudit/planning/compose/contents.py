"""Secrets and configs of a Compose service: the files it gets, and what stands in them.

Source: the Compose Specification, sections Secrets and Configs.
"""

from collections.abc import Iterator, Mapping

from secaudit.errors import AuditError
from secaudit.facts import Candidate, Setting
from secaudit.location import Location
from secaudit.naming import SECRET_CONCEPTS, Meaning, meaning_of
from secaudit.planning import paths
from secaudit.planning.compose.scope import Scope
from secaudit.planning.filesystem import Part
from secaudit.planning.layers import Environment
from secaudit.planning.reading import Reader
from secaudit.planning.settings import written
from secaudit.records import NamedTuple
from secaudit.syntax.text import whole
from secaudit.syntax.tree import Mapping as Table
from secaudit.syntax.tree import Node, Scalar, Sequence

_FOLDER = {"secrets": "/run/secrets", "configs": "/"}  # where a short name is mounted
_ANY_SECRET = Meaning("password", inverted=False, service="")


class Content(NamedTuple):
    """One secret or config as a service sees it."""

    name: str
    is_secret: bool
    place: str  # absolute, in the container
    source: str  # the host file, "" when it is none of the project's
    candidates: tuple[Candidate, ...]  # the text without the blanks around it


def contents(
    service: Table, tables: Mapping[str, Table], scope: Scope, reader: Reader
) -> Iterator[Content]:
    """Yield what a service is given.

    Args:
        service: its part of the Compose file.
        tables: the top-level ``secrets`` and ``configs``.
        scope: for interpolation.
        reader: for the files that the tables name; those outside the project stay unread.
    """
    for kind, table in tables.items():
        listed = service.get(kind)
        for item in listed.items if isinstance(listed, Sequence) else ():
            name, target = _reference(item, scope)
            entry = table.get(name)
            if isinstance(entry, Table):
                place = paths.join(_FOLDER[kind], target or name)
                source, candidates = _text(entry, scope, reader)
                yield Content(name, kind == "secrets", place, source, candidates)


def _reference(item: Node, scope: Scope) -> tuple[str, str]:
    """Return the name of a reference and its target, ``""`` when none is written."""
    if isinstance(item, Scalar):
        return str(scope.text(item).value), ""
    parts = [item.get(key) for key in ("source", "target")] if isinstance(item, Table) else []
    texts = [scope.text(part).value if isinstance(part, Scalar) else "" for part in parts]
    name, target = (text if isinstance(text, str) else "" for text in [*texts, "", ""][:2])
    return name, target


def _text(entry: Table, scope: Scope, reader: Reader) -> tuple[str, tuple[Candidate, ...]]:
    """Return the host file of a secret and the candidates of its text."""
    file, variable, written = (entry.get(key) for key in ("file", "environment", "content"))
    if isinstance(file, Scalar):
        name = scope.text(file).value
        path = paths.join(paths.folder_of(file.location.path), str(name))
        return (path, _of_file(path, reader)) if reader.allowed(path) else ("", ())
    if isinstance(variable, Scalar):
        return "", scope.passed(str(variable.value)).candidates
    return "", scope.text(written).candidates if isinstance(written, Scalar) else ()


def _of_file(path: str, reader: Reader) -> tuple[Candidate, ...]:
    """Return what a file says; a binary one says nothing that could be judged."""
    try:
        text = reader.data(path).decode()
    except (AuditError, UnicodeDecodeError):
        return ()
    value, place = whole(text, path)
    return (Candidate("secrets-dir", value, value, place, literal=True),)


def parts(given: list[Content]) -> tuple[Part, ...]:
    """Return secrets and configs as parts of the container's filesystem.

    One that is no file of the project has no source: it is there, and nobody knows what it says.
    """
    return tuple(Part(one.place, one.source) for one in given)


def places(given: list[Content]) -> Iterator[Location]:
    """Yield where the texts of secret files stand."""
    for one in given:
        place = one.candidates[0].location if one.candidates else None
        if one.is_secret and one.source and place is not None:
            yield place


def read_through(environment: Environment, given: list[Content]) -> Environment:
    """Return the variables ``X`` that an image reads from the file ``X_FILE`` names."""
    texts = {one.place: one.candidates for one in given if one.candidates}
    return {
        name.removesuffix("_FILE"): texts[str(found[0].value)]
        for name, found in environment.items()
        if name.endswith("_FILE") and str(found[0].value) in texts
    }


def secrets(given: list[Content], known: Environment) -> list[Setting]:
    """Return the secrets as settings of the container, except those that ``known`` holds."""
    places = {one.location for found in known.values() for one in found}
    found = []
    for one in given:
        place = one.candidates[0].location if one.candidates else None
        if not one.is_secret or place is None or place in places:
            continue
        named = meaning_of(one.name)
        meaning = named if named and named.concept in SECRET_CONCEPTS else _ANY_SECRET
        found.append(
            written(one.name, meaning.concept, "", place, *one.candidates, service=meaning.service)
        )
    return found
