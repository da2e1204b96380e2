"""For tests: a folder with files, and secaudit run in it as a user runs it."""

import io
import os
import sys
from pathlib import Path
from unittest.mock import patch

from secaudit.cli import run
from secaudit.records import NamedTuple


class Run(NamedTuple):
    """What a run printed and its status."""

    status: int
    stdout: str
    stderr: str


class Shell:
    """A folder with files; calling it runs secaudit there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, files: dict[str, str | bytes]) -> None:
        """Write files that nobody else can read."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            path.chmod(0o600)

    def __call__(self, *argv: str, stdin: bytes = b"") -> Run:
        """Run secaudit in the folder."""
        here = Path.cwd()
        out, err = _stream(), _stream()
        with (
            patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
            patch.object(sys, "stdout", out),
            patch.object(sys, "stderr", err),
        ):
            os.chdir(self.folder)
            try:
                status = run(list(argv))
            except SystemExit as exit_:  # the typer application leaves that way
                status = int(exit_.code or 0)
            finally:
                os.chdir(here)
        return Run(status, _text(out), _text(err))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
