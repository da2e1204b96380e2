"""What an evaluated program can ask of its surroundings: variables, env files, modules."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from secaudit.evaluation.sources import Sources
from secaudit.facts import Candidate
from secaudit.syntax.dotenv import EnvFile
from secaudit.syntax.python import Module

if TYPE_CHECKING:
    from secaudit.syntax.tree import Node


class World(Protocol):
    """The closed world of one deployment. Nothing else exists for the program."""

    root: str  # project root and working directory, absolute
    process: Mapping[str, tuple[Candidate, ...]]  # variables, strongest candidate first

    def open(self, path: str, dialect: str) -> EnvFile | None:
        """Return the env file at ``path`` in the dialect of its loader, None when absent.

        ``path`` is absolute or relative to the working directory. Every file opened is remembered:
        planning needs to know which env files are layers that code pulls itself.
        """

    def module(self, path: str) -> Module | None:
        """Return the parsed Python file, None when it is absent, outside or a template."""

    def exists(self, path: str) -> bool:
        """Say whether the project has a regular file at ``path``."""

    def text(self, path: str) -> str | None:
        """Return the text of a file of the project, None when it has none."""

    def tree(self, path: str, syntax: str) -> "Node | None":
        """Return a parsed file of the project, None when there is none or it is broken.

        ``syntax`` is the module of ``secaudit.syntax`` that parses it: toml, yaml, json or ini.
        """

    def names(self, folder: str) -> tuple[str, ...] | None:
        """Return the names in a folder of the project, None when it has none."""

    def hidden(self, path: str) -> bool:
        """Say whether the program finds a file at ``path`` that is not in the project."""

    def absolute(self, path: str) -> str:
        """Return ``path`` as seen from the working directory."""


class ClosedWorld:
    """A World over the files of one project."""

    def __init__(
        self,
        sources: Sources,
        process: Mapping[str, tuple[Candidate, ...]],
        dialect: str = "auto",
        absent: tuple[str, ...] = (),
        mounted: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.root = sources.root
        self.process = process
        self.opened: dict[str, str] = {}  # absolute path -> dialect
        self._sources = sources
        self._dialect = dialect
        self._absent = frozenset(absent)  # files that this deployment does not have
        self._mounted = mounted  # (place, source): files that the program sees in another place

    def open(self, path: str, dialect: str) -> EnvFile | None:
        """Return the env file in its loader's dialect, or in the one the user forces."""
        if self.absolute(path) in self._absent:
            return None
        chosen = dialect if self._dialect == "auto" else self._dialect
        file = self._sources.env_file(self.absolute(path), chosen)
        if file is not None:
            self.opened[file.path] = chosen
        return file

    def module(self, path: str) -> Module | None:
        """Return the parsed Python file."""
        return self._sources.module(path)

    def exists(self, path: str) -> bool:
        """Say whether the project has a regular file at ``path``."""
        path = self.absolute(path)
        return path not in self._absent and self._sources.exists(path)

    def text(self, path: str) -> str | None:
        """Return the text of a file of the project."""
        return self._sources.text(self.absolute(path)) if self.exists(path) else None

    def tree(self, path: str, syntax: str) -> "Node | None":
        """Return a parsed file of the project."""
        return self._sources.tree(self.absolute(path), syntax) if self.exists(path) else None

    def names(self, folder: str) -> tuple[str, ...] | None:
        """Return the names in a folder of the project, or of what is mounted into it."""
        prefix = folder.rstrip("/") + "/"
        inside = {place for place, _ in self._mounted if place.rpartition("/")[0] + "/" == prefix}
        if inside:
            return tuple(sorted(place.removeprefix(prefix) for place in inside))
        return self._sources.names(self.absolute(folder))

    def hidden(self, path: str) -> bool:
        """Say whether a file is mounted here whose source is not in the project."""
        return any(place == path for place, _ in self._mounted) and not self.exists(path)

    def absolute(self, path: str) -> str:
        """Return ``path`` as seen from the working directory, a mounted file in its own place."""
        absolute = self._sources.absolute(path)
        if absolute.startswith(self.root + "/"):
            return absolute
        for place, source in reversed(self._mounted):
            inside = absolute == place or absolute.startswith(place.rstrip("/") + "/")
            if inside and source:
                return source + absolute[len(place.rstrip("/")) :]
        return absolute
