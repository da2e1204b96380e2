"""Whether the answers are those that the project's files were generated with."""

import os
import re
import tomllib
from collections.abc import Iterator
from typing import Final

from secaudit.discovery import read
from secaudit.errors import AuditError
from secaudit.facts import Observation
from secaudit.template.answers import Answers
from secaudit.template.knowledge import Knowledge

_MARK: Final = b"Template-owned"  # in the first line of the template's pipelines
_PIPELINES: Final = {"github": ".github/workflows/secaudit.yml", "gitlab": ".gitlab-ci.yml"}
_SERVER: Final = re.compile(rb"^\s+image:\s*[\"']?postgres[:@]", re.MULTILINE)


def contradicted(given: Answers, known: Knowledge) -> Iterator[Observation]:
    """Yield each answer that the files contradict."""
    checks = (
        ("framework", _framework(given, known.choices.get("framework", ()))),
        ("ci", _ci(given)),
        ("database", _database(given)),
        ("project_name", _name(given)),
    )
    for answer, reason in checks:
        if reason:
            detail = {"value": given.text(answer), "reason": reason}
            yield Observation("answer-contradicted", given.place(answer), answer, detail)


def _framework(given: Answers, choices: tuple[str, ...]) -> str:
    """Return what is wrong with the framework: its entry module is the one that exists."""
    answer = given.text("framework")
    present = [name for name in choices if _content(given, f"app/main_{name}.py") is not None]
    others = [name for name in present if name != answer]
    if others:
        return f"there is app/main_{others[0]}.py"
    return "" if present else f"there is no app/main_{answer}.py"


def _ci(given: Answers) -> str:
    """Return what is wrong with the pipeline: only the template's own files count."""
    answer = given.text("ci")
    for name, path in _PIPELINES.items():
        content = _content(given, path)
        ours = content is not None and _MARK in content.split(b"\n", 1)[0]
        if ours and name != answer:
            return f"there is the template's {path}"
        if content is None and name == answer:
            return f"there is no {path}"
    return ""


def _database(given: Answers) -> str:
    """Return what is wrong with the database: the Compose file runs the one that was chosen."""
    content = _content(given, "compose.yaml")
    if content is None:
        return ""  # reported as a missing file
    runs = _SERVER.search(content) is not None
    if runs == (given.text("database") == "postgresql"):
        return ""
    return f"compose.yaml runs {'a' if runs else 'no'} PostgreSQL server"


def _name(given: Answers) -> str:
    """Return what is wrong with the name: the slug of app/project.toml is made from it."""
    content = _content(given, "app/project.toml")
    try:
        slug = tomllib.loads((content or b"").decode()).get("slug")
    except ValueError:
        return "app/project.toml cannot be read"
    wanted = re.sub(r"[ _.]+", "-", given.text("project_name").strip().lower())
    return "" if slug in {None, wanted} else f"the slug in app/project.toml is {slug}"


def _content(given: Answers, name: str) -> bytes | None:
    """Return the content of a file of the project, None when there is none."""
    path = os.path.join(given.folder, *name.split("/"))  # noqa: PTH118 - pathlib costs start-up
    try:
        return read(path)
    except AuditError:
        return None
