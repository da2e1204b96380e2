"""Which published security fixes a project lacks."""

from collections.abc import Iterator

from secaudit.facts import Observation
from secaudit.template.answers import Answers
from secaudit.template.knowledge import Knowledge
from secaudit.template.versions import Version


def lacking(given: Answers, known: Knowledge) -> Iterator[Observation]:
    """Yield each advisory whose fault the followed version has.

    A commit after a release counts as that release: whether it holds the fix cannot be known.
    """
    version = given.version
    if version is None:
        return
    for entry in known.advisories:
        introduced, fixed = (Version.parse(entry[key]).release for key in ("introduced", "fixed"))
        if introduced <= version.release < fixed:
            detail = {
                "title": _sentence(entry["title"]),
                "severity": entry["severity"],
                "fixed": str(Version.parse(entry["fixed"])),
                "installed": given.text("_commit"),
                "changes": _listed(entry["changes"]),
                "action": entry["action"] or "",
                "owasp": entry["owasp"],
            }
            yield Observation("advisory-lacking", given.place("_commit"), entry["id"], detail)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _listed(changes: str | list[str]) -> str:
    return changes if isinstance(changes, str) else ", ".join(changes)
