"""COOKIE002: scripts can read a session cookie."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.cookies import carries_credentials, read_by_scripts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities

_OTHER: Final = Severities("low", "info")


def check(facts: Facts) -> Iterator[Match]:
    """Yield cookies without HttpOnly, those that scripts have to read excepted."""
    for setting in facts.of("cookie.httponly"):
        if setting.value is False and not read_by_scripts(setting.service):
            yield Match(
                setting,
                f"{setting.name} is off: any script on the page can read the cookie",
                severities=None if carries_credentials(setting.service) else _OTHER,
                fix=switch(setting, to=True, title="Hide the cookie from scripts"),
            )


RULE = Rule(
    code="COOKIE002",
    name="script-readable-cookie",
    summary="a session or token cookie is sent without HttpOnly",
    severities=Severities("medium", "low"),
    applies_to=("cookie.httponly",),
    owasp=("API2:2023", "API8:2023"),
    cwe=(1004,),
    asvs=("3.3.4",),
    explanation="""\
One injected script, from a dependency for example, reads the cookie and sends the session away.

Set `HttpOnly`. A front end does not need to read a session or a token. CSRF cookies are not
reported: scripts have to read them.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "SESSION_COOKIE_HTTPONLY = False\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "SESSION_COOKIE_HTTPONLY = True\n"
                )
            }
        ),
    ),
    check=check,
)
