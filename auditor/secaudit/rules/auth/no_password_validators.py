"""AUTH010: any password is accepted."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities, is_absent


def check(facts: Facts) -> Iterator[Match]:
    """Yield lists of password validators that were emptied."""
    for setting in facts.of("password.validators"):
        if is_absent(setting):
            continue
        if isinstance(setting.value, list | tuple) and not setting.value:
            yield Match(setting, "users may choose any password, however short or common")


RULE = Rule(
    code="AUTH010",
    name="no-password-validators",
    summary="passwords are not checked at all",
    severities=Severities("low", "info"),
    applies_to=("password.validators",),
    owasp=("API2:2023",),
    cwe=(521,),
    asvs=("6.2.4", "6.2.1"),
    explanation="""\
Without validators Django accepts `1` as a password. `startproject` writes four of them; here
there are none.

List at least `MinimumLengthValidator` and `CommonPasswordValidator`.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = "
                    "['api.acme.io']\nAUTH_PASSWORD_VALIDATORS = []\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\nAUTH_PASSWORD_VALIDATORS = [\n"
                    "    {'NAME': 'django.contrib.auth.password_validation."
                    "MinimumLengthValidator'},\n]\n"
                )
            }
        ),
    ),
    check=check,
)
