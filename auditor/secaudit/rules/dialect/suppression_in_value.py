"""DIALECT006: a suppression comment became part of a value."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield values that contain a suppression comment."""
    for seen in facts.seen("suppression-in-value"):
        yield Match(seen, f"the comment is part of the value of {seen.detail['key']}")


RULE = Rule(
    code="DIALECT006",
    name="suppression-in-value",
    summary="a suppression comment behind a value is part of the value",
    severities=Severities("medium", "medium", "medium", "low", "low"),
    applies_to=("suppression-in-value",),
    owasp=("API8:2023",),
    cwe=(436,),
    explanation="""\
Three of the loaders in use take everything behind the sign for the value, comments included.
The comment suppresses nothing and changes the setting.

Put it on the line above.""",
    bad=(
        Example(
            {".env": "DEBUG=true # secaudit: ignore[DBG001] local only\n"},
            ("--profile", "production", "--env-dialect", "decouple"),
        ),
    ),
    good=(Example({".env": "# secaudit: ignore[DBG001] local only\nDEBUG=true\n"}),),
    check=check,
)
