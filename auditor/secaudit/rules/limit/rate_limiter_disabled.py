"""LIMIT001: the rate limiter is switched off."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import is_given, switch
from secaudit.rule import Example, Match, Rule, Severities, is_absent


def check(facts: Facts) -> Iterator[Match]:
    """Yield limiters that a setting switches off, and quotas that were given no value."""
    for setting in facts.of("limit.enabled"):
        if setting.value is False and not is_absent(setting):
            yield Match(
                setting,
                f"{setting.name} switches the rate limiter off",
                fix=switch(setting, to=True, title="Switch the limiter on"),
            )
    for setting in facts.of("limit.rate"):
        if setting.value is False:  # a flag with the name of a quota
            yield Match(setting, f"{setting.name} switches the rate limiter off")
        elif setting.value in {None, ""} and is_given(setting):
            yield Match(setting, f"{setting.name} is empty: this quota limits nobody")


RULE = Rule(
    code="LIMIT001",
    name="rate-limiter-disabled",
    summary="the rate limiter is switched off",
    severities=Severities("medium", "low"),
    applies_to=("limit.enabled", "limit.rate"),
    owasp=("API4:2023", "API2:2023"),
    cwe=(770, 307),
    asvs=("2.4.1", "6.3.1"),
    explanation="""\
Without a limiter passwords are tried as fast as the service answers, and one client can use up
what all share.

Leave it on; widen the limit of the one route that needs it.""",
    bad=(
        Example({".env": "RATE_LIMIT_ENABLED=false\n"}),
        Example({".env": "RATE_LIMIT=\n"}),
    ),
    good=(
        Example({".env": "RATE_LIMIT_ENABLED=true\n"}),
        Example({".env": "RATE_LIMIT=100/minute\n"}),
    ),
    check=check,
)
