"""What an audit reports: findings, problems, and the frozen report that holds them."""

from typing import Any, Literal

from secaudit.location import Location, Step
from secaudit.records import NamedTuple

Severity = Literal["info", "low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")


class Edit(NamedTuple):
    """One replacement of a span of the original text."""

    location: Location
    replacement: str
    secret: bool = False  # a generated secret: written by --fix, shown as <generated>


class Fix(NamedTuple):
    """Text edits that close a finding. Safe = changes nothing but closing the hole."""

    title: str
    safety: Literal["safe", "unsafe"]
    edits: tuple[Edit, ...]


class Finding(NamedTuple):
    """One fault at one place, with every deployment that has it and its worst severity."""

    code: str
    name: str
    severity: Severity
    confidence: str  # high, medium or low
    message: str
    setting: str
    concept: str
    profile: str
    deployments: tuple[str, ...]
    location: Location
    provenance: tuple[Step, ...]
    owasp: tuple[str, ...]
    cwe: tuple[int, ...]
    asvs: tuple[str, ...]
    help_uri: str
    fingerprint: str
    fix: Fix | None


class Problem(NamedTuple):
    """An input that could not be read, parsed or followed to its end. Makes the run fail with 2."""

    path: str
    line: int | None
    message: str


class Suppressed(NamedTuple):
    """A finding that a user accepted, and how."""

    finding: Finding
    kind: str  # inline, configuration or baseline
    reason: str
    location: Location | None  # of the comment or configuration line


class Report(NamedTuple):
    """The whole outcome of one run, in its final order."""

    files: tuple[str, ...]
    deployments: tuple[str, ...]
    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    problems: tuple[Problem, ...]
    settings: tuple[dict[str, Any], ...]  # filled with --show-settings, redacted already
    notes: tuple[str, ...] = ()  # things passed over on purpose, such as templates
