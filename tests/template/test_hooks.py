"""The generated project's pre-commit hooks, run by pre-commit on the project as generated."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.conftest import git

pytestmark = pytest.mark.xdist_group("generated-project")

PRE_COMMIT = ("uvx", "--quiet", "pre-commit@4.7.0", "run", "--all-files")


@pytest.fixture
def project(installed: Path, tmp_path: Path) -> Path:
    """A copy that borrows the environment of the installed project."""
    copy = tmp_path / "project"
    shutil.copytree(installed, copy, ignore=shutil.ignore_patterns(".venv", "data"))
    return copy


def run_hooks(
    project: Path, installed: Path, environment: dict[str, str], *hooks: str
) -> subprocess.CompletedProcess[str]:
    own = {"UV_PROJECT_ENVIRONMENT": str(installed / ".venv"), "UV_NO_SYNC": "1"}
    return subprocess.run(
        [*PRE_COMMIT, *hooks],
        cwd=project,
        env=environment | own | {"PRE_COMMIT_HOME": str(project.parent / "pre-commit")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_fresh_project_passes_every_hook(
    project: Path, installed: Path, clean_environment: dict[str, str]
) -> None:
    done = run_hooks(project, installed, clean_environment)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("hook", "name", "content"),
    [
        ("conflict-leftovers", "mine.txt", "<<<<<<< before updating\n"),
        ("conflict-leftovers", "mine.txt", ">>>>>>> after updating\n"),
        ("rejected-hunks", "app/service.py.rej", "@@\n"),
        ("no-env", ".env.production", "A=1\n"),
        ("ruff-check", "app/mine.py", "import os\n"),
        ("ruff-format", "app/mine.py", '"""One."""\nx = (1,2)\n'),
    ],
)
def test_a_hook_stops_what_it_is_for(  # noqa: PLR0913, PLR0917 - fixtures and a row of the table
    hook: str,
    name: str,
    content: str,
    project: Path,
    installed: Path,
    clean_environment: dict[str, str],
) -> None:
    (project / name).write_text(content)
    git(project, "add", "--force", name)
    done = run_hooks(project, installed, clean_environment, hook)
    assert done.returncode == 1, done.stdout + done.stderr
