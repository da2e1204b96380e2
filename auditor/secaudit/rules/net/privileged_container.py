"""NET002: a container has the rights of the machine."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield privileged containers."""
    for setting in facts.of("container.privileged"):
        if setting.value is True:
            yield Match(
                setting,
                "the container has the rights of the machine it runs on",
                fix=switch(setting, to=False, title="Run without privileges"),
            )


RULE = Rule(
    code="NET002",
    name="privileged-container",
    summary="a container runs privileged",
    severities=Severities("high", "medium", "low"),
    applies_to=("container.privileged",),
    owasp=("API8:2023",),
    cwe=(250,),
    asvs=("13.2.2",),
    explanation="""\
`privileged: true` lifts what separates the container from the machine: whoever breaks into the
service owns the host and every other container on it.

Remove it; add the one capability that is needed with `cap_add`.""",
    bad=(Example({"compose.yaml": "services:\n  api:\n    build: .\n    privileged: true\n"}),),
    good=(Example({"compose.yaml": "services:\n  api:\n    build: .\n    privileged: false\n"}),),
    check=check,
)
