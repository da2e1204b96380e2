"""DIALECT003: a key stands twice in one file."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.names import is_security_name
from secaudit.location import Location
from secaudit.rule import Example, Match, Rule, Severities

_HARMLESS = Severities("low", "low", "info", "info")


def check(facts: Facts) -> Iterator[Match]:
    """Yield later assignments of a key; medium for security keys."""
    for seen in facts.seen("key-duplicate"):
        key = str(seen.detail["key"])
        first = seen.detail.get("first")
        place = first if isinstance(first, Location) else None
        yield Match(
            seen,
            f"{key} stands here a second time"
            + (f"; the first is in line {place.line}" if place else ""),
            severities=None if is_security_name(key, facts) else _HARMLESS,
            related=(place,) if place else (),
        )


RULE = Rule(
    code="DIALECT003",
    name="duplicate-key",
    summary="a key is assigned twice in one file",
    severities=Severities("medium", "low", "low", "low"),
    applies_to=("key-duplicate",),
    owasp=("API8:2023",),
    cwe=(694,),
    explanation="""\
The last assignment wins, so whoever corrects the first sees no effect, and a line that was
added at the end undoes a setting further up.

Keep one of them.""",
    bad=(Example({".env": "DEBUG=false\nLOG_LEVEL=INFO\nDEBUG=true\n"}),),
    good=(Example({".env": "DEBUG=false\nLOG_LEVEL=INFO\n"}),),
    check=check,
)
