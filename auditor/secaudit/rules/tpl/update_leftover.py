"""TPL004: an update conflicted and its leftovers are still there."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield conflict markers and files of rejected hunks."""
    for seen in facts.seen("update-leftover"):
        yield Match(seen, f"{seen.subject} {seen.detail['what']}")


RULE = Rule(
    code="TPL004",
    name="update-leftover",
    summary="conflict markers or rejected hunks of an update are left",
    severities=Severities("high", "high", "high", "high", "high"),
    applies_to=("update-leftover",),
    owasp=("API8:2023",),
    cwe=(1164,),
    explanation="""\
`copier update` exits 0 on conflicts. A rejected hunk is a change of the template, perhaps a
security fix, that did not reach the file; a marker breaks whatever reads the file.

Resolve the conflict, delete the `.rej` file, and run the tests.""",
    bad=(),
    good=(Example({".env": "APP_ENVIRONMENT=production\n"}),),
    check=check,
)
