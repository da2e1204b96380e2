"""AUTH001: an access token is valid for a day or more."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.lifetimes import DAY, seconds_of, words
from secaudit.rule import Example, Match, Rule, Severities

_SHORTER: Final = Severities("low", "low", "info")  # from a day up to a week
_WEEK: Final = 7 * DAY


def check(facts: Facts) -> Iterator[Match]:
    """Yield access lifetimes from 24 hours on; from seven days on they are medium."""
    for setting in facts.of("token.access_lifetime"):
        seconds = seconds_of(setting.value)
        if seconds is not None and seconds >= DAY:
            yield Match(
                setting,
                f"access tokens are valid for {words(seconds)}",
                severities=_SHORTER if seconds < _WEEK else None,
            )


RULE = Rule(
    code="AUTH001",
    name="long-access-lifetime",
    summary="access tokens are valid for 24 hours or longer",
    severities=Severities("medium", "medium", "info"),
    applies_to=("token.access_lifetime",),
    owasp=("API2:2023",),
    cwe=(613,),
    asvs=("7.3.2",),
    explanation="""\
An access token works until it expires, after a logout, after a change of password and for
whoever copied it. Its lifetime is how long a stolen one is useful. Mind the unit: `60 * 24 * 8`
minutes are eight days.

Fifteen minutes with a refresh token serve most services.""",
    bad=(Example({".env": "ACCESS_TOKEN_EXPIRE_MINUTES=11520\n"}),),
    good=(Example({".env": "ACCESS_TOKEN_EXPIRE_MINUTES=15\n"}),),
    check=check,
)
