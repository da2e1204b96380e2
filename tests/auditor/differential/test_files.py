"""Files that a library reads beside env files: the static answer equals the real one."""

import contextlib
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import SettingsError
from tests.auditor.executing import executed

from secaudit.facts import Unknown

Process = Callable[[dict[str, str], Path], contextlib.AbstractContextManager[None]]

CLASS = """\
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict({config})

    secret_key: str = "default"
    debug: bool = False
    origins: list[str] = []
    limits: dict[str, int] = {{}}
    token: str = Field(default="default", alias="API_TOKEN")


settings = Settings()
FOUND = settings.model_dump()
"""
FOLDERS = {
    "secrets/SECRET_KEY": "  from the folder \n",
    "secrets/debug": "yes\n",
    "secrets/origins": '["a", "b"]',
    "secrets/limits__a": "5",
    "secrets/api_token": "\n\ntoken of\ntwo lines\n",
    "more/secret_key": "from the last folder",
    "more/app_debug": "true",
}
CONFIGURATIONS = (
    'secrets_dir="secrets"',
    'secrets_dir="more", env_prefix="app_"',
    'secrets_dir=("secrets", "more")',
    'secrets_dir="secrets", case_sensitive=True',
    'secrets_dir="secrets", env_file=".env", env_nested_delimiter="__"',
)
INI = """\
[DEFAULT]
SHARED = of all sections
[settings]
Debug = on
PORT: 8000
SECRET_KEY = "quoted" # not a comment
HOSTS = a,
  b
PERCENT = 100%%
[other]
ONLY = elsewhere
"""


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files below ``folder``."""
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize("config", CONFIGURATIONS)
@pytest.mark.parametrize("environment", [{}, {"SECRET_KEY": "given", "APP_DEBUG": "0"}])
def test_a_folder_of_secrets_is_the_weakest_source(
    config: str,
    environment: dict[str, str],
    tmp_path: Path,
    process: Process,
    values: Callable[..., dict[str, Any]],
) -> None:
    write(tmp_path, {**FOLDERS, ".env": "DEBUG=false\n"})
    source = CLASS.format(config=config)
    with process(environment, tmp_path):
        found = executed(source)["FOUND"]
    static = values({"settings.py": source, ".env": "DEBUG=false\n"}, environment)
    for name in ("secret_key", "debug", "origins", "token"):
        assert static[name] == found[name], name


def test_a_folder_outside_the_project_may_give_everything(
    values: Callable[..., dict[str, Any]],
) -> None:
    source = CLASS.format(config='secrets_dir="/run/secrets"')
    static = values({"settings.py": source}, {"SECRET_KEY": "given"})
    assert static["secret_key"] == "given"
    assert isinstance(static["token"], Unknown)


def test_decouple_reads_settings_ini_before_env(
    tmp_path: Path, process: Process, values: Callable[..., dict[str, Any]]
) -> None:
    source = (
        "from decouple import AutoConfig, Csv\n"
        f"config = AutoConfig({str(tmp_path)!r})\n"
        'DEBUG = config("DEBUG", cast=bool)\n'
        'PORT = config("port", cast=int)\n'
        'SECRET_KEY = config("SECRET_KEY")\n'
        'SHARED = config("SHARED", "")\n'
        'HOSTS = config("HOSTS", cast=Csv())\n'
        'ONLY = config("ONLY", "default")\n'
        'ENV_ONLY = config("ENV_ONLY", "default")\n'
        'GIVEN = config("GIVEN", "default")\n'
    )
    files = {"settings.ini": INI, ".env": "ENV_ONLY=x\n"}
    write(tmp_path, files)
    importlib.import_module("decouple")
    with process({"GIVEN": "process"}, tmp_path):
        found = executed(source)
    static = values({"settings.py": source}, {"GIVEN": "process"})
    names = [name for name in found if name.isupper()]
    assert {name: static[name] for name in names} == {name: found[name] for name in names}


def test_an_interpolation_of_an_ini_file_is_unknown(values: Callable[..., dict[str, Any]]) -> None:
    source = 'from decouple import config\nPERCENT = config("PERCENT")\n'
    found = values({"settings.py": source, "settings.ini": INI})
    assert isinstance(found["PERCENT"], Unknown)


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("ORIGINS=a,b\n", {"ORIGINS": '["a"]'}),
        ("LIMITS=60*24\n", {"LIMITS__A": "5"}),
        ("LIMITS=60*24\n", {"LIMITS": '{"a": 5}'}),
    ],
)
def test_a_weaker_source_that_does_not_decode_stops_the_start(
    text: str,
    environment: dict[str, str],
    tmp_path: Path,
    process: Process,
    evaluated: Callable[..., Any],
) -> None:
    """Each source decodes by itself, also what a stronger one replaces."""
    write(tmp_path, {".env": text})
    source = CLASS.format(config='env_file=".env", env_nested_delimiter="__"')
    with process(environment, tmp_path), pytest.raises(SettingsError):
        executed(source)
    result = evaluated({"settings.py": source, ".env": text}, environment)
    (undecodable,) = [o for o in result.facts.observations if o.kind == "value-undecodable"]
    assert undecodable.location.path.endswith(".env")


def test_secrets_that_differ_in_case_only_are_unknown(
    tmp_path: Path, values: Callable[..., dict[str, Any]]
) -> None:
    """The library takes the one that the system lists first."""
    write(tmp_path, {"secrets/SECRET_KEY": "one", "secrets/secret_key": "two"})
    loose = CLASS.format(config='secrets_dir="secrets"')
    assert isinstance(values({"settings.py": loose})["secret_key"], Unknown)
    exact = CLASS.format(config='secrets_dir="secrets", case_sensitive=True')
    assert values({"settings.py": exact})["secret_key"] == "two"
