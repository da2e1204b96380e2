"""Workflow commands of GitHub Actions: an annotation for every finding and problem."""

from typing import Final

from secaudit.finding import Report
from secaudit.outcome import relative
from secaudit.reporters.common import View, remedy, repository_path, safe, stated
from secaudit.reporters.text import summary

_COMMANDS: Final[dict[str, str]] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "notice",
    "info": "notice",
}


def render(report: Report, view: View) -> str:
    """Return one command a line; paths start at the repository's root."""
    lines = []
    for finding in report.findings:
        place = finding.location
        properties = {
            "file": _path(place.path, view),
            "line": place.line,
            "endLine": place.end_line,
            "col": place.column,
            "endColumn": max(place.end_column - 1, 1),
            "title": f"{finding.code} {finding.name} ({finding.severity})",
        }
        if place.end_line != place.line:  # columns of two lines do not make a range
            del properties["col"], properties["endColumn"]
        text = f"{stated(finding)}\n{remedy(finding.code)}".strip()
        lines.append(_command(_COMMANDS[finding.severity], properties, text))
    for problem in report.problems:
        where: dict[str, object] = {"file": _path(problem.path, view)}
        if problem.line:
            where["line"] = problem.line
        lines.append(_command("error", where | {"title": "not audited"}, problem.message))
    if not view.quiet:
        lines.append(summary(report))
    return "".join(f"{line}\n" for line in lines)


def _path(path: str, view: View) -> str:
    return repository_path(path, view.root) or relative(path)


def _command(name: str, properties: dict[str, object], text: str) -> str:
    """Return ``::name key=value::text`` with everything escaped that would end a part early."""
    pairs = ",".join(
        f"{key}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for key, value in properties.items()
    )
    return f"::{name} {pairs}::{_escaped(text)}"


def _escaped(text: str) -> str:
    """Return a text on one line; control characters in it, also of file names, are made visible."""
    return "%0A".join(safe(line).replace("%", "%25") for line in text.split("\n"))
