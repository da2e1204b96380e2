"""Env files that code chooses by a variable are alternatives, one deployment each."""

import pytest

from .conftest import Planner

CODE = (
    "import os\nfrom pydantic_settings import BaseSettings\n{}\n"
    "class S(BaseSettings):\n    model_config = {{'env_file': f'.env.{{{}}}'}}\n"
    "    token: str = ''\n"
)
BY_NAME = CODE.format("STAGE = os.getenv('APP_ENV', 'dev')", "STAGE")
FILES = {".env.dev": "TOKEN=1\n", ".env.production": "TOKEN=2\n"}


@pytest.mark.parametrize(
    "code",
    [
        BY_NAME,
        CODE.format("", 'os.getenv("APP_ENV", "dev")'),
        CODE.format("", 'os.environ.get("APP_ENV", "dev")'),
    ],
)
def test_each_file_has_a_deployment_of_its_own(planned: Planner, code: str) -> None:
    default, live = planned({"conf.py": code, **FILES}).deployments
    assert (default.name, default.profile, default.environment) == ("conf.py", "development", {})
    assert [path.rpartition("/")[2] for path in default.absent] == [".env.production"]
    assert (live.name, live.profile) == ("conf.py with APP_ENV=production", "production")
    assert [one.value for one in live.environment["APP_ENV"]] == ["production"]
    assert [path.rpartition("/")[2] for path in live.absent] == [".env.dev"]


def test_a_default_without_a_file_is_a_deployment_too(planned: Planner) -> None:
    files = {"conf.py": BY_NAME, ".env.production": "TOKEN=2\n"}
    default, live = planned(files).deployments
    assert (default.name, len(default.absent)) == ("conf.py", 1)
    assert live.name == "conf.py with APP_ENV=production"


def test_a_variable_that_is_given_chooses(planned: Planner) -> None:
    (one,) = planned({"conf.py": BY_NAME, **FILES}, env=(("APP_ENV", "production"),)).deployments
    assert (one.name, one.absent) == ("conf.py", ())


@pytest.mark.parametrize("written", ["elsewhere.STAGE", "STAGE + SUFFIX", "os.getenv(NAME)"])
def test_a_choice_that_is_not_seen_is_left_to_the_evaluation(
    planned: Planner, written: str
) -> None:
    (one,) = planned({"conf.py": CODE.format("", written), **FILES}).deployments
    assert (one.name, one.absent) == ("conf.py", ())


def test_an_example_is_none_of_them(planned: Planner) -> None:
    files = {"conf.py": BY_NAME, **FILES, ".env.example": "TOKEN=\n"}
    assert [one.name for one in planned(files).deployments] == [
        "conf.py",
        "conf.py with APP_ENV=production",
        ".env.example",
    ]
