"""What several formats share: the view they render for, counts, the scorecard, safe text."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from secaudit.excerpts import Excerpt
from secaudit.finding import SEVERITIES, Finding, Report
from secaudit.location import Location, Step
from secaudit.outcome import relative
from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.registry import find

OWASP: Final[dict[str, str]] = {
    "API1": "Broken object level authorization",
    "API2": "Broken authentication",
    "API3": "Broken object property level authorization",
    "API4": "Unrestricted resource consumption",
    "API5": "Broken function level authorization",
    "API6": "Unrestricted access to sensitive business flows",
    "API7": "Server side request forgery",
    "API8": "Security misconfiguration",
    "API9": "Improper inventory management",
    "API10": "Unsafe consumption of APIs",
}
_READABLE: Final = 110  # columns of prose, however wide the terminal
_SAYS_WHY: Final = 60  # characters; a shorter first sentence only states a fact
UNJUDGED: Final = frozenset(("API3", "API6", "API7"))  # code decides these: no rule does
# Controls, line separators, and marks that reorder text or take no space: a value that holds
# them could rewrite the screen or disguise itself.
_UNSAFE: Final = lazy(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


class View(NamedTuple):
    """What a format may know beside the report."""

    excerpt: Callable[[Location], Excerpt | None]
    root: str = ""  # the repository's root, absolute; the working directory when there is none
    color: bool = False
    ascii: bool = False
    width: int = 100
    quiet: bool = False
    verbose: bool = False
    show_settings: bool = False


class Row(NamedTuple):
    """One line of the scorecard."""

    item: str  # "API8"
    title: str
    number: int
    worst: str  # a severity, "" when there is no finding
    judged: bool  # whether settings can say anything about it


def safe(text: str) -> str:
    """Return ``text`` on one line, with everything a terminal would obey made visible."""
    if text.isprintable():  # most texts are, and none of what is unsafe is
        return text
    return _UNSAFE.sub(lambda match: _visible(match[0]), text)


def _visible(character: str) -> str:
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character) or (
        f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"  # noqa: PLR2004 - one byte
    )


def counts(report: Report) -> dict[str, int]:
    """Return the number of findings by severity, the worst first."""
    found: dict[str, int] = dict.fromkeys(reversed(SEVERITIES), 0)
    for finding in report.findings:
        found[finding.severity] += 1
    return found


def rank(finding: Finding) -> int:
    """Return a sort key that puts the worst severity first."""
    return -SEVERITIES.index(finding.severity)


def scorecard(report: Report) -> Iterator[Row]:
    """Yield a row for each item of the OWASP API Security Top 10 (2023)."""
    for item, title in OWASP.items():
        found = [f for f in report.findings if any(o.split(":")[0] == item for o in f.owasp)]
        worst = min(found, key=rank).severity if found else ""
        yield Row(item, title, len(found), worst, item not in UNJUDGED or bool(found))


def wrapped(text: str, indent: int, width: int) -> list[str]:
    """Break prose at its spaces into lines of a width."""
    return filled(text.split(), indent, width)


def filled(words: Iterable[str], indent: int, width: int) -> list[str]:
    """Fill lines of a width with words; one that is longer than a line is not cut."""
    room = max(min(width, _READABLE) - indent, 30)
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return [" " * indent + line for line in lines]


def place(location: Location) -> str:
    """Return ``path:line:column`` as a terminal can open it."""
    return f"{safe(relative(location.path))}:{location.line}:{location.column}"


def stated(finding: Finding) -> str:
    """Return what a finding says, led by its setting where the message does not name it."""
    if not finding.setting or finding.setting in finding.message:
        return finding.message
    return f"{finding.setting}: {finding.message}"


def is_left_out(finding: Finding) -> bool:
    """Say whether nothing is written: the finding's place is where it would stand, no fault."""
    return any(
        step.role == "default" and step.location == finding.location for step in finding.provenance
    )


def role_of(step: Step, finding: Finding) -> str:
    """Return what a place is to a finding, in words where nothing stands in it."""
    left_out = step.role == "default" and step.location == finding.location
    return "nothing is written; it would stand in" if left_out else step.role


def instead(finding: Finding) -> str:
    """Return what to write instead, and which flag writes it."""
    text = remedy(finding.code)
    if finding.fix is None:
        return text
    flag = "--fix" if finding.fix.safety == "safe" else "--unsafe-fixes --fix"
    return f"{text} (`{flag}` can: {finding.fix.title})".lstrip()


def why(code: str) -> str:
    """Return in one sentence, two where the first is short, why a finding of this rule matters."""
    rule = find(code)
    return _opening(rule.explanation.strip().split("\n\n")[0]) if rule else ""


def remedy(code: str) -> str:
    """Return what to write instead, in a sentence or two."""
    rule = find(code)
    paragraphs = rule.explanation.strip().split("\n\n") if rule else []
    return " ".join(paragraphs[-1].split()) if len(paragraphs) > 1 else ""


def _opening(paragraph: str) -> str:
    text = " ".join(paragraph.split())
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s+[A-Z`]|$)", text)]
    return text[: next((end for end in ends if end >= _SAYS_WHY), len(text))]


def repository_path(path: str, root: str) -> str | None:
    """Return a path relative to the repository's root with ``/``, None when it is outside."""
    prefix = root.rstrip(os.sep) + os.sep
    return path.removeprefix(prefix).replace(os.sep, "/") if path.startswith(prefix) else None


def plural(count: int, noun: str) -> str:
    """Return ``1 finding`` or ``2 findings``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
