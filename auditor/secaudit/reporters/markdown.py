"""Markdown for job summaries and comments: findings, scorecard, settings."""

import re
from collections.abc import Iterator

from secaudit.finding import Finding, Report
from secaudit.outcome import relative
from secaudit.reporters.common import (
    View,
    instead,
    place,
    plural,
    rank,
    role_of,
    safe,
    scorecard,
    stated,
    why,
)
from secaudit.reporters.settings import by_deployment, origins, shown_value
from secaudit.reporters.text import summary


def render(report: Report, view: View) -> str:
    """Return a document with a table of findings, the worst first, and their details."""
    lines = ["# secaudit", "", f"{summary(report)}.", ""]
    findings = sorted(report.findings, key=rank)
    if findings:
        lines += ["| severity | rule | place | what |", "|---|---|---|---|"]
        lines += [
            f"| {one.severity} | [{one.code}]({one.help_uri}) {one.name} "
            f"| {code(place(one.location))} | {prose(stated(one))} |"
            for one in findings
        ]
        lines.append("")
    for finding in findings:
        lines += _finding(finding, view)
    if report.problems:
        lines += ["## Problems", ""]
        lines += [
            f"- {code(relative(one.path))}{f' line {one.line}' if one.line else ''}: "
            f"{prose(one.message)}"
            for one in report.problems
        ]
        lines.append("")
    if report.suppressed:
        lines += ["## Suppressed", ""]
        lines += [
            f"- {one.finding.code} at {code(place(one.finding.location))} ({one.kind}): "
            f"{prose(one.reason)}"
            for one in report.suppressed
        ]
        lines.append("")
    lines += _scorecard(report)
    if view.show_settings:
        lines += _settings(report)
    return "\n".join(lines).rstrip("\n") + "\n"


def prose(text: str) -> str:
    """Return text in which nothing is markup, link, mention or HTML; code spans stay."""
    parts = re.split(r"(`[^`]*`)", safe(text))
    return "".join(
        code(part[1:-1]) if len(part) > 1 and part.startswith("`") else _escaped(part)
        for part in parts
    )


def code(text: str) -> str:
    """Return text as a code span that also fits into a table."""
    shown = safe(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if "`" in shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}" if shown else ""


def _escaped(text: str) -> str:
    marked = re.sub(r"([\\`*_{}\[\]()#+!|~$])", r"\\\1", text)
    return (
        marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
    )


def _finding(finding: Finding, view: View) -> Iterator[str]:
    yield f"### {finding.severity}: {finding.code} {finding.name}"
    yield ""
    yield f"{code(place(finding.location))}: {prose(stated(finding))}"
    yield ""
    excerpt = view.excerpt(finding.location)
    if excerpt is not None:
        yield f"    {excerpt.line} | {safe(excerpt.text)}"
        yield ""
    steps = [
        f"{role_of(step, finding)} {code(place(step.location))}" for step in finding.provenance
    ]
    if steps:
        yield f"Where from: {', '.join(steps)}"
        yield ""
    for text in (why(finding.code), instead(finding)):
        if text:
            yield prose(text)
            yield ""


def _scorecard(report: Report) -> Iterator[str]:
    yield "## OWASP API Security Top 10 (2023)"
    yield ""
    yield "| item | about | findings |"
    yield "|---|---|---|"
    for row in scorecard(report):
        state = "none" if row.judged else "not visible in settings"
        found = f"{plural(row.number, 'finding')}, worst {row.worst}" if row.number else state
        yield f"| {row.item} | {row.title} | {found} |"
    yield ""


def _settings(report: Report) -> Iterator[str]:
    for deployment, settings in by_deployment(report):
        yield f"## Effective settings of {code(deployment)}"
        yield ""
        yield "| setting | value | type | where from |"
        yield "|---|---|---|---|"
        for one in settings:
            where = "; ".join(origins(one))
            yield (
                f"| {code(one['name'])} | {code(shown_value(one))} | {code(one['type'])} "
                f"| {prose(where)} |"
            )
        yield ""
