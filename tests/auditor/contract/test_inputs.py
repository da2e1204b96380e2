"""Inputs that cannot be read or parsed: the rest is audited and reported all the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Project = Callable[[dict[str, str | bytes]], Path]
Secaudit = Callable[..., Any]


def test_an_env_file_beside_code_that_does_not_parse_is_judged_by_its_keys(
    project: Project, secaudit: Secaudit
) -> None:
    """Nobody knows what the broken module reads, so that every key may be a setting."""
    project({".env": "SECRET_KEY=changeme\n", "settings.py": "SECRET_KEY = (\n"})
    for words in ((".env", "settings.py"), (".",)):
        run = secaudit(*words)
        assert run.status == 2
        assert [problem["path"] for problem in run.report["problems"]] == ["settings.py"]
        assert run.codes() == ["SEC001"]


def test_what_other_modules_read_is_named_by_them(project: Project, secaudit: Secaudit) -> None:
    project(
        {
            ".env": "SECRET_KEY=changeme\nJWT_SECRET=secret\n",
            "broken.py": "import os\nJWT = os.environ[(\n",
            "settings.py": "import os\nsigning_secret = os.environ['SECRET_KEY']\n",
        }
    )
    settings = [finding["setting"] for finding in secaudit(".").report["findings"]]
    assert settings == ["signing_secret", "JWT_SECRET"]


def test_a_file_that_is_a_template_is_noted_and_passed_over(
    project: Project, secaudit: Secaudit
) -> None:
    """Neither a problem nor silence; a single value that is templated is Unknown."""
    text = "{% if vault %}\nSECRET_KEY = vault\n{% endif %}\n"
    project({"settings.py": text, ".env": "DEBUG=true\nSECRET_KEY={{ secret }}\n"})
    run = secaudit(".")
    assert run.report["problems"] == []
    (note,) = run.report["notes"]
    assert note.startswith("settings.py: ")
    assert run.codes() == ["DBG001"]


def test_a_lone_env_file_whose_name_and_variables_disagree(
    project: Project, secaudit: Secaudit
) -> None:
    """The stricter wins and GUARD reports it; an example is never production."""
    project({".env.development": "ENVIRONMENT=production\nSECRET_KEY=changeme\n"})
    run = secaudit(".")
    assert {finding["profile"] for finding in run.report["findings"]} == {"production"}
    assert run.codes() == ["GUARD004", "SEC001"]
    project({".env.development": "", ".env.example": "ENVIRONMENT=production\n"})
    assert secaudit(".").codes() == []


MODULES = {
    "a broker": 'from celery import Celery\napp = Celery("x", broker="amqp://guest:guest@mq.acme.io//")\n',
    "a cache": 'import redis\nclient = redis.Redis(host="cache.acme.io", password="redis")\n',
    "documents": 'from pymongo import MongoClient\nx = MongoClient("mongodb://mongo.acme.io/")\n',
    "an upstream": 'import httpx\nclient = httpx.Client(base_url="http://ledger.acme.io")\n',
    "an application": "from litestar import Litestar\napp = Litestar([], debug=True)\n",
    "a store": 'import boto3\ns3 = boto3.client("s3", endpoint_url="http://s3.acme.io")\n',
    "a connection": 'import psycopg\nx = psycopg.connect(host="db.acme.io", password="postgres")\n',
}


def test_a_module_that_only_calls_a_factory_is_read(project: Project, secaudit: Secaudit) -> None:
    """It gives the factory its settings, and nobody else does."""
    project(
        {
            "setup.py": "from fastapi import FastAPI\ndef create_application(docs):\n"
            "    return FastAPI(docs_url=docs, openapi_url=None)\n",
            "main.py": "from setup import create_application\napp = create_application('/docs')\n",
        }
    )
    settings = secaudit(".", "--show-settings").report["settings"]
    assert [s["value"] for s in settings if s["name"] == "FastAPI.docs_url"] == ["/docs"]


@pytest.mark.parametrize("source", MODULES.values(), ids=MODULES)
def test_a_folder_shows_what_its_files_named_one_by_one_show(
    project: Project, secaudit: Secaudit, source: str
) -> None:
    """The search for relevant names in a folder passes over no module that has a finding."""
    project({"module.py": source})
    named = secaudit("module.py")
    assert named.codes()
    assert secaudit(".").codes() == named.codes()
