"""The last stage: everything in its final order, cleaned of secrets, in one frozen report."""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from secaudit.discovery import SourceFile
from secaudit.facts import Facts, Setting, Unknown
from secaudit.finding import Finding, Problem, Report, Suppressed
from secaudit.judging import setting_steps
from secaudit.location import Location
from secaudit.redaction import Secrets


def report_of(  # noqa: PLR0913 - the parts of a report, each once
    *,
    files: Iterable[SourceFile],
    facts: Sequence[Facts],
    findings: Iterable[Finding],
    suppressed: Iterable[Suppressed],
    problems: Iterable[Problem],
    notes: Iterable[str],
    settings: Iterable[dict[str, Any]],
    secrets: Secrets,
) -> Report:
    """Return the report of a run, the same for the same input whatever the order of its parts."""
    clean = {problem._replace(message=secrets.text(problem.message)) for problem in problems}
    return Report(
        files=tuple(sorted({file.path for file in files})),
        deployments=tuple(dict.fromkeys(one.deployment for one in facts)),
        findings=tuple(sorted(findings, key=order)),
        suppressed=tuple(
            one._replace(reason=secrets.text(one.reason))
            for one in sorted(suppressed, key=lambda one: order(one.finding))
        ),
        problems=tuple(sorted(clean, key=lambda p: (relative(p.path), p.line or 0, p.message))),
        settings=tuple(settings),
        notes=tuple(sorted({secrets.text(relative(note)) for note in notes})),  # begin with paths
    )


def order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    """Return the sort key of a finding: path, line, column, code."""
    place = finding.location
    path = relative(place.path)
    return path, place.line, place.column, finding.code, finding.setting, finding.message


def relative(path: str) -> str:
    """Return a path as reports show it: below the working directory relative, else absolute."""
    here = os.getcwd()  # noqa: PTH109 - pathlib costs start-up
    prefix = here.rstrip(os.sep) + os.sep
    shown = path.removeprefix(prefix) if path != here else ""
    return shown.replace(os.sep, "/") if shown else "."


def effective_settings(facts: Sequence[Facts], secrets: Secrets) -> Iterator[dict[str, Any]]:
    """Yield every effective setting of every deployment, redacted, in the form of the report.

    A key of a configuration file that code reads is listed under the code's name only.
    """
    everything = [setting for one in facts for setting in one.settings]
    read = {setting.location for setting in everything if setting.used and _in_data(setting)}
    for one in facts:
        for setting in sorted(one.settings, key=lambda setting: setting.name):
            if setting.location in read and not setting.used:
                continue
            value = setting.program_value
            unknown = value.reason if isinstance(value, Unknown) else None
            yield {
                "deployment": one.deployment,
                "name": secrets.text(setting.name),
                "concept": setting.concept,
                "type": secrets.text(setting.type),
                "value": secrets.value(setting),
                "unknown": secrets.text(unknown) if unknown is not None else None,
                "error": secrets.text(setting.error) if setting.error is not None else None,
                "location": place_of(setting.location),
                "provenance": [
                    {"path": relative(step.location.path), "line": step.location.line}
                    | {"role": step.role}
                    for step in setting_steps(setting)
                ],
            }


def _in_data(setting: Setting) -> bool:
    return setting.candidates[:1] != () and setting.candidates[0].layer == "config-file"


def place_of(location: Location) -> dict[str, Any]:
    """Return a location in the form of the report."""
    return {
        "path": relative(location.path),
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line,
        "end_column": location.end_column,
    }
