"""Paths and choices are an interface: within a major version none is moved, deleted or removed."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from scripts.release_check import interface, tags
from tests.conftest import ROOT, git
from tests.update.ladder import replaced

VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_the_working_tree_keeps_the_interface_of_the_last_release() -> None:
    assert list(interface(ROOT, VERSION)) == []


def test_the_tags_are_versions_and_the_one_here_is_ours() -> None:
    assert list(tags(ROOT, VERSION)) == []


def test_a_foreign_tag_and_a_wrong_one_are_named(template_repo: Path, tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    git(tmp_path, "clone", "--quiet", str(template_repo), str(repo))
    assert list(tags(repo, "1000.0.0")) == []
    assert list(tags(repo, "1000.0.1")) == [
        "HEAD is tagged v1000.0.0, and pyproject.toml says 1000.0.1"
    ]
    git(repo, "commit", "--quiet", "--allow-empty", "--message", "More")
    git(repo, "tag", "auditor-v1.0.0")
    assert "tags outside the one namespace vX.Y.Z: auditor-v1.0.0" in list(tags(repo, "1000.0.0"))


def test_the_migrations_of_the_template_are_one_line() -> None:
    """Two with one parent are two heads: what a database has would depend on their order."""
    folder = ROOT / "template/app/storage/migrations/versions"
    texts = [path.read_text("utf-8") for path in folder.glob("*.py")]
    names = re.findall(r'^revision = "(\w+)"$', "\n".join(texts), re.MULTILINE)
    parents = re.findall(r'^down_revision = "(\w+)"$', "\n".join(texts), re.MULTILINE)
    assert len(names) == len(texts)
    assert sorted(parents) == sorted(names)[:-1]


def move_a_file(repo: Path) -> None:
    (repo / "template/mypy.ini").rename(repo / "template/types.ini")


def delete_a_file(repo: Path) -> None:
    (repo / "template/app/security/tokens.py").unlink()


def remove_a_choice(repo: Path) -> None:
    replaced(repo / "copier.yml", "    GitLab CI: gitlab\n", "")


def stop_asking(repo: Path) -> None:
    replaced(repo / "copier.yml", "  help: Where does", "  when: false\n  help: Where does")


def exclude_a_file(repo: Path) -> None:
    replaced(repo / "copier.yml", '  - "/data"\n', '  - "/data"\n  - "/deploy/nginx.conf"\n')


def bring_a_file_for_one_answer(repo: Path) -> None:
    line = "  - \"{% if ci != 'github' %}/.github{% endif %}\"\n"
    more = line.replace("/.github", "/renovate.json")
    replaced(repo / "copier.yml", line, line + more)


def take_a_file_from_its_owner(repo: Path) -> None:
    line = "  - \"{% if _copier_operation == 'update' %}/README.md{% endif %}\"\n"
    replaced(repo / "copier.yml", line, "")


def give_a_file_to_its_owner(repo: Path) -> None:
    line = "  - \"{% if _copier_operation == 'update' %}/README.md{% endif %}\"\n"
    replaced(repo / "copier.yml", line, line + line.replace("README.md", "SECURITY.md"))


def render_a_file(repo: Path) -> None:
    (repo / "template/mypy.ini").rename(repo / "template/mypy.ini.jinja")


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (move_a_file, ["template/mypy.ini was moved or deleted since v1000.0.0"]),
        (delete_a_file, ["template/app/security/tokens.py was moved or deleted since v1000.0.0"]),
        (remove_a_choice, ["the choice ci: gitlab was removed since v1000.0.0"]),
        (stop_asking, ["the question ci was removed since v1000.0.0"]),
        (
            exclude_a_file,
            ["template/deploy/nginx.conf was moved or deleted since v1000.0.0"],
        ),
        (
            bring_a_file_for_one_answer,
            ["template/renovate.json has a new condition since v1000.0.0"],
        ),
        (
            take_a_file_from_its_owner,
            ["template/README.md is no longer the owner's since v1000.0.0"],
        ),
        (give_a_file_to_its_owner, []),
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
