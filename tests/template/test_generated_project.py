"""The generated project as its owner finds it; its own checks run in tests/test_pipelines.py."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.conftest import ROOT, Install

pytestmark = pytest.mark.xdist_group("generated-project")


@pytest.fixture(scope="session", params=["fastapi", "starlette"])
def variant(request: pytest.FixtureRequest, install: Install) -> Path:
    """Return the installed project on one of the frameworks."""
    framework: str = request.param
    return install() if framework == "fastapi" else install(framework=framework)


def run(project: Path, environment: dict[str, str], *command: str) -> str:
    """Run a command of the project and return what it printed, which a failure shows."""
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


_DOCUMENT = """
import json, secrets
from starlette.testclient import TestClient
from app.project import PROJECT
from app.settings import Settings
from importlib import import_module

create_app = import_module(PROJECT.factory.partition(":")[0]).create_app
key = secrets.token_urlsafe(48)
settings = Settings(_env_file=None, environment="development", tokens={"signing_keys": [key]})
print(TestClient(create_app(settings), "http://localhost").get("/openapi.json").text)
"""


def test_the_variants_cannot_be_told_apart_by_their_documents(
    install: Install, clean_environment: dict[str, str]
) -> None:
    python = ("uv", "run", "--no-sync", "python", "-c", _DOCUMENT)
    documents = [
        json.loads(run(project, clean_environment, *python).splitlines()[-1])
        for project in (install(), install(framework="starlette"))
    ]
    assert documents[0] == documents[1]
    assert "/v1/items/{item_id}/attachment" in documents[0]["paths"]


def test_the_starlette_variant_does_without_fastapi(install: Install) -> None:
    lock = (install(framework="starlette") / "uv.lock").read_text()
    assert 'name = "starlette"' in lock
    assert 'name = "fastapi"' not in lock


EXAMPLE = ("app/models/item.py", "app/models/migrations/versions/app_0001_items.py")


def test_the_suite_passes_without_the_example_resource(
    variant: Path, clean_environment: dict[str, str], tmp_path: Path
) -> None:
    """Everybody deletes the example, as the README says; the template's part must not need it."""
    project = tmp_path / "project"
    shutil.copytree(variant, project, ignore=shutil.ignore_patterns(".venv", "data"))
    for path in (project / name for name in EXAMPLE):
        path.unlink()
    for folder in {"api", "routes"} & {path.name for path in (project / "app").iterdir()}:
        shutil.rmtree(project / "app" / folder)
    for path in (project / "tests").iterdir():
        if path.is_file():
            path.unlink()
    (project / "app/models/__init__.py").write_text('"""Your tables."""\n')
    service = project / "app/service.py"
    text = re.sub(r"^from \.(api|routes)\..*\n", "", service.read_text(), flags=re.MULTILINE)
    service.write_text(text.replace("(items_v1.router, items_v2.router)", "()"))
    own = {"UV_PROJECT_ENVIRONMENT": str(variant / ".venv")}
    run(project, clean_environment | own, "uv", "run", "--no-sync", "pytest", "-q")


def test_a_refused_name_covers_every_package_and_command_of_the_environment(
    installed: Path,
) -> None:
    """A service with such a name could not be resolved, or would hide a command."""
    validator = YAML(typ="safe").load((ROOT / "copier.yml").read_text())
    reserved = set(validator["project_name"]["validator"].split("'")[1].split())
    lock = (installed / "uv.lock").read_text()
    packages = set(re.findall(r'^name = "([^"]+)"', lock, re.MULTILINE))
    commands = {
        path.name
        for path in (installed / ".venv/bin").iterdir()
        if re.fullmatch(r"[a-z][a-z0-9-]*", path.name) and not path.name.startswith("activate")
    }
    own = {"order-desk", "order-desk-platform"}
    assert not sorted((packages | commands) - own - reserved)


def test_settings_example_and_table_name_the_same_settings(installed: Path) -> None:
    def names(path: str, pattern: str) -> set[str]:
        found = re.findall(pattern, (installed / path).read_text(), re.MULTILINE)
        assert len(found) == len(set(found)), path
        return set(found)

    example = names(".env.example", r"^#?(APP_[A-Z_]+)=")
    table = names("docs/service/settings.md", r"^\| `(APP_[A-Z_]+)`")
    assert example == table == settings_in_code(installed)


def settings_in_code(project: Path) -> set[str]:
    """Return the variables of the Settings tree, asked of the project's own interpreter."""
    program = """
from pydantic import BaseModel
from app.settings import Settings

def walk(model, prefix):
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            walk(inner, f"{prefix}{name}__")
        else:
            print(f"{prefix}{name}".upper())

walk(Settings, "APP_")
"""
    python = project / ".venv/bin/python"
    done = subprocess.run(
        [python, "-c", program], cwd=project, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())
