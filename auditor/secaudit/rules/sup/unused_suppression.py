"""SUP001: a suppression that accepts nothing."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield each suppression of a rule that ran and found nothing there."""
    for seen in facts.seen("suppression-unused"):
        yield Match(seen, f"the suppression of {seen.subject} accepts no finding")


RULE = Rule(
    code="SUP001",
    name="unused-suppression",
    summary="a suppression accepts no finding",
    severities=Severities("low", "low", "low", "low", "low"),
    applies_to=("suppression-unused",),
    owasp=("API8:2023",),
    cwe=(1127,),
    explanation="""\
The fault it accepted is gone, or the comment stands on the wrong line. Left where it is, it
will silently accept the next fault that appears there.

Remove the comment or the configuration entry. In env and INI files the comment stands on the
line above the setting.""",
    bad=(Example({".env": "# secaudit: ignore[DBG001] local only\nDEBUG=false\n"}),),
    good=(Example({".env": "DEBUG=false\n"}),),
    check=check,
)
