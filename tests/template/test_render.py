"""Every combination of answers renders completely; an absent feature leaves no file behind."""

import re
import tomllib
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from pytest_copie.plugin import Copie
from ruamel.yaml import YAML
from tests.conftest import ROOT, Generate

QUESTIONS: Final = YAML(typ="safe").load((ROOT / "copier.yml").read_text())
CHOSEN: Final = ("framework", "database", "ci")
COMBINATIONS: Final = [
    dict(zip(CHOSEN, values, strict=True))
    for values in product(*(QUESTIONS[name]["choices"].values() for name in CHOSEN))
]
CI_FILES: Final = {
    "github": {".github/workflows/ci.yml", ".github/dependabot.yml"},
    "gitlab": {".gitlab-ci.yml", ".gitlab/own.yml"},
    "none": set[str](),
}
# GitHub's expressions and Caddy's placeholders keep their braces.
LEFTOVER: Final = re.compile(r"(?<!\$)\{\{|\{%(?!\w)|%\}|\{#|\b_copier_")


def files(project: Path) -> set[str]:
    return {p.relative_to(project).as_posix() for p in project.rglob("*") if p.is_file()}


combination = pytest.mark.parametrize(
    "answers", COMBINATIONS, ids=lambda answers: "-".join(answers.values())
)


@combination
def test_nothing_of_the_template_language_is_left(
    answers: dict[str, str], generate: Generate
) -> None:
    project = generate(**answers)
    for name in files(project):
        assert not name.endswith(".jinja")
        if name.endswith((".py", ".json", ".txt", "py.typed")):
            continue
        text = (project / name).read_text("utf-8")
        assert not LEFTOVER.search(text), name
        assert text.endswith("\n"), name
        assert not text.endswith("\n\n"), name


@combination
def test_python_files_are_those_of_the_template(
    answers: dict[str, str], generate: Generate, template_repo: Path
) -> None:
    project = generate(**answers)
    for name in files(project):
        if name.endswith(".py"):
            own = "app/service_starlette.py" if answers["framework"] == "starlette" else name
            original = template_repo / "template" / (own if name == "app/service.py" else name)
            assert (project / name).read_bytes() == original.read_bytes(), name


@combination
def test_absent_features_leave_no_file(answers: dict[str, str], generate: Generate) -> None:
    present = files(generate(**answers))
    for ci, names in CI_FILES.items():
        assert names <= present if ci == answers["ci"] else not names & present
    foreign = {"fastapi": "_starlette.py", "starlette": "_fastapi.py"}[answers["framework"]]
    assert not [name for name in present if name.endswith(foreign)]


@combination
def test_structured_files_parse(answers: dict[str, str], generate: Generate) -> None:
    project = generate(**answers)
    for name in files(project):
        if name.endswith(".toml"):
            tomllib.loads((project / name).read_text("utf-8"))
        if name.endswith((".yml", ".yaml")):
            YAML(typ="safe").load((project / name).read_text("utf-8"))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_compose_has_the_chosen_database(database: str, generate: Generate) -> None:
    compose = YAML(typ="safe").load((generate(database=database) / "compose.yaml").read_text())
    stores = {"database", "store"} & compose["services"].keys()
    assert stores == ({"database", "store"} if database == "postgresql" else set())
    assert compose["services"]["app"]["environment"]["APP_DATABASE__URL"].startswith(database)


def test_no_secret_is_rendered(generate: Generate) -> None:
    """`.env` is written by the service's own command; a copy holds placeholders at most."""
    project = generate()
    assert ".env" not in files(project)
    ignored = [line.strip() for line in (project / ".gitignore").read_text().splitlines()]
    assert "!.env" not in ignored
    assert {".env", "/signing-keys.new"} <= set(ignored)  # what the commands write


def test_the_auditor_is_pinned_to_the_templates_commit(
    generate: Generate, template_repo: Path
) -> None:
    commit = (template_repo / ".git/refs/tags/v1000.0.0").read_text().strip()
    for ci, name in (("github", ".github/workflows/secaudit.yml"), ("gitlab", ".gitlab-ci.yml")):
        text = (generate(ci=ci) / name).read_text()
        assert f'@{commit}"  # v1000.0.0' in text


def test_pytest_copie_renders_too(copie: Copie, template_repo: Path) -> None:
    """The plugin others use; it always trusts, so what concerns trust is tested apart."""
    result = copie.copy({"project_name": "Orders"}, template_dir=template_repo)
    assert result.exception is None
    assert result.exit_code == 0
    assert result.project_dir is not None
    assert (result.project_dir / "app" / "settings.py").is_file()
