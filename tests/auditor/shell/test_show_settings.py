"""The listing of effective settings tells what the program has, and hides only secrets."""

import json
from typing import Any

import pytest

from secaudit.redaction import secret_name
from secaudit.testing import Shell

SETTINGS = """\
from datetime import timedelta

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

    secret_key: str
    access_token_expire_minutes: int = 30
    max_tokens: int = 4096
    token_url: str = "/auth/token"
    tenant_token_url: str = "/auth/kJ8s7dHf63hsKJHD73hdksUYe73hsj2Q"
    secret_reference: str = open("reference").read()
    password_hash: str = "5f4dcc"
    docs_disabled: bool = True
    grace: timedelta = timedelta(minutes=5)
"""


def listed(shell: Shell) -> dict[str, dict[str, Any]]:
    """Return the effective settings of the written project by name."""
    run = shell("config", ".", "--show-settings", "-f", "json", "--fail-on", "never")
    assert run.status == 0, run.stderr
    return {setting["name"]: setting for setting in json.loads(run.stdout)["settings"]}


def test_values_are_what_the_program_has(shell: Shell) -> None:
    shell.write({"settings.py": SETTINGS})
    shell.write({".env": "SECRET_KEY=changeme\nACCESS_TOKEN_EXPIRE_MINUTES=11520\n"})
    values = {name: setting["value"] for name, setting in listed(shell).items()}
    assert values == {
        "secret_key": "<redacted: 8 characters>",
        "access_token_expire_minutes": 11520,
        "max_tokens": 4096,
        "token_url": "/auth/token",
        "tenant_token_url": "<redacted: 38 characters>",
        "secret_reference": None,
        "password_hash": "<redacted: 6 characters>",
        "docs_disabled": True,
        "grace": 300,
    }


def test_the_reason_of_an_unknown_value_is_readable(shell: Shell) -> None:
    shell.write({"settings.py": SETTINGS, ".env": "SECRET_KEY=changeme\n"})
    assert (
        listed(shell)["secret_reference"]["unknown"]
        == "reads a file that the project does not have"
    )
    assert (
        "unknown: reads a file that the project does not have"
        in shell("explain", "secret_reference", ".").stdout
    )


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("API_KEY", True),
        ("security.jwt.secretKey", True),
        ("REFRESH_TOKEN", True),
        ("PASSWORD_HASH", True),
        ("API_KEY_HEADER", False),
        ("auth.tokenUrl", False),
        ("MAX_TOKENS", False),
        ("PASSWORD_MIN_LENGTH", False),
    ],
)
def test_names_about_something_else_than_the_secret(name: str, *, secret: bool) -> None:
    assert secret_name(name) is secret


def test_a_key_of_a_file_that_code_reads_is_listed_under_the_codes_name(shell: Shell) -> None:
    code = (
        "import configparser\ncp = configparser.ConfigParser()\ncp.read('config.ini')\n"
        "TIMEOUT = cp.getint('app', 'timeout')\n"
    )
    shell.write({"settings.py": code, "config.ini": "[app]\ntimeout = 5\ntoken_url = /t\n"})
    values = {name: setting["value"] for name, setting in listed(shell).items()}
    assert values == {"TIMEOUT": 5, "app.token_url": "/t"}
