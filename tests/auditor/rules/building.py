"""Facts written by hand, for tests of rules alone."""

import subprocess
from pathlib import Path
from typing import Any

from secaudit.facts import Candidate, Facts, Observation, Setting
from secaudit.finding import Severity
from secaudit.location import Location
from secaudit.registry import find
from secaudit.rule import Example, Rule


def place(path: str = "/project/.env", line: int = 1) -> Location:
    """Return a span on one line of a file."""
    return Location(path, line, 1, line, 9)


def candidate(  # noqa: PLR0913 - the fields of a candidate
    value: Any,  # noqa: ANN401 - the value of any setting
    layer: str = "env-file",
    path: str = "/project/.env",
    *,
    raw: str | None = None,
    line: int = 1,
    literal: bool = True,
) -> Candidate:
    """Return one place that gives a value; text is its own raw form."""
    text = value if raw is None and isinstance(value, str) else raw
    return Candidate(layer, value, text, place(path, line), literal)


def setting(  # noqa: PLR0913 - the fields of a setting
    concept: str,
    *candidates: Candidate,
    name: str = "",
    group: str = "",
    service: str = "",
    variables: tuple[str, ...] = (),
    error: str | None = None,
) -> Setting:
    """Return a setting whose first candidate wins."""
    winner = candidates[0]
    return Setting(
        name=name or concept.replace(".", "_"),
        concept=concept,
        group=group,
        type="",
        value=winner.value,
        candidates=candidates,
        location=winner.location or place(),
        used=(),
        error=error,
        variables=variables,
        service=service,
    )


def simple(
    concept: str,
    value: Any,  # noqa: ANN401 - the value of any setting
    **more: Any,  # noqa: ANN401 - passed through
) -> Setting:
    """Return a setting given in an env file."""
    return setting(concept, candidate(value), **more)


def default(
    concept: str,
    value: Any,  # noqa: ANN401 - the value of any setting
    **more: Any,  # noqa: ANN401 - passed through
) -> Setting:
    """Return a setting that is left at the library's default."""
    return setting(concept, candidate(value, "library-default", "/project/main.py"), **more)


def seen(kind: str, about: str = "", path: str = "/project/.env", **detail: Any) -> Observation:  # noqa: ANN401 - plain values
    """Return an observation."""
    return Observation(kind, place(path), about or kind, detail)


def facts(*items: Setting | Observation, profile: str = "production") -> Facts:
    """Return the facts of one deployment."""
    return Facts(
        "test",
        profile,
        tuple(item for item in items if isinstance(item, Setting)),
        tuple(item for item in items if isinstance(item, Observation)),
    )


def severities(
    code: str, *items: Setting | Observation, profile: str = "production"
) -> list[Severity]:
    """Return the severities of what a rule reports, in order."""
    rule = find(code)
    assert rule is not None
    matches = rule.check(facts(*items, profile=profile))
    found = [rule.severity_of(match, profile) for match in matches]
    return [severity for severity in found if severity is not None]


def told(rule: Rule, items: list[Setting | Observation]) -> list[str]:
    """Return what a rule tells about facts in production, one line a match, with its fix."""
    lines = []
    for match in rule.check(facts(*items)):
        line = f"{rule.code} {rule.severity_of(match, 'production')} {match.message}"
        if match.related:
            line += f" (also {', '.join(str(place.line) for place in match.related)})"
        if match.fix is not None:
            edits = ", ".join(edit.replacement or "<generated>" for edit in match.fix.edits)
            line += f" [{match.fix.safety}: {match.fix.title}: {edits}]"
        lines.append(line)
    return lines


def write(folder: Path, example: Example) -> None:
    """Write the files of an example; a requirements file makes the folder a project."""
    (folder / "requirements.txt").write_text("", encoding="utf-8")
    for name, text in example.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644 if name in example.readable else 0o600)
    if example.tracked:
        for words in (["init", "-q"], ["add", *example.tracked]):
            subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
