"""TPL002: a file that the template owns no longer has the template's content."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_TOOLING = Severities("low", "low", "low", "low", "low")


def check(facts: Facts) -> Iterator[Match]:
    """Yield edited files; code and attack tests weigh more than tool configurations."""
    for seen in facts.seen("template-file-edited"):
        code = seen.subject.startswith(("app/", "tests/", "platform/"))
        yield Match(
            seen,
            f"{seen.subject} is the template's and differs from version {seen.detail['version']}",
            severities=None if code else _TOOLING,
        )


RULE = Rule(
    code="TPL002",
    name="edited-template-file",
    summary="a file that the template owns was edited",
    severities=Severities("medium", "medium", "medium", "medium", "medium"),
    applies_to=("template-file-edited",),
    owasp=("API8:2023",),
    cwe=(693,),
    explanation="""\
The security layer was proven as the template ships it; an edit may have removed a control, and
every later update of the file may conflict. The comparison ignores line endings. Tool
configurations and documents weigh low.

Take the change back, move it to a file of your own (docs/service/ownership.md lists the places),
or accept it with a reason in `[tool.secaudit.per-path-ignores]`.""",
    bad=(),
    good=(Example({".env": "APP_ENVIRONMENT=production\n"}),),
    check=check,
)
