"""COOKIE001: a cookie travels over plain http too."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.cookies import carries_credentials, is_preference
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities, is_absent

_OTHER: Final = Severities("medium", "low")


def check(facts: Facts) -> Iterator[Match]:
    """Yield cookies without Secure; high for those that carry a session or a token."""
    for setting in facts.of("cookie.secure"):
        if setting.value is False and not is_preference(setting.service):
            how = "is not set" if is_absent(setting) else "is off"
            yield Match(
                setting,
                f"{setting.name} {how}: the cookie also travels over plain http",
                severities=None if carries_credentials(setting.service) else _OTHER,
                fix=switch(setting, to=True, title="Send the cookie over https only"),
            )


RULE = Rule(
    code="COOKIE001",
    name="insecure-cookie",
    summary="a cookie is sent without Secure",
    severities=Severities("high", "low"),
    applies_to=("cookie.secure",),
    owasp=("API2:2023", "API8:2023"),
    cwe=(614,),
    asvs=("3.3.1",),
    explanation="""\
Without `Secure` the browser adds the cookie to plain http requests as well, and anybody on the
path can cause such a request and read the session from it.

Set the flag wherever https is used: `SESSION_COOKIE_SECURE = True`, `https_only=True`,
`set_cookie(secure=True)`.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "SESSION_COOKIE_SECURE = False\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "SESSION_COOKIE_SECURE = True\nCSRF_COOKIE_SECURE = True\n"
                )
            }
        ),
    ),
    check=check,
)
