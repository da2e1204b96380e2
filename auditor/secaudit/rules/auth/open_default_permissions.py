"""AUTH011: a view without permissions of its own is open."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list
from secaudit.rule import Example, Match, Rule, Severities, is_absent

_IMPLICIT: Final = Severities("low", "low", "info")


def check(facts: Facts) -> Iterator[Match]:
    """Yield default permissions that let everyone in; low when they are only left out."""
    for setting in facts.of("access.permissions"):
        if not isinstance(setting.value, list | tuple):
            continue
        names = [name.rpartition(".")[2] for name in as_list(setting.value)]
        if not setting.value or names == ["AllowAny"]:
            yield Match(
                setting,
                "a view without permissions of its own is open to everyone",
                severities=_IMPLICIT if is_absent(setting) else None,
            )


RULE = Rule(
    code="AUTH011",
    name="open-default-permissions",
    summary="views without permissions of their own are open to everyone",
    severities=Severities("medium", "low", "info"),
    applies_to=("access.permissions",),
    owasp=("API5:2023", "API2:2023"),
    cwe=(276, 862),
    asvs=("8.2.1",),
    explanation="""\
Django REST framework opens every view unless told otherwise, so one forgotten line publishes
one.

Set `DEFAULT_PERMISSION_CLASSES` to `IsAuthenticated` and open the views that are meant to be
public.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "INSTALLED_APPS = ['rest_framework']\nREST_FRAMEWORK = {\n"
                    "    'DEFAULT_PERMISSION_CLASSES': "
                    "['rest_framework.permissions.AllowAny'],\n}\n"
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
                    "    'DEFAULT_PERMISSION_CLASSES': [\n"
                    "        'rest_framework.permissions.IsAuthenticated',\n    ],\n}\n"
                )
            }
        ),
    ),
    check=check,
)
