"""The JSON report, version 1; its schema is published as docs/reference/report.schema.json."""

import json
from typing import Any

from secaudit import __version__
from secaudit.finding import Finding, Fix, Report
from secaudit.judging import shown_edit
from secaudit.location import Step
from secaudit.outcome import place_of, relative
from secaudit.reporters.common import View, counts


def render(report: Report, view: View) -> str:
    """Return the report as an indented JSON document."""
    del view  # the document depends on the report alone
    return json.dumps(document(report), indent=2, ensure_ascii=True) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Return the report as JSON data."""
    return {
        "version": 1,
        "tool": {"name": "secaudit", "version": __version__},
        "summary": {
            "files": len(report.files),
            "deployments": len(report.deployments),
            "findings": counts(report),
            "suppressed": len(report.suppressed),
            "problems": len(report.problems),
        },
        "findings": [_finding(finding) for finding in report.findings],
        "problems": [
            {"path": relative(problem.path), "line": problem.line, "message": problem.message}
            for problem in report.problems
        ],
        "suppressed": [
            _finding(one.finding)
            | {
                "suppression": {
                    "kind": one.kind,
                    "reason": one.reason,
                    "location": place_of(one.location) if one.location is not None else None,
                }
            }
            for one in report.suppressed
        ],
        "settings": list(report.settings),
        "notes": list(report.notes),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "message": finding.message,
        "setting": finding.setting,
        "concept": finding.concept,
        "profile": finding.profile,
        "deployments": [deployment for deployment in finding.deployments if deployment],
        "location": place_of(finding.location),
        "provenance": [_step(step) for step in finding.provenance],
        "owasp": list(finding.owasp),
        "cwe": list(finding.cwe),
        "asvs": list(finding.asvs),
        "help_uri": finding.help_uri,
        "fingerprint": finding.fingerprint,
        "fix": _fix(finding.fix) if finding.fix is not None else None,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "path": relative(step.location.path),
        "line": step.location.line,
        "role": step.role,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "title": fix.title,
        "safety": fix.safety,
        "edits": [
            {
                "path": relative(edit.location.path),
                "start": {"line": edit.location.line, "column": edit.location.column},
                "end": {"line": edit.location.end_line, "column": edit.location.end_column},
                "replacement": shown_edit(edit),
            }
            for edit in fix.edits
        ],
    }
