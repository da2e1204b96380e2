"""SUP002: a suppression past its date."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield each suppression whose ``until`` date has passed."""
    for seen in facts.seen("suppression-expired"):
        until = seen.detail["until"]
        yield Match(seen, f"the suppression of {seen.subject} ended on {until}")


RULE = Rule(
    code="SUP002",
    name="expired-suppression",
    summary="a suppression has passed the date it was accepted until",
    severities=Severities("low", "low", "low", "low", "low"),
    applies_to=("suppression-expired",),
    owasp=("API8:2023",),
    cwe=(1127,),
    explanation="""\
Somebody accepted a fault for a limited time and the time is over. The fault itself is reported
again as well.

Fix it, or set a new date with a reason that still holds.""",
    bad=(
        Example(
            {".env": "# secaudit: ignore[DBG001] until=2020-01-31 demonstration\nDEBUG=true\n"}
        ),
    ),
    good=(
        Example(
            {".env": "# secaudit: ignore[DBG001] until=2199-01-31 demonstration\nDEBUG=true\n"}
        ),
    ),
    check=check,
)
