"""The list of rules as text, JSON or Markdown."""

from secaudit.judging import HELP_URI
from secaudit.registry import load_all
from secaudit.reporters.common import wrapped
from secaudit.rule import Rule


def render(form: str, width: int | None = None) -> str:
    """Return the list of all rules in their order.

    Args:
        form: text, json or markdown.
        width: columns of a terminal, None for a line a rule however long.
    """
    rules = load_all()
    if form == "json":
        import json  # noqa: PLC0415 - only for this form

        return json.dumps({"version": 1, "rules": list(map(_document, rules))}, indent=2) + "\n"
    if form == "markdown":
        head = ["| code | name | severity in production | about |", "|---|---|---|---|"]
        rows = [
            f"| {rule.code} | `{rule.name}` | {_severity(rule)} | {rule.summary} |"
            for rule in rules
        ]
        return "\n".join([*head, *rows, ""])
    widest = max((len(rule.name) for rule in rules), default=0)
    lines = [line for rule in rules for line in _lines(rule, widest, width)]
    return "".join(f"{line}\n" for line in lines)


def _lines(rule: Rule, widest: int, width: int | None) -> list[str]:
    """Return a rule on one line where it fits, else with its summary below."""
    head = f"{rule.code:<11} {rule.name:<{widest}}  {_severity(rule):<8}"
    line = f"{head}  {rule.summary}"
    if width is None or len(line) <= width:
        return [line]
    return [head.rstrip(), *wrapped(rule.summary, 12, width)]


def _severity(rule: Rule) -> str:
    return rule.severities.production or "off"


def _document(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "severities": rule.severities._asdict(),
        "confidence": rule.confidence,
        "pedantic": rule.pedantic,
        "owasp": list(rule.owasp),
        "cwe": list(rule.cwe),
        "asvs": list(rule.asvs),
        "since": rule.since,
        "references": list(rule.references),
        "help_uri": HELP_URI.format(code=rule.code),
        "explanation": rule.explanation,
    }
