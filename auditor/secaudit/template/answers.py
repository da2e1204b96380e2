"""`.copier-answers.yml`: what was answered, which version is followed, and what leaks from it."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Final

from secaudit.discovery import read as read_file
from secaudit.errors import AuditError
from secaudit.facts import Observation
from secaudit.location import Location
from secaudit.records import NamedTuple
from secaudit.redaction import Secrets
from secaudit.syntax import yaml
from secaudit.syntax.tree import Mapping as Table
from secaudit.syntax.tree import Scalar
from secaudit.template.versions import Version

NAME: Final = ".copier-answers.yml"
_USER_INFORMATION: Final = re.compile(r"^[a-z][a-z0-9+.-]*://(?P<user>[^/@\s]+)@", re.IGNORECASE)
_SHORTEST_TOKEN: Final = 8  # a shorter user name without a password is a name, such as git


class Answers(NamedTuple):
    """The answers of one project; ``values`` are the texts as written, with their places."""

    folder: str
    path: str
    values: Mapping[str, tuple[str, Location]]

    def text(self, name: str) -> str:
        """Return an answer, or ``""``."""
        return self.values[name][0] if name in self.values else ""

    def place(self, name: str) -> Location:
        """Return where an answer stands, or the start of the file."""
        return self.values[name][1] if name in self.values else Location(self.path, 1, 1, 1, 2)

    @property
    def version(self) -> Version | None:
        """The template version that the project follows; None when it is no release."""
        try:
            return Version.parse(self.text("_commit"))
        except ValueError:
            return None


def read(folder: str) -> Answers:
    """Read the answers of a project.

    Raises:
        AuditError: there are none, or they are not those of secure-api.
    """
    root = os.path.abspath(folder)  # noqa: PTH100 - pathlib costs start-up
    path = os.path.join(root, NAME)  # noqa: PTH118 - see above
    if not os.path.lexists(path):
        hint = "name the folder of a project that was generated from secure-api"
        raise AuditError(f"no generated project: it has no {NAME}", hint, path=root)
    documents = yaml.parse(read_file(path), path)
    table = documents[0] if documents else None
    if not isinstance(table, Table):
        raise AuditError("holds no answers", path=path)
    values = {
        key: (node.raw.strip("'\""), node.location)
        for key, (_, node) in table.items.items()
        if isinstance(node, Scalar)
    }
    if not {"_src_path", "project_name", "framework"} <= values.keys():
        raise AuditError("these answers are not those of secure-api", path=path)
    return Answers(root, path, values)


def leaked(given: Answers) -> Iterator[Observation]:
    """Yield the template's address when it holds credentials."""
    if _credentials(given) is not None:
        yield Observation("source-credentials", given.place("_src_path"), "_src_path", {})


def secrets(given: Answers) -> Secrets:
    """Return what no report may show: the credentials within the template's address."""
    found = _credentials(given)
    if found is None:
        return Secrets({}, {}, frozenset(), frozenset())
    place = given.place("_src_path")
    known: dict[str, tuple[str, ...]] = {
        part[:_SHORTEST_TOKEN]: (part,)
        for part in (found, *found.split(":"))
        if len(part) >= _SHORTEST_TOKEN
    }
    return Secrets({(given.path, place.line): (place,)}, known, frozenset(), frozenset())


def _credentials(given: Answers) -> str | None:
    """Return the password or token in the template's address."""
    match = _USER_INFORMATION.match(given.text("_src_path"))
    if match is None:
        return None
    user, colon, password = match["user"].partition(":")
    if colon and password:
        return match["user"]
    return user if len(user) >= _SHORTEST_TOKEN else None
