"""The halves judge each other: what the template generates is clean, what is careless is not."""

import json
import secrets
import shutil
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT, Generate

CARELESS = ROOT / "tests" / "data" / "misconfigured"


def audit(folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Return secaudit's exit status and JSON report for a folder."""
    command = ["secaudit", "config", ".", "--format", "json", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, report


@pytest.mark.parametrize(
    ("database", "ci"), list(product(["sqlite", "postgresql"], ["github", "gitlab", "none"]))
)
def test_a_fresh_copy_is_clean(database: str, ci: str, generate: Generate) -> None:
    status, report = audit(generate(database=database, ci=ci), "--fail-on", "info")
    assert (status, report["findings"], report["problems"]) == (0, [], [])


@pytest.mark.parametrize("environment", ["development", "production"])
def test_a_configured_project_is_clean(
    environment: str, generate: Generate, tmp_path: Path
) -> None:
    """With the `.env` that `dev` or an operator writes."""
    project = tmp_path / "project"
    shutil.copytree(generate(), project)
    settings = {
        "APP_ENVIRONMENT": environment,
        "APP_TOKENS__SIGNING_KEYS": json.dumps([secrets.token_urlsafe(48)]),
        "APP_HTTP__ALLOWED_HOSTS": '["api.orders.example"]',
        "APP_HTTP__TRUSTED_PROXIES": '["172.30.57.2"]',
        "APP_CORS__ALLOW_ORIGINS": '["https://desk.orders.example"]',
    }
    env = project / ".env"
    env.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    env.chmod(0o600)
    status, report = audit(project, "--fail-on", "info")
    assert (status, report["findings"], report["problems"]) == (0, [], [])


def test_the_careless_project_is_not_clean() -> None:
    status, report = audit(CARELESS)
    assert status == 1
    families = {finding["code"].rstrip("0123456789") for finding in report["findings"]}
    assert families >= {"SEC", "DBG", "CORS", "HOST", "AUTH", "COOKIE", "DRIFT"}
    assert "changeme" not in json.dumps(report)
    assert "postgres:postgres" not in json.dumps(report)
