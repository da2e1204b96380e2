"""Reads and edits a `.env` file: atomically, for its owner alone, line by line."""

import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

_PRIVATE: Final = 0o600


class EnvFile:
    """A file of `NAME=value` lines in the python-dotenv dialect, which need not exist.

    Args:
        path: links are followed, so that a linked file is edited and not replaced by a copy.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()

    @property
    def exists(self) -> bool:
        """Whether the file is there."""
        return self._path.is_file()

    def values(self) -> dict[str, str]:
        """Return its variables by upper-case name."""
        return {name.upper(): value or "" for name, value in dotenv_values(self._path).items()}

    def append(self, lines: Iterable[str]) -> None:
        """Add lines at the end and make the file private."""
        text = self._text()
        if text and not text.endswith("\n"):
            text += "\n"
        write_private(self._path, text + "".join(f"{line}\n" for line in lines))

    def replace(self, name: str, value: str, *, note: str) -> None:
        """Set a variable that stands on one line, with a comment line before it.

        Args:
            name: the variable.
            value: its new value, without line breaks.
            note: the comment; one that starts with the same word is replaced.

        Raises:
            LookupError: the variable is not on a line of its own.
        """
        lines = self._text().splitlines()
        pattern = re.compile(rf"\s*(export\s+)?{re.escape(name)}\s*=", re.IGNORECASE)
        found = [at for at, line in enumerate(lines) if pattern.match(line)]
        if len(found) != 1:
            raise LookupError(f"{name} is not on exactly one line of {self._path.name}")
        at = found[0]
        start = at - 1 if at and is_note(lines[at - 1], note) else at
        lines[start : at + 1] = [f"# {note}", f"{name}={value}"]
        write_private(self._path, "\n".join(lines) + "\n")
        if self.values().get(name) != value:
            raise LookupError(f"{name} in {self._path.name} spans several lines")

    def note_before(self, name: str) -> str:
        """Return the comment on the line before a variable, without its mark, or ""."""
        before = ""
        for line in self._text().splitlines():
            if re.match(rf"\s*(export\s+)?{re.escape(name)}\s*=", line, re.IGNORECASE):
                return before.removeprefix("#").strip() if before.startswith("#") else ""
            before = line.strip()
        return ""

    def make_private(self) -> None:
        """Take read access from everyone but the owner."""
        self._path.chmod(_PRIVATE)

    def _text(self) -> str:
        return self._path.read_text("utf-8") if self.exists else ""


def is_note(line: str, note: str) -> bool:
    """Return whether a line is a comment that starts with the same word as ``note``."""
    return line.strip().startswith(f"# {note.split(maxsplit=1)[0]}")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
