"""User-owned files are the owner's: an update never changes them and never brings them back."""

import re
import shutil
from pathlib import Path
from typing import Final

import copier
import pytest
from ruamel.yaml import YAML
from tests.conftest import ROOT, Generate, git

COPIER: Final = YAML(typ="safe").load((ROOT / "copier.yml").read_text())
ON_UPDATE: Final = re.compile(r"\{% if _copier_operation == 'update' %\}/(.+)\{% endif %\}")


def owned_by_the_user() -> set[str]:
    matches = (ON_UPDATE.fullmatch(entry) for entry in COPIER["_exclude"])
    return {match[1] for match in matches if match}


def yours_in(project: Path) -> set[Path]:
    """Return the user-owned files of a project."""
    patterns = [pattern.replace("**", "**/*") for pattern in owned_by_the_user()]
    return {path for pattern in patterns for path in project.glob(pattern) if path.is_file()}


def test_the_manifest_and_copier_agree() -> None:
    manifest = (ROOT / "template/docs/service/ownership.md").read_text()
    yours = manifest.split("## Yours")[1].split("## The template's")[0]
    assert set(re.findall(r"^\| `([^`]+)`", yours, re.MULTILINE)) == owned_by_the_user()


@pytest.fixture
def next_release(template_repo: Path, tmp_path: Path) -> Path:
    """A template one version on, in which every file has a new last line."""
    repo = tmp_path / "template"
    git(tmp_path, "clone", "--quiet", str(template_repo), str(repo))
    for path in (repo / "template").rglob("*"):
        if path.is_file() and path.suffix not in {".typed", ".json", ".txt"}:
            path.write_bytes(path.read_bytes() + b"# of the next release\n")
    git(repo, "commit", "--quiet", "--all", "--message", "Next release")
    git(repo, "tag", "v1000.1.0")
    return repo


def committed(generated: Path, source: Path, next_release: Path, target: Path) -> Path:
    """Return a copy of a generated project as a repository that follows ``next_release``."""
    shutil.copytree(generated, target)
    answers = target / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace(str(source), str(next_release)))
    git(target, "init", "--quiet")
    git(target, "add", "--all")
    git(target, "commit", "--quiet", "--message", "Start")
    return target


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_an_update_leaves_user_owned_files_alone(
    ci: str, generate: Generate, template_repo: Path, next_release: Path, tmp_path: Path
) -> None:
    project = committed(generate(ci=ci), template_repo, next_release, tmp_path / "project")
    owned = sorted(yours_in(project))
    assert owned
    edited, deleted = owned[::2], owned[1::2]
    for path in edited:
        path.write_text(path.read_text() + "# an edit of the owner\n")
    for path in deleted:
        path.unlink()
    git(project, "commit", "--quiet", "--all", "--message", "Make it ours")
    before = {path: path.read_bytes() for path in edited}

    copier.run_update(project, defaults=True, overwrite=True, quiet=True, unsafe=False)

    assert {path: path.read_bytes() for path in edited} == before
    assert not [path for path in deleted if path.exists()]
    assert "# of the next release" in (project / "mypy.ini").read_text()
    assert not git(project, "ls-files", "--unmerged")


def test_an_untouched_project_becomes_a_fresh_copy(
    generate: Generate, template_repo: Path, next_release: Path, tmp_path: Path
) -> None:
    project = committed(generate(), template_repo, next_release, tmp_path / "project")
    copier.run_update(project, defaults=True, overwrite=True, quiet=True, unsafe=False)
    fresh = tmp_path / "fresh"
    copier.run_copy(
        str(next_release),
        fresh,
        data={"project_name": "Order Desk"},
        defaults=True,
        quiet=True,
        unsafe=False,
    )
    yours = yours_in(fresh)
    for path in fresh.rglob("*"):
        if path.is_file() and path not in yours:
            updated = project / path.relative_to(fresh)
            assert updated.read_bytes() == path.read_bytes(), path
            assert updated.stat().st_mode == path.stat().st_mode, path
