"""The reference pages of the rules, made from the rules: ``python -m secaudit.rules_docs DIR``.

One page a rule, an index and a table of severities. A test compares the committed pages with what
this module makes.
"""

import sys
from collections.abc import Sequence
from typing import Final

from secaudit.registry import FAMILIES, family_of, load_all
from secaudit.rule import Example, Rule

_PROFILES: Final = ("production", "unknown", "development", "example", "test")
_FENCES: Final = {"py": "python", "yaml": "yaml", "yml": "yaml", "toml": "toml"}
_WIDE: Final = "---\nhide: [toc]\n---"
_NOTE: Final = "<!-- Made by secaudit.rules_docs from the rule's own file; do not edit. -->"


def pages() -> dict[str, str]:
    """Return every page by its file name, ``CORS001.md`` for a rule."""
    rules = load_all()
    made = {f"{rule.code}.md": page(rule) for rule in rules}
    made["index.md"] = index(rules)
    made["severities.md"] = severities(rules)
    return made


def page(rule: Rule) -> str:
    """Return the reference page of one rule."""
    parts = [
        f"# {rule.code} {rule.name}",
        _NOTE,
        f"{_sentence(rule.summary)}",
        _facts(rule),
        rule.explanation,
    ]
    for title, examples in (("Reported", rule.bad), ("Not reported", rule.good)):
        if examples:
            parts.append(f"## {title}")
            parts += [_example(example) for example in examples]
    if rule.references:
        links = "\n".join(f"- <{reference}>" for reference in rule.references)
        parts.append(f"## References\n\n{links}")
    parts.append(
        f"Suppress it with a reason: `# secaudit: ignore[{rule.code}] reason` on the line or the"
        " line above it; in env and INI files on the line above only."
    )
    return "\n\n".join(parts) + "\n"


def index(rules: Sequence[Rule]) -> str:
    """Return the list of rules by family."""
    parts = [_WIDE, "# Rules", _NOTE, f"{len(rules)} rules in {len(FAMILIES)} families."]
    for family, about in FAMILIES.items():
        own = [rule for rule in rules if family_of(rule.code) == family]
        rows = "\n".join(
            f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.summary} |" for rule in own
        )
        parts.append(
            f"## {family}: {about}\n\n| code | name | what is wrong |\n|---|---|---|\n{rows}"
        )
    return "\n\n".join(parts) + "\n"


def severities(rules: Sequence[Rule]) -> str:
    """Return the table of severities by profile."""
    rows = "\n".join(
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | "
        + " | ".join(getattr(rule.severities, profile) or "off" for profile in _PROFILES)
        + " |"
        for rule in rules
    )
    return f"""{_WIDE}

# Severities

{_NOTE}

A rule has one severity for each profile of a deployment: what is critical in production may be how
development works. `off` reports nothing. What is merely absent, because the library's default is in
effect, weighs at most low outside production. A rule may report a milder case at a lower severity;
its page says when.

| code | name | {" | ".join(_PROFILES)} |
|---|---|{"---|" * len(_PROFILES)}
{rows}
"""


def _facts(rule: Rule) -> str:
    levels = [getattr(rule.severities, profile) or "off" for profile in _PROFILES]
    facts = [
        ("Confidence", rule.confidence),
        ("OWASP API Security Top 10", ", ".join(rule.owasp)),
        ("CWE", ", ".join(f"[{number}]({_cwe(number)})" for number in rule.cwe)),
        ("ASVS 5.0.0", ", ".join(rule.asvs)),
        ("Since", rule.since),
        ("Runs", "with `--pedantic` only" if rule.pedantic else ""),
    ]
    listed = "\n".join(f"- {name}: {value}" for name, value in facts if value)
    return (
        f"| {' | '.join(_PROFILES)} |\n|{'---|' * len(_PROFILES)}\n"
        f"| {' | '.join(levels)} |\n\n{listed}"
    )


def _cwe(number: int) -> str:
    return f"https://cwe.mitre.org/data/definitions/{number}.html"


def _example(example: Example) -> str:
    files = [
        f"`{name}`\n\n```{_FENCES.get(name.rpartition('.')[2], '')}\n{text.rstrip()}\n```"
        for name, text in example.files.items()
    ]
    state = [
        *(f"others can read `{name}`" for name in example.readable),
        *(f"git tracks `{name}`" for name in example.tracked),
    ]
    return "\n\n".join([*files, "; ".join([*state, f"audited with `{' '.join(example.options)}`"])])


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def main(argv: Sequence[str]) -> None:
    """Write every page below a folder and remove pages of rules that are gone."""
    from pathlib import Path  # noqa: PLC0415 - the generator only

    folder = Path(argv[0])
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for stale in folder.glob("*.md"):
        if stale.name not in made:
            stale.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{len(made)} pages\n")


if __name__ == "__main__":
    main(sys.argv[1:])
