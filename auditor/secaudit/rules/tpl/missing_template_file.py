"""TPL003: a file that the template owns is gone."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_TOOLING = Severities("low", "low", "low", "low", "low")


def check(facts: Facts) -> Iterator[Match]:
    """Yield missing files; code and attack tests weigh more than tool configurations."""
    for seen in facts.seen("template-file-missing"):
        code = seen.subject.startswith(("app/", "tests/", "platform/"))
        yield Match(
            seen,
            f"{seen.subject} belongs to the template and is not there; "
            "no update will bring it or its fixes back",
            severities=None if code else _TOOLING,
        )


RULE = Rule(
    code="TPL003",
    name="missing-template-file",
    summary="a file that the template owns is missing",
    severities=Severities("medium", "medium", "medium", "medium", "medium"),
    applies_to=("template-file-missing",),
    owasp=("API8:2023",),
    cwe=(693,),
    explanation="""\
Copier takes a deleted or renamed file for a decision of its owner: no later update brings it or
a fix of it, and says nothing. An absent attack test proves nothing any more.

Restore it with `git checkout` from the commit that deleted it, or with `copier recopy`.""",
    bad=(),
    good=(Example({".env": "APP_ENVIRONMENT=production\n"}),),
    check=check,
)
