"""Runs the examples of the documentation: ``python scripts/examples.py`` writes their output.

An example is a ``console`` block whose first line starts with ``$ secaudit``. It runs in a folder
that holds the files of its section: a line with nothing but a path in backquotes, then a fence.
A section starts at a second-level heading. ``tests/test_documentation.py`` compares.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
_SECTION: Final = re.compile(r"^(?=## )", re.MULTILINE)
_FILE: Final = re.compile(r"^`([^`\n]+)`\n\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RUN: Final = re.compile(r"^```console\n(\$ secaudit .*?)^```$", re.MULTILINE | re.DOTALL)


def pages() -> Iterator[Path]:
    """Yield the pages that hold examples."""
    written = (p for p in (ROOT / "docs").rglob("*.md") if p.parent.name != "rules")
    yield from (page for page in sorted(written) if _RUN.search(page.read_text("utf-8")))


def renewed(text: str) -> str:
    """Return a page with the output of its examples as the commands print it now."""
    return "".join(map(_section, _SECTION.split(text)))


def _section(text: str) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "project")  # its name shows in reports
        folder.mkdir()
        for name, content in _FILE.findall(text):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
            path.chmod(0o600)
        return _RUN.sub(lambda block: f"```console\n{_session(block[1], folder)}```", text)


def _session(block: str, folder: Path) -> str:
    """Run the commands of a block one after the other and return it with what they print."""
    tools = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    shown, status = "", 0
    for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
        done = subprocess.run(  # noqa: S603 - the commands stand in our own documentation
            ["bash", "-c", command.replace("$?", str(status))],  # noqa: S607 - bash from PATH
            cwd=folder,
            env={"PATH": tools, "PYTHONIOENCODING": "utf-8", "HOME": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        status = done.returncode
        shown += f"$ {command}\n{done.stdout.decode()}"
    return shown.rstrip("\n") + "\n"


def main() -> None:
    """Write every page anew whose output has changed."""
    for page in pages():
        before = page.read_text("utf-8")
        after = renewed(before)
        if after != before:
            page.write_text(after, "utf-8")
            print(page.relative_to(ROOT))


if __name__ == "__main__":
    main()
