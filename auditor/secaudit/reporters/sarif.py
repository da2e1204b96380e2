"""SARIF 2.1.0 (OASIS): rules with help, code flows for provenance, suppressions, fixes."""

import json
import os
from typing import Any, Final

from secaudit import __version__
from secaudit.finding import Edit, Finding, Report, Severity, Suppressed
from secaudit.judging import HELP_URI
from secaudit.location import Location
from secaudit.registry import find
from secaudit.reporters.common import View, repository_path
from secaudit.rule import Rule

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_INFORMATION: Final = "https://github.com/org/secure-api"
_LEVELS: Final[dict[str, str]] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "info": "note",
}
# The scale that code scanning services sort by: over 9.0 critical, 7.0 high, 4.0 medium.
_SCORES: Final[dict[str, str]] = {
    "critical": "9.5",
    "high": "8.0",
    "medium": "5.5",
    "low": "3.0",
    "info": "1.0",
}
_BASE: Final = "SRCROOT"


def render(report: Report, view: View) -> str:
    """Return the report as a SARIF log with one run; URIs start at the repository's root."""
    everything = [(one, None) for one in report.findings]
    accepted = [(one.finding, one) for one in report.suppressed]
    codes = sorted({finding.code for finding, _ in [*everything, *accepted]})
    index = {code: position for position, code in enumerate(codes)}
    run = {
        "tool": {
            "driver": {
                "name": "secaudit",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": _INFORMATION,
                "rules": [_rule(rule) for rule in map(find, codes) if rule is not None],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"uri": _file_uri(view.root) + "/"}},
        "invocations": [
            {
                "executionSuccessful": not report.problems,
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": problem.message},
                        "locations": [{"physicalLocation": _problem_place(problem, view)}],
                    }
                    for problem in report.problems
                ],
            }
        ],
        "results": [
            _result(finding, suppressed, index[finding.code], view)
            for finding, suppressed in [*everything, *accepted]
        ],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=True) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    worst: Severity = rule.severities.production or rule.severities.unknown or "info"
    uri = HELP_URI.format(code=rule.code)
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.explanation.strip().split("\n\n")[0]},
        "help": {"text": rule.explanation.strip(), "markdown": rule.explanation.strip()},
        "helpUri": uri,
        "defaultConfiguration": {"level": _LEVELS[worst]},
        "properties": {
            "tags": ["security", *(f"external/cwe/cwe-{cwe}" for cwe in rule.cwe), *rule.owasp],
            "precision": {"high": "very-high", "medium": "high"}.get(rule.confidence, "medium"),
            "security-severity": _SCORES[worst],
        },
    }


def _result(
    finding: Finding, suppressed: Suppressed | None, index: int, view: View
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": _place(finding.location, view)}],
        "partialFingerprints": {"secaudit/v1": finding.fingerprint},
        "properties": {
            "severity": finding.severity,
            "security-severity": _SCORES[finding.severity],
            "confidence": finding.confidence,
            "profile": finding.profile,
            "deployments": [name for name in finding.deployments if name],
        },
    }
    if finding.provenance:
        result["codeFlows"] = [{"threadFlows": [{"locations": _flow(finding, view)}]}]
    fix = finding.fix
    if fix is not None and not any(edit.secret for edit in fix.edits):
        changes = [_change(path, finding, view) for path in _paths(fix.edits)]
        result["fixes"] = [{"description": {"text": fix.title}, "artifactChanges": changes}]
    if suppressed is not None:
        kind = "inSource" if suppressed.kind == "inline" else "external"
        entry = {"kind": kind, "status": "accepted", "justification": suppressed.reason}
        result["suppressions"] = [entry]
    return result


def _message(finding: Finding) -> str:
    """Return the message as a sentence; brackets would be read as placeholders and links."""
    text = finding.message[:1].upper() + finding.message[1:]
    for plain, escaped in (("\\", "\\\\"), ("[", "\\["), ("]", "\\]"), ("{", "{{"), ("}", "}}")):
        text = text.replace(plain, escaped)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _flow(finding: Finding, view: View) -> list[dict[str, Any]]:
    """Return the way of the value: what is shadowed first, then what is effective, then its use."""
    ranks = {"default": 0, "shadowed": 1, "effective": 2, "used": 3}
    steps = sorted(finding.provenance, key=lambda step: ranks[step.role])
    return [
        {
            "location": {
                "physicalLocation": _place(step.location, view),
                "message": {"text": step.role},
            }
        }
        for step in steps
    ]


def _paths(edits: tuple[Edit, ...]) -> list[str]:
    return list(dict.fromkeys(edit.location.path for edit in edits))


def _change(path: str, finding: Finding, view: View) -> dict[str, Any]:
    edits = (
        [edit for edit in finding.fix.edits if edit.location.path == path] if finding.fix else []
    )
    return {
        "artifactLocation": _artifact(path, view),
        "replacements": [
            {"deletedRegion": _region(edit.location), "insertedContent": {"text": edit.replacement}}
            for edit in edits
        ],
    }


def _place(location: Location, view: View) -> dict[str, Any]:
    return {
        "artifactLocation": _artifact(location.path, view),
        "region": _region(location),
    }


def _region(location: Location) -> dict[str, int]:
    return {
        "startLine": location.line,
        "startColumn": location.column,
        "endLine": location.end_line,
        "endColumn": location.end_column,
    }


def _problem_place(problem: Any, view: View) -> dict[str, Any]:  # noqa: ANN401 - a Problem
    place: dict[str, Any] = {"artifactLocation": _artifact(problem.path, view)}
    if problem.line:
        place["region"] = {"startLine": problem.line}
    return place


def _artifact(path: str, view: View) -> dict[str, str]:
    inside = repository_path(path, view.root)
    if inside is not None:
        return {"uri": _quoted(inside), "uriBaseId": _BASE}
    return {"uri": _file_uri(path)}


def _file_uri(path: str) -> str:
    return "file://" + _quoted("/" + path.replace(os.sep, "/").strip("/"))


def _quoted(path: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415 - only for this format

    return quote(path.encode("utf-8", "surrogateescape"), safe="/~")
