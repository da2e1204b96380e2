"""AUTH012: no authentication class is left."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield empty lists of authentication classes."""
    for setting in facts.of("access.authentication"):
        if isinstance(setting.value, list | tuple) and not setting.value:
            yield Match(setting, "no request is authenticated unless its view says how")


RULE = Rule(
    code="AUTH012",
    name="no-default-authentication",
    summary="the list of authentication classes is empty",
    severities=Severities("medium", "low"),
    applies_to=("access.authentication",),
    owasp=("API2:2023",),
    cwe=(306,),
    asvs=("8.2.1",),
    explanation="""\
With an empty list every user is anonymous, in every view that does not name its own classes.

Name the classes that the API's clients use.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "INSTALLED_APPS = ['rest_framework']\nREST_FRAMEWORK = {\n"
                    "    'DEFAULT_AUTHENTICATION_CLASSES': [],\n}\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "INSTALLED_APPS = ['rest_framework']\nREST_FRAMEWORK = {\n"
                    "    'DEFAULT_AUTHENTICATION_CLASSES': [\n"
                    "        "
                    "'rest_framework_simplejwt.authentication.JWTAuthentication',\n    ],\n}\n"
                )
            }
        ),
    ),
    check=check,
)
