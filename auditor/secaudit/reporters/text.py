"""The report for reading at a terminal: the line, the way to its value, the reason, the remedy."""

from collections.abc import Iterator
from typing import Final

from secaudit.finding import Finding, Report
from secaudit.outcome import relative
from secaudit.reporters.common import (
    View,
    counts,
    instead,
    is_left_out,
    place,
    plural,
    rank,
    safe,
    scorecard,
    stated,
    why,
    wrapped,
)

_STYLES: Final[dict[str, str]] = {
    "critical": "1;97;41",
    "high": "1;31",
    "medium": "1;33",
    "low": "36",
    "info": "2",
    "path": "1;4",
    "dim": "2",
    "good": "32",
}
_FEW_NOTES: Final = 5  # shown without -v
_LABEL: Final = 9  # width of the labels in front of explanations


def render(report: Report, view: View) -> str:
    """Return findings by file, the worst first, then the settings, the scorecard and a summary."""
    lines: list[str] = []
    by_path: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_path.setdefault(relative(finding.location.path), []).append(finding)
    for path in sorted(by_path, key=lambda path: (min(map(rank, by_path[path])), path)):
        lines += [_style(safe(path), "path", view), ""]
        for finding in sorted(by_path[path], key=rank):
            lines += [*_finding(finding, view), ""]
    if view.show_settings:
        from secaudit.reporters.settings import text_table  # noqa: PLC0415 - only when asked for

        lines += text_table(report, view)
    if report.findings and not view.quiet:
        lines += [*_scorecard(report, view), ""]
    lines += _problems(report, view)
    if not view.quiet:
        lines += [*_suppressed(report, view), *_notes(report, view), summary(report)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def summary(report: Report) -> str:
    """Return the whole outcome in one line."""
    found = [f"{count} {severity}" for severity, count in counts(report).items() if count]
    detail = f" ({', '.join(found)})" if found else ""
    parts = [plural(len(report.findings), "finding") + detail]
    if report.suppressed:
        parts.append(f"{len(report.suppressed)} suppressed")
    if report.problems:
        parts.append(plural(len(report.problems), "problem"))
    parts.append(plural(len(report.files), "file"))
    parts.append(plural(len(report.deployments), "deployment"))
    return ", ".join(parts)


def _finding(finding: Finding, view: View) -> Iterator[str]:
    severity = _style(f" {finding.severity} ", finding.severity, view)
    where = f"{finding.location.line}:{finding.location.column}"
    profile = "" if finding.profile == "unknown" else f" in {finding.profile}"
    head = f"{_style(finding.code, 'path', view)} {finding.name}"
    yield f"  {where:<8}{severity} {head}{_style(profile, 'dim', view)}"
    yield from wrapped(safe(stated(finding)), 10, view.width)
    yield from _source(finding, view)
    for step in finding.provenance:
        if step.location != finding.location:
            yield _labelled(step.role, place(step.location), view)
        elif step.role == "default":
            yield _labelled(step.role, "nothing is written; it would stand here", view)
    several = finding.deployments if len(finding.deployments) > 1 else ()
    told = {"in": ", ".join(several), "why": why(finding.code), "instead": instead(finding)}
    for label, text in told.items():
        if text:
            first, *rest = wrapped(safe(text), 10 + _LABEL + 1, view.width)
            yield _labelled(label, first.strip(), view)
            yield from rest
    yield _labelled("more", f"secaudit explain {finding.code}", view)


def _source(finding: Finding, view: View) -> Iterator[str]:
    excerpt = view.excerpt(finding.location)
    if excerpt is None:
        return
    bar = "|" if view.ascii else "│"
    room = max(view.width - 16, 30)
    offset = max(0, min(excerpt.start - room // 2, len(excerpt.text) - room))
    cut = "..." if view.ascii else "…"
    shown = safe(excerpt.text[offset : offset + room])
    if offset + room < len(excerpt.text):
        shown = shown[: -len(cut)] + cut
    if offset:
        shown = cut + shown[len(cut) :]
    before = len(safe(excerpt.text[offset : excerpt.start]))
    marked = safe(excerpt.text[excerpt.start : min(excerpt.end, offset + room)])
    yield f"  {excerpt.line:>10} {_style(bar, 'dim', view)} {shown}"
    if is_left_out(finding):
        return
    caret = _style("^" * max(len(marked), 1), finding.severity, view)
    yield f"  {'':>10} {_style(bar, 'dim', view)} {' ' * before}{caret}"


def _scorecard(report: Report, view: View) -> Iterator[str]:
    yield _style("OWASP API Security Top 10 (2023)", "path", view)
    for row in scorecard(report):
        if row.number:
            state = _style(f"{row.worst}, {plural(row.number, 'finding')}", row.worst, view)
        elif row.judged:
            state = _style("no finding", "good", view)
        else:
            state = _style("not visible in settings", "dim", view)
        yield f"  {row.item:<6} {row.title:<48} {state}"


def _problems(report: Report, view: View) -> Iterator[str]:
    if report.problems:
        yield _style("Problems: these inputs were not audited, or not to their end", "high", view)
        for problem in report.problems:
            line = f":{problem.line}" if problem.line else ""
            yield f"  {safe(relative(problem.path))}{line}: {safe(problem.message)}"
        yield ""


def _suppressed(report: Report, view: View) -> Iterator[str]:
    if report.suppressed and view.verbose:
        yield _style("Suppressed", "path", view)
        for one in report.suppressed:
            where = place(one.finding.location)
            yield f"  {where} {one.finding.code} ({one.kind}): {safe(one.reason)}"
        yield ""


def _notes(report: Report, view: View) -> Iterator[str]:
    shown = report.notes if view.verbose else report.notes[:_FEW_NOTES]
    if shown:
        yield _style("Notes", "path", view)
        yield from (f"  {safe(note)}" for note in shown)
        if len(shown) < len(report.notes):
            yield f"  and {len(report.notes) - len(shown)} more, with -v"
        yield ""


def _labelled(label: str, text: str, view: View) -> str:
    return f"{'':10}{_style(f'{label:<{_LABEL}}', 'dim', view)} {text}"


def _style(text: str, style: str, view: View) -> str:
    if not view.color or not text:
        return text
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"
