"""secaudit as a user starts it: another process, in a folder of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest


class Run(NamedTuple):
    """What the program left behind."""

    status: int
    stdout: str
    stderr: str

    @property
    def report(self) -> dict[str, Any]:
        """Return the JSON report on standard output."""
        found: dict[str, Any] = json.loads(self.stdout)
        return found

    def codes(self) -> list[str]:
        """Return the codes of the findings, in their order."""
        return [finding["code"] for finding in self.report["findings"]]


Secaudit = Callable[..., Run]


@pytest.fixture
def project(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Path]:
    """Return a function that writes files into a project, as nobody else can read them."""
    folder = tmp_path.resolve() / "project"
    folder.mkdir()

    def write(files: dict[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            path.chmod(0o600)
        return folder

    return write


@pytest.fixture
def secaudit(tmp_path: Path) -> Secaudit:
    """Return a function that runs ``secaudit config`` in the project and waits for its end."""

    def start(*words: str, stdin: str = "", folder: Path | None = None, form: str = "json") -> Run:
        command = [sys.executable, "-m", "secaudit", "config", *words, "--format", form]
        done = subprocess.run(
            command,
            cwd=folder or tmp_path.resolve() / "project",
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    return start
