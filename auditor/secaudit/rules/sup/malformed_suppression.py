"""SUP003: a suppression that cannot be read, names no rule or gives no reason."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield each suppression comment with something wrong in it."""
    for seen in facts.seen("suppression-malformed"):
        yield Match(seen, f"the suppression comment is not right: {seen.detail['fault']}")


RULE = Rule(
    code="SUP003",
    name="malformed-suppression",
    summary="a suppression comment cannot be read, names no rule or gives no reason",
    severities=Severities("low", "low", "low", "low", "low"),
    applies_to=("suppression-malformed",),
    owasp=("API8:2023",),
    cwe=(1127,),
    explanation="""\
A suppression names the rules it accepts and why: `# secaudit: ignore[CORS001] public read-only
API`. It may end by itself: `until=2027-01-31`. There is no comment that accepts everything.

Name the rule by code or name, and write the reason.""",
    bad=(Example({".env": "# secaudit: ignore everything here\nDEBUG=false\n"}),),
    good=(Example({".env": "# secaudit: ignore[DBG001] demonstration\nDEBUG=true\n"}),),
    check=check,
)
