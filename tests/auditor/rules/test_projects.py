"""Realistic projects: exactly the expected findings, and look-alikes that stay silent.

Each folder of ``tests/data/projects`` is a small project rebuilt from a shape that real
repositories have; the text file beside it holds the options of the run and one line a finding.
"""

import shutil
from pathlib import Path

import pytest

from secaudit.arguments import parse
from secaudit.options import Options
from secaudit.pipeline import audit

PROJECTS = Path(__file__).parents[2] / "data/projects"
NAMES = sorted(path.stem for path in PROJECTS.glob("*.txt"))


def reported(name: str, folder: Path) -> list[str]:
    """Return what an audit of a copy of the project reports, one line a finding."""
    copy = folder / name
    shutil.copytree(PROJECTS / name, copy)
    for path in copy.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    first = (PROJECTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()[0]
    given = parse(["config", str(copy), *first.removeprefix("options:").split()]).given
    report = audit([str(copy)], Options()._replace(**given))
    lines = [
        f"{Path(finding.location.path).relative_to(copy)}:{finding.location.line}"
        f" {finding.code} {finding.severity} {finding.setting}"
        for finding in report.findings
    ]
    lines += [f"problem: {problem.message}" for problem in report.problems]
    return lines


@pytest.mark.parametrize("name", NAMES)
def test_project(name: str, tmp_path: Path) -> None:
    expected = (PROJECTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert reported(name, tmp_path) == expected


def test_the_corpus_has_its_size() -> None:
    assert len(NAMES) >= 12
    assert all((PROJECTS / name).is_dir() for name in NAMES)
