"""Compares what secaudit and other static auditors find in the projects of tests/data/projects.

Run with ``python -m benchmarks.peers`` after ``make bench`` has installed the peers; prints the
Markdown table of docs/explanations/peers.md. A place is a file and a line. A labelled place is
found when a tool reports it or a line next to it, whatever the tool says about it; a place in a
project that has no label counts as a false alarm.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

_PROJECTS: Final = Path(__file__).parents[1] / "tests/data/projects"
_BIN: Final = Path(sys.executable).parent

Place = tuple[str, int]  # path from the project's root, 1-based line


class Tool(NamedTuple):
    """A peer: how it is called in a project's folder, and how its answer is read.

    Attributes:
        name: as it stands in the table.
        command: program and arguments; files are appended where ``files`` is given.
        read: what was printed to the places in it.
        files: patterns of the files that are named on the command line; none names the folder.
        told: whether it takes the project's options, which say what the project is for.
    """

    name: str
    command: Sequence[str]
    read: Callable[[str], Iterable[Place]]
    files: Sequence[str] = ()
    told: bool = False


class Project(NamedTuple):
    """A project of the corpus with the options of its audit and its labelled places."""

    name: str
    options: Sequence[str]
    labels: frozenset[Place]


class Score(NamedTuple):
    """What a tool found of the labelled places, and what it reported in projects without any."""

    name: str
    found: int
    labelled: int
    alarms: int


def _secaudit(answer: str) -> Iterator[Place]:
    for finding in json.loads(answer)["findings"]:
        yield finding["location"]["path"], finding["location"]["line"]


def _bandit(answer: str) -> Iterator[Place]:
    for result in json.loads(answer)["results"]:
        yield result["filename"], result["line_number"]


def _ruff(answer: str) -> Iterator[Place]:
    for result in json.loads(answer):
        yield result["filename"], result["location"]["row"]


def _detect_secrets(answer: str) -> Iterator[Place]:
    for path, results in json.loads(answer)["results"].items():
        yield from ((path, result["line_number"]) for result in results)


def _compose_lint(answer: str) -> Iterator[Place]:
    for finding in json.loads(answer)["findings"]:
        yield finding.get("source_file") or finding["file"], finding["line"]


def _dotenv_linter(answer: str) -> Iterator[Place]:
    for path, line in re.findall(r"^(.+?):(\d+) \d+ ", answer, re.MULTILINE):
        yield path, int(line)


_RUFF: Final = ("ruff", "check", "--isolated", "--select=S", "--output-format=json", ".")
TOOLS: Final = (
    Tool("secaudit", ("secaudit", "config", ".", "--format=json"), _secaudit, told=True),
    Tool("bandit", ("bandit", "-q", "-r", "-f", "json", "."), _bandit),
    Tool("compose-lint", ("compose-lint", "--format", "json"), _compose_lint, ("*compose*.y*ml",)),
    Tool("detect-secrets", ("detect-secrets", "scan", "--all-files", "."), _detect_secrets),
    Tool("dotenv-linter", ("dotenv-linter", "lint"), _dotenv_linter, (".env*", "*.env")),
    Tool("ruff, S rules", _RUFF, _ruff),
)


def corpus() -> Iterator[Project]:
    """Yield the projects; a line of a project's text file is ``path:line CODE ...``."""
    for path in sorted(_PROJECTS.glob("*.txt")):
        first, *rest = path.read_text("utf-8").splitlines()
        places = (line.split()[0].rsplit(":", 1) for line in rest)
        labels = frozenset((name, int(number)) for name, number in places)
        yield Project(path.stem, first.removeprefix("options:").split(), labels)


def places(tool: Tool, folder: Path, options: Sequence[str]) -> set[Place]:
    """Return the places that a tool reports in ``folder``, with paths relative to it.

    Raises:
        RuntimeError: the tool failed, or its answer could not be read.
    """
    named = sorted(
        str(path.relative_to(folder)) for pattern in tool.files for path in folder.rglob(pattern)
    )
    if tool.files and not named:
        return set()
    command = [
        str(_BIN / tool.command[0]),
        *tool.command[1:],
        *named,
        *(options if tool.told else ()),
    ]
    done = subprocess.run(  # noqa: S603 - the commands are written above
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    try:
        found = set(tool.read(done.stdout or done.stderr))
    except ValueError as error:
        raise RuntimeError(f"{tool.name} in {folder.name}: {done.stderr or error}") from error
    return {(str((folder / path).resolve().relative_to(folder)), line) for path, line in found}


def score(tool: Tool, projects: Sequence[Project], scratch: Path) -> Score:
    """Run a tool on every project and count."""
    found = labelled = alarms = 0
    for project in projects:
        reported = places(tool, scratch / project.name, project.options)
        near = {(path, line + step) for path, line in reported for step in (-1, 0, 1)}
        found += len(project.labels & near)
        labelled += len(project.labels)
        alarms += 0 if project.labels else len(reported)
    return Score(tool.name, found, labelled, alarms)


def main() -> None:
    """Print the table."""
    projects = list(corpus())
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        for project in projects:
            shutil.copytree(_PROJECTS / project.name, scratch / project.name)
            for path in (scratch / project.name).rglob("*"):
                path.chmod(0o700 if path.is_dir() else 0o600)
        scores = [score(tool, projects, scratch) for tool in TOOLS]
    clean = sum(not project.labels for project in projects)
    print(f"{len(projects)} projects, {clean} of them without a fault.\n")  # noqa: T201
    print("| tool | labelled places found | false alarms |\n|---|---|---|")  # noqa: T201
    for one in scores:
        print(f"| {one.name} | {one.found} of {one.labelled} | {one.alarms} |")  # noqa: T201


if __name__ == "__main__":
    main()
