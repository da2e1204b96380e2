"""LIMIT001: the rate limiter is switched off."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities, is_absent


def check(facts: Facts) -> Iterator[Match]:
    """Yield limiters that a setting switches off."""
    for setting in facts.of("limit.enabled"):
        if setting.value is False and not is_absent(setting):
            yield Match(
                setting,
                f"{setting.name} switches the rate limiter off",
                fix=switch(setting, to=True, title="Switch the limiter on"),
            )


RULE = Rule(
    code="LIMIT001",
    name="rate-limiter-disabled",
    summary="the rate limiter is switched off",
    severities=Severities("medium", "low"),
    applies_to=("limit.enabled",),
    owasp=("API4:2023", "API2:2023"),
    cwe=(770, 307),
    asvs=("2.4.1", "6.3.1"),
    explanation="""\
Without a limiter passwords are tried as fast as the service answers, and one client can use up
what all share.

Leave it on; widen the limit of the one route that needs it.""",
    bad=(Example({".env": "RATE_LIMIT_ENABLED=false\n"}),),
    good=(Example({".env": "RATE_LIMIT_ENABLED=true\n"}),),
    check=check,
)
