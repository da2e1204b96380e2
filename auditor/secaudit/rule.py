"""What a rule is: metadata, examples that are its tests, a pure check, a fix if one is right."""

from collections.abc import Callable, Iterator

from secaudit.facts import Facts, Observation, Setting
from secaudit.finding import SEVERITIES, Fix, Severity
from secaudit.location import Location
from secaudit.records import NamedTuple


class Severities(NamedTuple):
    """A rule's severity by profile; None is off."""

    production: Severity | None
    unknown: Severity | None
    development: Severity | None = None
    example: Severity | None = None
    test: Severity | None = None


class Example(NamedTuple):
    """Files of a small project: ``{"settings.py": "...", ".env": "..."}``, run as a test.

    ``options`` are command-line words of the run, such as ``("--profile", "production")``;
    a bad example must be reported by the rule, a good one must not. Nobody else can read the
    files, except those named in ``readable``; git tracks those in ``tracked``.
    """

    files: dict[str, str]
    options: tuple[str, ...] = ("--profile", "production")
    readable: tuple[str, ...] = ()
    tracked: tuple[str, ...] = ()


class Match(NamedTuple):
    """What a check yields. The pipeline turns it into a finding."""

    subject: Setting | Observation
    message: str  # one sentence; never contains the value of a secret
    severity: Severity | None = None  # overrides the table, for example for a loopback peer
    severities: Severities | None = None  # replaces the whole table, for example for a milder case
    location: Location | None = None  # instead of the subject's own
    related: tuple[Location, ...] = ()
    fix: Fix | None = None
    confidence: str = ""


class Rule(NamedTuple):
    """One rule. Its file is ``rules/<family>/<name with underscores>.py`` and holds ``RULE``."""

    code: str  # family prefix + three digits, never reused
    name: str  # kebab-case, states the bad pattern
    summary: str
    severities: Severities
    applies_to: tuple[str, ...]  # concepts and kinds that make it worth loading; empty = always
    owasp: tuple[str, ...]  # "API8:2023"
    cwe: tuple[int, ...]
    explanation: str  # Markdown: what, why, how to fix
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    check: Callable[[Facts], Iterator[Match]]
    asvs: tuple[str, ...] = ()  # ASVS 5.0.0 requirement numbers
    confidence: str = "high"
    since: str = "0.1.0"
    pedantic: bool = False  # runs with --pedantic only
    references: tuple[str, ...] = ()

    def severity_of(self, match: Match, profile: str) -> Severity | None:
        """Return how severe ``match`` is in a deployment of ``profile``; None = no finding.

        A profile that the table switches off stays off whatever the match says, and what is
        merely absent (the library's default is the value) weighs at most low outside production.
        """
        if getattr(self.severities, profile) is None:
            return None
        severity: Severity | None = getattr(match.severities or self.severities, profile)
        if match.severity is not None:
            severity = match.severity
        if severity is not None and profile != "production" and is_absent(match.subject):
            return min(severity, "low", key=SEVERITIES.index)
        return severity


def is_absent(subject: Setting | Observation) -> bool:
    """Say whether nothing is written and the library's default is the value."""
    return (
        isinstance(subject, Setting)
        and bool(subject.candidates)
        and subject.candidates[0].layer == "library-default"
    )
