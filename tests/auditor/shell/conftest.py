"""Projects that the tests of the shell audit."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secaudit.testing import Shell

SECRET = "kJ8s7dHf63hsKJHD73hdksUYe73hsj2Q"
SETTINGS = f"""\
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    secret_key: str
    debug: bool = False
    database_url: str = "postgresql://app:{SECRET}@db.example.com/app"


settings = Settings()
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return an empty project of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    result = Shell(folder)
    result.write({"requirements.txt": ""})
    return result


@pytest.fixture
def service(shell: Shell) -> Shell:
    """Return a small service with a placeholder secret, debug on and a password in the code."""
    shell.write({"settings.py": SETTINGS, ".env": "SECRET_KEY=changeme\nDEBUG=true\n"})
    return shell


Document = Callable[..., dict[str, Any]]


@pytest.fixture
def report(shell: Shell) -> Document:
    """Return what audits the project and returns the JSON report."""

    def audit(*argv: str) -> dict[str, Any]:
        run = shell("config", ".", "-f", "json", *argv)
        document: dict[str, Any] = json.loads(run.stdout)
        return document

    return audit
