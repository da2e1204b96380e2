"""A generated project with its own environment, as its owner has it after the first `uv run`."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.conftest import Generate, git


@pytest.fixture(scope="session")
def installed(
    generate: Generate,
    clean_environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return the default project as a git repository with `uv.lock` and `.venv`."""
    project = tmp_path_factory.mktemp("installed") / "project"
    shutil.copytree(generate(), project)
    git(project, "init", "--quiet")
    subprocess.run(
        ["uv", "sync", "--quiet", "--all-groups"],
        cwd=project,
        env=clean_environment,
        check=True,
    )
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "Start")
    return project
