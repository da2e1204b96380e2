"""AUTH003: tokens are valid for ever."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from secaudit.facts import Facts, Setting
from secaudit.judgement.lifetimes import seconds_of
from secaudit.rule import Example, Match, Rule, Severities

_ISSUED: Final = "jwt.encode@"  # the group of what code gives to this call


def check(facts: Facts) -> Iterator[Match]:
    """Yield lifetimes of zero or none, and tokens issued without an expiry."""
    for setting in facts.of("token.access_lifetime", "token.refresh_lifetime"):
        if seconds_of(setting.value) == 0 and not _expires_at_once(setting):
            yield Match(setting, f"{setting.name} lets tokens live for ever")
    for setting in facts.of("token.expires"):
        if setting.value is False:
            checked = "verify" in setting.name
            what = "accepted after their" if checked else "issued without an"
            yield Match(setting, f"tokens are {what} expiry")


def _expires_at_once(setting: Setting) -> bool:
    """Say whether code adds the lifetime to the clock: ``exp`` is there, and is now.

    Libraries refuse such a token as soon as it is made (RFC 7519, section 4.1.4); of a zero that
    nobody is seen to add, nobody knows that.
    """
    return setting.group.startswith(_ISSUED) and isinstance(setting.value, timedelta)


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
        Example(
            {
                "auth.py": (
                    "import time\n\nimport jwt\n\nTTL = 0\n\n\ndef issue(user, key):\n"
                    '    claims = {"sub": user, "exp": int(time.time()) + TTL}\n'
                    '    return jwt.encode(claims, key, algorithm="HS256")\n'
                )
            }
        ),
    ),
    check=check,
)
