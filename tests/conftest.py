"""Copies of the template for every test that needs one, made by the real Copier without trust."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, Protocol

import copier
import pytest

ROOT: Final = Path(__file__).resolve().parents[1]


class Generate(Protocol):
    """``generate(ci="gitlab", ...)`` returns a cached project: copy it before writing to it."""

    def __call__(self, **answers: str) -> Path:
        """Return the folder of the project generated with these answers and the defaults."""
        ...


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail in CI where a test was skipped for want of a tool: such a reason starts with "needs"."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if "CI" not in os.environ or reporter is None:
        return
    lacking = [
        report.nodeid
        for report in reporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple) and "Skipped: needs" in report.longrepr[2]
    ]
    if lacking:
        reporter.write_line(f"CI must not skip for want of a tool: {', '.join(lacking)}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def git(folder: Path, *arguments: str) -> str:
    """Run git in ``folder`` with an identity of its own and return what it printed."""
    command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session", autouse=True)
def _own_tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Find tools in our environment, and keep the user's Copier settings (trust!) out."""
    folder = tmp_path_factory.mktemp("copier")
    settings = folder / "settings.yml"
    settings.write_text("{}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COPIER_SETTINGS_PATH", str(settings))
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        patch.setenv("COPIER_CACHE_DIR", str(folder / "cache"))
        yield


@pytest.fixture(scope="session")
def template_repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean clone with the working tree's files on top, tagged higher than any release.

    Copying from a dirty checkout would record a commit that exists nowhere, and no update could
    follow.
    """
    repo = tmp_path_factory.mktemp("template") / "repo"
    git(ROOT, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(repo))
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    tracked = git(repo, "ls-files", "-z").split("\0")
    for name in filter(None, {*listed, *tracked}):
        source, target = ROOT / name, repo / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
        else:
            target.unlink(missing_ok=True)
    git(repo, "add", "--all")
    git(repo, "commit", "--quiet", "--allow-empty", "--message", "Working tree")
    git(repo, "tag", "v1000.0.0")
    return repo


@pytest.fixture(scope="session")
def generate(template_repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Generate:
    """Generate projects as `copier copy` does, one per set of answers."""

    @cache
    def cached(answers: tuple[tuple[str, str], ...]) -> Path:
        project = tmp_path_factory.mktemp("generated") / "project"
        copier.run_copy(
            str(template_repo),
            project,
            data={"project_name": "Order Desk", **dict(answers)},
            vcs_ref="v1000.0.0",
            defaults=True,
            quiet=True,
            unsafe=False,
        )
        return project

    def generate(**answers: str) -> Path:
        return cached(tuple(sorted(answers.items())))

    return generate


@pytest.fixture(scope="session")
def clean_environment() -> dict[str, str]:
    """The process environment without what an outer virtual environment or service left in it."""
    unwanted = ("APP_", "TEST_", "PYTHON", "VIRTUAL_ENV", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT")
    return {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}


class Install(Protocol):
    """``install(framework="starlette")`` returns a cached project: copy it before writing to it."""

    def __call__(self, **answers: str) -> Path:
        """Return the project of these answers as a git repository with `uv.lock` and `.venv`."""
        ...


@pytest.fixture(scope="session")
def install(
    generate: Generate,
    clean_environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Install:
    """Install generated projects as their owners do, one per set of answers."""

    @cache
    def cached(answers: tuple[tuple[str, str], ...]) -> Path:
        project = tmp_path_factory.mktemp("installed") / "project"
        shutil.copytree(generate(**dict(answers)), project)
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

    def install(**answers: str) -> Path:
        return cached(tuple(sorted(answers.items())))

    return install


@pytest.fixture(scope="session")
def installed(install: Install) -> Path:
    """Return the default project as a git repository with `uv.lock` and `.venv`."""
    return install()
