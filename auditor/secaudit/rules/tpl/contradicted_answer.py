"""TPL005: the answers file says something that the code does not."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield answers that the project's files contradict."""
    for seen in facts.seen("answer-contradicted"):
        yield Match(
            seen, f"the answer {seen.subject}: {seen.detail['value']}, but {seen.detail['reason']}"
        )


RULE = Rule(
    code="TPL005",
    name="contradicted-answer",
    summary="an answer in .copier-answers.yml disagrees with the code",
    severities=Severities("medium", "medium", "medium", "medium", "medium"),
    applies_to=("answer-contradicted",),
    owasp=("API8:2023",),
    cwe=(1188,),
    explanation="""\
Copier believes the answers file. When it was edited by hand, or the framework was changed by
`--data`, the next update compares with a project that never existed: it leaves half of one
variant and half of another, without a conflict.

Set the answer back to what the code is. Change `database` and `ci` with `copier update --data`;
the framework is fixed when a project is generated.""",
    bad=(),
    good=(Example({".env": "APP_ENVIRONMENT=production\n"}),),
    check=check,
)
