"""What an evaluated program can ask of its surroundings: variables, env files, modules."""

from collections.abc import Mapping
from typing import Protocol

from secaudit.facts import Candidate
from secaudit.syntax.dotenv import EnvFile
from secaudit.syntax.python import Module


class World(Protocol):
    """The closed world of one deployment. Nothing else exists for the program."""

    root: str  # project root and working directory, absolute
    process: Mapping[str, tuple[Candidate, ...]]  # variables, strongest candidate first

    def open(self, path: str, dialect: str) -> EnvFile | None:
        """Return the env file at ``path`` in the dialect of its loader, None when absent.

        ``path`` is absolute or relative to the working directory. Every file opened is remembered:
        planning needs to know which env files are layers that code pulls itself.
        """
        ...

    def module(self, path: str) -> Module | None:
        """Return the parsed Python file, None when it is absent, outside or a template."""
        ...

    def exists(self, path: str) -> bool:
        """Say whether the project has a regular file at ``path``."""
        ...
