"""Pipelines are green on the first push: every script of every job runs in a fresh clone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from tests.conftest import ROOT, Generate, Install, git
from tests.pipelines import Job, github, gitlab, run
from tests.template.servers import postgresql, redis_server
from tests.template.test_judges import advisory_database

pytestmark = pytest.mark.xdist_group("generated-project")

# update.yml and its job on GitLab: tests/update/test_automation.py
WORKFLOWS: Final = ("ci", "security", "secaudit")
# Answers besides the defaults: both frameworks and both databases on both hosts.
ON_GITHUB: Final = {
    "fastapi": {},
    "starlette": {"framework": "starlette", "database": "postgresql"},
}
ON_GITLAB: Final = {"fastapi": {"database": "postgresql"}, "starlette": {"framework": "starlette"}}
PUBLISHED: Final = "https://github.com/org/secure-api"

CACHE: Final = ".uv-cache"  # where GitLab keeps what it restores from job to job

Execute = Callable[[str, Job, Path], None]


def names(jobs: Iterator[Job]) -> list[str]:
    return [job.name for job in jobs]


def on_github() -> Iterator[object]:
    """Yield (variant, workflow, job) for every job of the workflows."""
    for variant, workflow in product(ON_GITHUB, WORKFLOWS):
        for name in names(github(ROOT / "template", workflow)):
            yield pytest.param((variant, workflow, name), id=f"{variant}-{name}")


def on_gitlab() -> Iterator[object]:
    """Yield (variant, job); GitLab's suites are those of GitHub in other words."""
    for variant, name in product(ON_GITLAB, names(gitlab(ROOT / "template"))):
        marks = [pytest.mark.nightly] if name.startswith("test") else []
        yield pytest.param((variant, name), id=f"{variant}-{name}", marks=marks)


@pytest.fixture(scope="module")
def runners(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """What the runners have besides the system's programs.

    GitHub's has uv, by the step before the scripts. GitLab's image is Python with pip; its
    apt-get finds git installed already.
    """
    tools, image = tmp_path_factory.mktemp("runner"), tmp_path_factory.mktemp("image")
    for name in ("uv", "uvx"):
        (tools / name).symlink_to(Path(sys.executable).with_name(name))
    subprocess.run([sys.executable, "-m", "venv", image], check=True)
    (image / "bin/apt-get").write_text("#!/bin/sh\n")
    (image / "bin/apt-get").chmod(0o755)
    return {"github": tools, "gitlab": image / "bin"}


@pytest.fixture
def execute(
    runners: Mapping[str, Path],
    clean_environment: dict[str, str],
    template_repo: Path,
    tmp_path: Path,
) -> Execute:
    """Return what runs a job of a project as the runner of its pipeline does."""

    def execute(ci: str, job: Job, project: Path) -> None:
        python = job.environment.get("UV_PYTHON") or job.environment.get("PYTHON")
        if python and not available(python):
            pytest.skip(f"no Python {python} on this machine")
        runner = clean_environment | dict(job.environment)
        runner |= {"PATH": f"{runners[ci]}{os.pathsep}{os.defpath}", "CI": "true"}
        if "SECAUDIT" in runner:  # the address that is published is on the internet
            runner["SECAUDIT"] = runner["SECAUDIT"].replace(PUBLISHED, template_repo.as_uri())
        cache = runners[ci].parent / "cache" if ci == "gitlab" else None
        with ExitStack() as stack:
            if job.servers:
                assert job.servers == {"postgres", "redis"}
                runner["TEST_DATABASE_URL"] = stack.enter_context(postgresql())
                runner["TEST_STORE_URL"] = stack.enter_context(redis_server())
            runner["PIP_AUDIT_VULNERABILITY_SERVICE"] = "osv"
            runner["PIP_AUDIT_OSV_URL"] = stack.enter_context(advisory_database("nothing"))
            run(job, cloned(project, tmp_path / "clone", cache), runner)
        if cache and not cache.exists():
            (tmp_path / "clone" / CACHE).rename(cache)

    return execute


def cloned(project: Path, folder: Path, cache: Path | None) -> Path:
    """Return a fresh clone, with the cache of the jobs before where the pipeline has one."""
    git(project, "clone", "--quiet", "--no-hardlinks", str(project), str(folder))
    if cache and cache.exists():
        shutil.copytree(cache, folder / CACHE, copy_function=os.link)
    return folder


def available(python: str) -> bool:
    """Return whether uv finds a Python without a download."""
    command = ["uv", "python", "find", "--no-python-downloads", "--system", python]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("cell", list(on_github()))
def test_a_job_is_green_on_github(
    cell: tuple[str, str, str], install: Install, execute: Execute
) -> None:
    variant, workflow, name = cell
    project = install(**ON_GITHUB[variant])
    (job,) = (job for job in github(project, workflow) if job.name == name)
    execute("github", job, project)


@pytest.mark.parametrize("cell", list(on_gitlab()))
def test_a_job_is_green_on_gitlab(
    cell: tuple[str, str], install: Install, execute: Execute
) -> None:
    variant, name = cell
    project = install(ci="gitlab", **ON_GITLAB[variant])
    (job,) = (job for job in gitlab(project) if job.name == name)
    execute("gitlab", job, project)


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_lint_is_green_before_a_lock_is_committed(
    ci: str, generate: Generate, execute: Execute, tmp_path: Path
) -> None:
    """Whoever pushes before the first `uv run` has no `uv.lock` yet."""
    project = tmp_path / "project"
    shutil.copytree(generate(ci=ci), project)
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "Start")
    assert not (project / "uv.lock").exists()
    jobs = github(project, "ci") if ci == "github" else gitlab(project)
    (job,) = (job for job in jobs if job.name == "lint")
    execute(ci, job, project)


def test_a_red_job_is_seen(install: Install, execute: Execute, tmp_path: Path) -> None:
    """The runner is awake: an unused import fails the job that lints."""
    project = tmp_path / "project"
    shutil.copytree(install(), project, ignore=shutil.ignore_patterns(".venv"))
    (project / "app/mine.py").write_text('"""Mine."""\n\nimport os\n')
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "Import what is not used")
    (job,) = (job for job in github(project, "ci") if job.name == "lint")
    with pytest.raises(AssertionError, match="F401"):
        execute("github", job, project)
