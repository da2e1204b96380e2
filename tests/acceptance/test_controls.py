"""Every control is proven: removing it turns its test red, and its rule notices where it shows."""

import json
import re
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.controls import Control, controls
from tests.conftest import ROOT, Install

PATIENCE = 180  # seconds, on a busy machine; a test that hangs has noticed nothing
FAILED = 1  # pytest's exit status; an error while collecting would be 2 and prove nothing


def each(*rows: Control) -> list[Any]:
    """Return the controls as parameters; those of a variant share its installed project."""
    return [
        pytest.param(
            row,
            id=f"{row.framework}-{row.id}",
            marks=pytest.mark.xdist_group(f"controls-{row.framework}"),
        )
        for row in rows
    ]


every_control = pytest.mark.parametrize("control", each(*controls()))
flipped_controls = pytest.mark.parametrize("control", each(*(c for c in controls() if c.flip)))


def copy_of(installed: Path, target: Path) -> Path:
    """Copy a generated project without its environment and data, and with no `.env`."""
    shutil.copytree(installed, target, ignore=shutil.ignore_patterns(".venv", "data", ".git"))
    return target


def run_test(project: Path, python: Path, node: str, environment: dict[str, str]) -> int:
    """Run one test of a project and return pytest's exit status."""
    command = [str(python), "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", node]
    return subprocess.run(
        command, cwd=project, env=environment, capture_output=True, check=False, timeout=PATIENCE
    ).returncode


@every_control
def test_nothing_dangles(control: Control, install: Install) -> None:
    installed = install(framework=control.framework)
    path, _, function = control.test.partition("::")
    assert (installed / control.code).is_file()
    assert (installed / control.page).is_file()
    assert re.search(rf"^(async )?def {function}\(", (installed / path).read_text(), re.MULTILINE)
    assert all(re.fullmatch(r"API([1-9]|10):2023", item) for item in control.owasp)
    assert control.owasp
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", requirement) for requirement in control.asvs)


def test_every_policy_of_the_edge_is_a_control() -> None:
    """A policy that is added without a row, and so without proof, is seen here."""
    folder = ROOT / "template/app/security/policies"
    policies = {path.relative_to(ROOT / "template").as_posix() for path in folder.glob("[!_]*.py")}
    assert policies <= {control.code for control in controls()}


def test_ids_are_unique() -> None:
    ids = [(control.framework, control.id) for control in controls()]
    assert len(ids) == len(set(ids))


@every_control
def test_removing_a_control_is_noticed_by_its_test(
    control: Control, install: Install, clean_environment: dict[str, str], tmp_path: Path
) -> None:
    installed = install(framework=control.framework)
    project = copy_of(installed, tmp_path / "project")
    control.mutant.apply(project)
    python = installed / ".venv/bin/python"
    assert run_test(project, python, control.test, clean_environment) == FAILED


def audited(project: Path) -> set[str]:
    """Return the codes of secaudit's findings in a project."""
    command = ["secaudit", "config", ".", "--format", "json", "--fail-on", "never"]
    command += ["--profile", "production"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    return {finding["code"] for finding in json.loads(done.stdout)["findings"]}


@flipped_controls
def test_a_control_switched_off_in_settings_is_noticed_by_its_rule(
    control: Control, install: Install, tmp_path: Path
) -> None:
    """On a host: the Compose file sets some of these variables itself, whatever `.env` says."""
    project = copy_of(install(framework=control.framework), tmp_path / "project")
    for compose in project.glob("compose*.yaml"):
        compose.unlink()
    lines = {
        "APP_HTTP__ALLOWED_HOSTS": '["api.example.org"]',
        "APP_TOKENS__SIGNING_KEYS": json.dumps([secrets.token_urlsafe(48)]),
        **control.flip,
    }
    with (project / ".env").open("a") as env:
        env.writelines(f"{name}={value}\n" for name, value in lines.items())
    assert control.rule in audited(project)
