"""TPL007: the project's env file and the settings of its template version have parted."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield variables that settings need and the file lacks, and those that settings refuse."""
    for seen in facts.seen("env-out-of-step"):
        yield Match(seen, f"{seen.subject} {seen.detail['reason']}")


RULE = Rule(
    code="TPL007",
    name="env-out-of-step",
    summary="the env file lacks a required setting or has one that the service refuses",
    severities=Severities("medium", "medium", "medium", "medium", "medium"),
    applies_to=("env-out-of-step",),
    owasp=("API8:2023",),
    cwe=(1188,),
    explanation="""\
An update adds, renames and removes settings, and never touches `.env`. A required one that is
missing and a name that no setting has both stop start-up, at the deployment rather than now.

Run the service's own `env --check` and `env --write`, and remove names that are gone.""",
    bad=(),
    good=(Example({".env": "APP_ENVIRONMENT=production\n"}),),
    check=check,
)
