"""Paths and choices are an interface: within a major version none is moved, deleted or removed."""

import runpy
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import ROOT, git
from tests.update.ladder import replaced

interface: Callable[[Path, str], Iterator[str]] = runpy.run_path(
    str(ROOT / "scripts/release_check.py")
)["interface"]


def test_the_working_tree_keeps_the_interface_of_the_last_release() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert list(interface(ROOT, table["project"]["version"])) == []


def move_a_file(repo: Path) -> None:
    (repo / "template/mypy.ini").rename(repo / "template/types.ini")


def delete_a_file(repo: Path) -> None:
    (repo / "template/app/security/tokens.py").unlink()


def remove_a_choice(repo: Path) -> None:
    replaced(repo / "copier.yml", "    GitLab CI: gitlab\n", "")


def render_a_file(repo: Path) -> None:
    (repo / "template/mypy.ini").rename(repo / "template/mypy.ini.jinja")


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (move_a_file, ["template/mypy.ini was moved or deleted since v1000.0.0"]),
        (delete_a_file, ["template/app/security/tokens.py was moved or deleted since v1000.0.0"]),
        (remove_a_choice, ["the choice ci: gitlab was removed since v1000.0.0"]),
        (render_a_file, []),
    ],
)
def test_a_break_is_named_within_a_major_version(
    change: Callable[[Path], None], faults: list[str], template_repo: Path, tmp_path: Path
) -> None:
    repo = tmp_path / "repo"
    git(tmp_path, "clone", "--quiet", str(template_repo), str(repo))
    change(repo)
    assert list(interface(repo, "1000.1.0")) == faults
    assert list(interface(repo, "1001.0.0")) == []
