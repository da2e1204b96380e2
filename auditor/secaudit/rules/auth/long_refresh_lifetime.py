"""AUTH002: a refresh token is valid for more than ninety days."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.lifetimes import DAY, seconds_of, words
from secaudit.rule import Example, Match, Rule, Severities

_LIMIT: Final = 90 * DAY


def check(facts: Facts) -> Iterator[Match]:
    """Yield refresh lifetimes above ninety days."""
    for setting in facts.of("token.refresh_lifetime"):
        seconds = seconds_of(setting.value)
        if seconds is not None and seconds > _LIMIT:
            yield Match(setting, f"refresh tokens are valid for {words(seconds)}")


RULE = Rule(
    code="AUTH002",
    name="long-refresh-lifetime",
    summary="refresh tokens are valid for more than 90 days",
    severities=Severities("low", "low"),
    applies_to=("token.refresh_lifetime",),
    owasp=("API2:2023",),
    cwe=(613,),
    asvs=("7.3.2",),
    explanation="""\
A stolen refresh token gives access for as long as it lives. Beyond three months nobody
remembers the device it was on.

Use a shorter lifetime, rotate the token at each use, and end the family when an old one
returns.""",
    bad=(Example({".env": "REFRESH_TOKEN_EXPIRE_DAYS=365\n"}),),
    good=(Example({".env": "REFRESH_TOKEN_EXPIRE_DAYS=30\n"}),),
    check=check,
)
