"""The files of one project, read and parsed once for all its deployments."""

from collections.abc import Callable
from importlib import import_module
from os import listdir
from os.path import abspath, isabs, isdir, isfile, join, realpath
from typing import TYPE_CHECKING, TypeVar

from secaudit.errors import AuditError
from secaudit.finding import Problem
from secaudit.syntax.dotenv import DIALECTS, EnvFile
from secaudit.syntax.dotenv import parse as parse_env
from secaudit.syntax.python import Module
from secaudit.syntax.python import parse as parse_python
from secaudit.syntax.text import TemplateError

if TYPE_CHECKING:
    from secaudit.syntax.tree import Node

Parsed = TypeVar("Parsed")
_MAX_NAMES = 1_000
_MAX_TREE = 256 * 1_024  # bytes


class Sources:
    """Parsed files by path; what cannot be parsed is a problem, a template a note, each told once.

    Args:
        root: project root, absolute.
        named: absolute paths of the audited files; others are read only below ``root``.
        read: returns the bytes of a regular file or raises AuditError.
    """

    def __init__(self, root: str, named: frozenset[str], read: Callable[[str], bytes]) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._named = named
        self._read = read
        self._modules: dict[str, Module | None] = {}
        self._files: dict[tuple[str, str], EnvFile | None] = {}
        self._trees: dict[tuple[str, str], Node | None] = {}
        self._inside: dict[str, bool] = {}

    def absolute(self, path: str) -> str:
        """Return a path as the program sees it from its working directory, the project root."""
        return abspath(path if isabs(path) else join(self.root, path))

    def exists(self, path: str) -> bool:
        """Say whether the project has this regular file; links that lead out do not count."""
        path = self.absolute(path)
        if path not in self._inside:
            self._inside[path] = path in self._named or (
                isfile(path) and realpath(path).startswith(realpath(self.root).rstrip("/") + "/")
            )
        return self._inside[path]

    def module(self, path: str) -> Module | None:
        """Return a parsed Python file, None when it is absent or cannot be parsed."""
        if path not in self._modules:
            self._modules[path] = self._parse(path, lambda data: parse_python(data, path))
        return self._modules[path]

    def env_file(self, path: str, dialect: str) -> EnvFile | None:
        """Return a parsed env file, None when it is absent or cannot be read."""
        path = self.absolute(path)
        key = (path, dialect if dialect in DIALECTS else "python-dotenv")
        if key not in self._files:
            self._files[key] = self._parse(path, lambda data: parse_env(data, path, key[1]))
        return self._files[key]

    def text(self, path: str) -> str | None:
        """Return the text of a file, None when it is absent or cannot be read."""
        path = self.absolute(path)
        return self._parse(path, lambda data: data.decode("utf-8", errors="replace"))

    def tree(self, path: str, syntax: str) -> "Node | None":
        """Return a parsed ``toml``, ``yaml``, ``json`` or ``ini`` file; None as for ``text``.

        Of a YAML file with several documents nothing: who reads one document stops at the second.
        Nor of a large file: code reads tables of data too, which are no configuration.
        """
        parse = import_module(f"secaudit.syntax.{syntax}").parse  # few programs read one
        path = self.absolute(path)
        key = (path, syntax)
        if key not in self._trees:
            found = self._parse(
                path, lambda data: parse(data, path) if len(data) <= _MAX_TREE else None
            )
            documents = found if syntax == "yaml" or found is None else (found,)
            self._trees[key] = documents[0] if documents and len(documents) == 1 else None
        return self._trees[key]

    def names(self, folder: str) -> tuple[str, ...] | None:
        """Return the names in a folder of the project, None when there is no such folder."""
        folder = self.absolute(folder)
        root = realpath(self.root).rstrip("/") + "/"
        if not isdir(folder) or not (realpath(folder) + "/").startswith(root):
            return None
        try:
            return tuple(sorted(listdir(folder))[:_MAX_NAMES])
        except OSError:
            return None

    def _parse(self, path: str, parse: Callable[[bytes], Parsed]) -> Parsed | None:
        if not self.exists(path):
            return None
        try:
            return parse(self._read(path))
        except TemplateError as error:
            note = f"{path}: {error.message}"
            if note not in self.notes:
                self.notes.append(note)
            return None
        except AuditError as error:
            problem = Problem(error.path or path, error.line, error.message)
            if problem not in self.problems:
                self.problems.append(problem)
            return None
