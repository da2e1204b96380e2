"""secaudit as a package, an action and a hook, the way a stranger's project calls them."""

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from scripts.release_check import packages
from tests.conftest import ROOT, git

CARELESS = ROOT / "tests" / "data" / "misconfigured"
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
CLEAN = """\"\"\"Settings that are closed by default.\"\"\"

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    debug: bool = False
    secret_key: SecretStr
"""


@pytest.fixture(params=["careless", "clean"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A stranger's repository."""
    folder: Path = tmp_path / str(request.param)
    if request.param == "careless":
        shutil.copytree(CARELESS, folder)
    else:
        folder.mkdir()
        (folder / "settings.py").write_text(CLEAN)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Start")
    return folder


def test_the_action_audits_with_the_version_it_was_called_with(
    project: Path, template_repo: Path, clean_environment: dict[str, str]
) -> None:
    action = YAML(typ="safe").load((template_repo / "action.yml").read_text())
    script = action["runs"]["steps"][-1]["run"]
    defaults = {name: spec.get("default", "") for name, spec in action["inputs"].items()}
    defaults["sarif-file"] = "secaudit.sarif"
    inputs = {f"INPUT_{k.upper().replace('-', '_')}": v for k, v in defaults.items()}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=project,
        env=clean_environment | inputs | {"GITHUB_ACTION_PATH": str(template_repo)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (1 if project.name == "careless" else 0), done.stdout + done.stderr
    assert (project / "secaudit.sarif").is_file()
    if project.name == "careless":
        assert "::error" in done.stdout


def test_the_hook_audits_the_project(
    project: Path, template_repo: Path, tmp_path: Path, clean_environment: dict[str, str]
) -> None:
    done = subprocess.run(
        ["uvx", "--quiet", "pre-commit@4.7.0", "try-repo", str(template_repo), "--all-files"],
        cwd=project,
        env=clean_environment | {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (1 if project.name == "careless" else 0), done.stdout + done.stderr


def test_wheel_and_sdist_hold_what_they_should_and_the_wheel_audits() -> None:
    assert list(packages(VERSION)) == []


def test_no_registry_host_is_named_in_the_repository() -> None:
    """Addresses of package registries belong to whoever installs, not to us."""
    hosts = [f"{a}.{b}" for a, b in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]
    pattern = "|".join(host.replace(".", r"\.") for host in hosts)
    command = ["git", "grep", "--untracked", "--line-number", "-E", pattern]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.stdout, done.stdout
