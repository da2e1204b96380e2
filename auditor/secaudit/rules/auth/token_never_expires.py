"""AUTH003: tokens are valid for ever."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.lifetimes import seconds_of
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield lifetimes of zero or none, and tokens issued without an expiry."""
    for setting in facts.of("token.access_lifetime", "token.refresh_lifetime"):
        if seconds_of(setting.value) == 0:
            yield Match(setting, f"{setting.name} lets tokens live for ever")
    for setting in facts.of("token.expires"):
        if setting.value is False:
            checked = "verify" in setting.name
            what = "accepted after their" if checked else "issued without an"
            yield Match(setting, f"tokens are {what} expiry")


RULE = Rule(
    code="AUTH003",
    name="token-never-expires",
    summary="tokens are issued without an expiry",
    severities=Severities("high", "medium", "low"),
    applies_to=("token.access_lifetime", "token.refresh_lifetime", "token.expires"),
    owasp=("API2:2023",),
    cwe=(613,),
    asvs=("9.2.1", "7.3.2"),
    explanation="""\
A token without `exp` works until the key is changed, which ends all others too. It outlives
logouts, passwords and accounts.

Give each token an `exp` claim; fifteen minutes for access tokens serve most services.""",
    bad=(Example({"settings.py": "JWT_ACCESS_TOKEN_EXPIRES = False\n"}),),
    good=(
        Example(
            {
                "settings.py": (
                    "from datetime import timedelta\n\n"
                    "JWT_ACCESS_TOKEN_EXPIRES = timedelta(minutes=15)\n"
                )
            }
        ),
    ),
    check=check,
)
