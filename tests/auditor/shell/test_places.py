"""Where a fault is reported whose value reaches its use through a list or a flag."""

import json
from typing import Any

import pytest

from secaudit.testing import Shell

SETTINGS = """\
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    model_config = {"env_file": ".env"}
    first: str = "https://a.acme.io"
    flag: bool = False


settings = Settings()
"""
JWT = "import jwt\n\n\ndef read(token, key):\n    return jwt.decode(token, key, algorithms=[{}])\n"
ADD = (
    "from fastapi import FastAPI\nfrom fastapi.middleware.{} import {}\n"
    "app = FastAPI(openapi_url=None)\napp.add_middleware({}, {})\n"
)
CORS = ADD.format("cors", "CORSMiddleware", "CORSMiddleware", "allow_origins=[{}]")
HOSTS = ADD.format("trustedhost", "TrustedHostMiddleware", "TrustedHostMiddleware", "{}")
PROXY = (
    "from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware\n"
    "from fastapi import FastAPI\n"
    "app = FastAPI(openapi_url=None)\n"
    "app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=[{}])\n"
)
HASHES = "from passlib.context import CryptContext\ncontext = CryptContext(schemes=[{}])\n"


def findings(
    shell: Shell, code: str, source: str, env: str, settings: str = SETTINGS
) -> list[dict[str, Any]]:
    """Return the findings of rules about a module that may use ``settings``."""
    module = f"from config import settings\n{source}"
    shell.write({"config.py": settings, "main.py": module, ".env": env, "requirements.txt": ""})
    run = shell(
        "config", ".", "-f", "json", "--exit-zero", "--profile=production", f"--select={code}"
    )
    found: list[dict[str, Any]] = json.loads(run.stdout)["findings"]
    return found


def roles(finding: dict[str, Any]) -> set[tuple[str, int, str]]:
    """Return the provenance of a finding."""
    return {(step["path"], step["line"], step["role"]) for step in finding["provenance"]}


@pytest.mark.parametrize(
    ("code", "source", "value", "line"),
    [
        ("CORS002", CORS, "*", 5),
        ("CORS003", CORS, "null", 5),
        ("CORS006", CORS, "http://a.acme.io", 5),
        ("CORS007", CORS, "http://localhost:3000", 5),
        ("HOST001", HOSTS.format("allowed_hosts=[{}]"), "*", 5),
        ("HOST001", HOSTS.format("allowed_hosts=[{}]"), "*.com", 5),
        ("HOST002", PROXY, "*", 5),
        ("AUTH004", JWT, "none", 6),
        ("AUTH004", JWT, "HS1", 6),
        ("AUTH008", HASHES, "md5_crypt", 3),
    ],
)
@pytest.mark.parametrize("items", ["settings.first", "settings.first, 'https://b.acme.io'"])
def test_a_faulty_element_is_reported_where_it_is_given(  # noqa: PLR0913, PLR0917 - one case
    code: str, source: str, value: str, line: int, items: str, shell: Shell
) -> None:
    (finding,) = findings(shell, code, source.format(items), f"FIRST={value}\n")
    assert (finding["location"]["path"], finding["location"]["line"]) == (".env", 1)
    assert roles(finding) >= {
        (".env", 1, "effective"),
        ("config.py", 6, "shadowed"),
        ("main.py", line, "used"),
    }


def test_an_algorithm_for_both_ways_is_one_fault(shell: Shell) -> None:
    source = JWT.format("settings.first").replace(
        "    return", "    jwt.encode({'exp': 1}, key, algorithm=settings.first)\n    return"
    )
    (finding,) = findings(shell, "AUTH004", source, "FIRST=none\n")
    assert finding["location"]["path"] == ".env"
    assert {("main.py", 6, "used"), ("main.py", 7, "used")} <= roles(finding)


@pytest.mark.parametrize(
    "chosen",
    [
        "allowed_hosts=['*'] if settings.flag else ['a.acme.io']",
        "allowed_hosts=['b.acme.io', '*' if settings.flag else 'a.acme.io']",
        "allowed_hosts=['a.acme.io'] if not settings.flag else ['*']",
    ],
)
def test_the_flag_that_chose_a_value_is_in_its_provenance(chosen: str, shell: Shell) -> None:
    (finding,) = findings(shell, "HOST001", HOSTS.format(chosen), "FLAG=true\n")
    assert {("main.py", 5, "effective"), (".env", 1, "effective")} <= roles(finding)


@pytest.mark.parametrize("written", ["True if settings.flag else False", "settings.flag"])
def test_a_flag_that_is_spelled_out_is_the_flag(written: str, shell: Shell) -> None:
    source = f"from fastapi import FastAPI\napp = FastAPI(debug={written})\n"
    (finding,) = findings(shell, "DBG001", source, "FLAG=true\n")
    assert finding["location"]["path"] == ".env"


@pytest.mark.parametrize(
    ("origins", "credentials", "code", "path"),
    [
        ("['*'] if settings.cors_allow_all else []", "True", "CORS001", "main.py"),
        ("['*'] if settings.cors_allow_all else []", "False", "CORS002", "main.py"),
        ("settings.origins", "True", "CORS001", ".env"),
    ],
)
def test_an_open_policy_is_one_fault(
    origins: str, credentials: str, code: str, path: str, shell: Shell
) -> None:
    settings = SETTINGS.replace("flag:", "cors_allow_all:").replace(
        "\n\n\nsettings",
        "\n\n    @property\n    def origins(self):\n        return [self.first]\n\n\nsettings",
    )
    policy = f"allow_origins={origins}, allow_credentials={credentials}"
    source = ADD.format("cors", "CORSMiddleware", "CORSMiddleware", policy)
    env = "FIRST=*\n" if path == ".env" else "CORS_ALLOW_ALL=true\n"
    (finding,) = findings(shell, "CORS001,CORS002", source, env, settings)
    assert (finding["code"], finding["location"]["path"]) == (code, path)
    assert any(step["path"] == ".env" for step in finding["provenance"])
