"""The list of rules as text, JSON or Markdown."""

from secaudit.judging import HELP_URI
from secaudit.registry import load_all
from secaudit.rule import Rule


def render(form: str) -> str:
    """Return the list of all rules in their order."""
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
    return "".join(
        f"{rule.code:<11} {rule.name:<{widest}}  {_severity(rule):<8}  {rule.summary}\n"
        for rule in rules
    )


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
