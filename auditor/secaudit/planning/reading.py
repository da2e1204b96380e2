"""Reads and parses the files that planning looks at; what fails is a problem, told once."""

import os.path
from collections.abc import Callable
from typing import TypeVar

from secaudit.discovery import Project
from secaudit.errors import AuditError
from secaudit.finding import Problem
from secaudit.planning import paths
from secaudit.syntax.dotenv import EnvFile
from secaudit.syntax.dotenv import parse as parse_env
from secaudit.syntax.python import Module
from secaudit.syntax.python import parse as parse_python
from secaudit.syntax.text import TemplateError, decode

Parsed = TypeVar("Parsed")


class Reader:
    """Files by path; ``notes`` names the templates that were passed over."""

    def __init__(self, project: Project) -> None:
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._project = project
        self._data: dict[str, bytes] = {}
        self._named = frozenset(file.path for root in project.roots for file in root.files)
        self._roots = tuple(os.path.realpath(root.path) for root in project.roots)

    def allowed(self, path: str) -> bool:
        """Say whether a file that another file names may be read: an audited or a project's one.

        A link that leads out of the project does not count, nor does a path such as ``/etc/x``.
        """
        if path in self._named:
            return True
        real = os.path.realpath(path)
        inside = any(real.startswith(root.rstrip("/") + "/") for root in self._roots)
        return inside and paths.is_file(path)

    def data(self, path: str) -> bytes:
        """Return the content of a file.

        Raises:
            AuditError: it cannot be read, is no regular file or is too large.
        """
        if path not in self._data:
            self._data[path] = self._project.read(path)
        return self._data[path]

    def parse(self, path: str, parser: Callable[[bytes, str], Parsed]) -> Parsed | None:
        """Return what a parser makes of a file; None when it fails, and the failure is kept."""
        try:
            return parser(self.data(path), path)
        except TemplateError as error:
            self.note(path, error.message)
        except AuditError as error:
            self.problem(error.path or path, error.line, error.message)
        return None

    def lines(self, path: str) -> list[str]:
        """Return the stripped lines of a text file, none when it is absent."""
        text = self.parse(path, decode) if self.allowed(path) else None
        return [line.strip() for line in (text or "").splitlines()]

    def module(self, path: str) -> Module | None:
        """Return a parsed Python file."""
        return self.parse(path, parse_python)

    def env_file(self, path: str, dialect: str) -> EnvFile | None:
        """Return a parsed env file."""
        return self.parse(path, lambda data, name: parse_env(data, name, dialect))

    def problem(self, path: str, line: int | None, message: str) -> None:
        """Keep a problem unless it is known."""
        found = Problem(path, line, message)
        if found not in self.problems:
            self.problems.append(found)

    def note(self, path: str, message: str) -> None:
        """Keep a note unless it is known."""
        text = f"{path}: {message}"
        if text not in self.notes:
            self.notes.append(text)
