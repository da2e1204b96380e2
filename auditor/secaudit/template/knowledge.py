"""What secaudit was built with: the template's hashes by version, and its advisories.

``scripts/template_knowledge.py`` makes both files from the template; a test compares them.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from secaudit.records import NamedTuple
from secaudit.template.versions import Version

RENDERED: Final = "rendered"  # its content depends on answers: only its presence is known
GONE: Final = "gone"  # from this version on the template does not have the file


class Owned(NamedTuple):
    """One template-owned file.

    ``when`` holds the answers that bring it; ``history`` the versions that changed it, oldest
    first, each with the SHA-256 of its content with LF line endings, ``RENDERED`` or ``GONE``.
    """

    when: Mapping[str, str]
    history: tuple[tuple[str, str], ...]

    def at(self, version: Version | None) -> str:
        """Return the state of the file in a version, the newest for None."""
        state = GONE
        for since, content in self.history:
            if version is None or Version.parse(since).release <= version.release:
                state = content
        return state


class Knowledge(NamedTuple):
    """The newest version, its files by path, and the advisories as the template publishes them."""

    version: str
    files: Mapping[str, Owned]
    choices: Mapping[str, tuple[str, ...]]  # of the questions that choose files
    advisories: tuple[Mapping[str, Any], ...]


def shipped() -> Knowledge:
    """Return what lies beside this module."""
    folder = __file__[: -len("knowledge.py")]
    with open(f"{folder}manifest.json", encoding="utf-8") as file:  # noqa: PTH123 - start-up
        manifest = json.load(file)
    with open(f"{folder}advisories.json", encoding="utf-8") as file:  # noqa: PTH123 - start-up
        published = json.load(file)
    return Knowledge(
        manifest["version"],
        {
            path: Owned(row["when"], tuple((since, state) for since, state in row["history"]))
            for path, row in manifest["files"].items()
        },
        {question: tuple(values) for question, values in manifest["choices"].items()},
        tuple(published["advisories"]),
    )
