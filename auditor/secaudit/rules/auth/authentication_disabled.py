"""AUTH013: a switch turns authentication off."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities

_SWITCHED_OFF: Final = "turns authentication off"
_NO_CREDENTIAL: Final = "is empty, and the code then asks nobody for a credential"
_CODE: Final = """\
import os

from fastapi import Header, HTTPException

API_KEYS = [key for key in os.getenv("API_KEYS", "").split(",") if key]


def require_key(key: str = Header(alias="X-Api-Key")) -> None:
    {}
        raise HTTPException(401)
"""


def check(facts: Facts) -> Iterator[Match]:
    """Yield switches that turn authentication off."""
    for setting in facts.of("access.enabled"):
        if setting.value is False:
            is_credential = setting.service == "credential"
            yield Match(
                setting,
                f"{setting.name} {_NO_CREDENTIAL if is_credential else _SWITCHED_OFF}",
                fix=switch(setting, to=True, title="Switch authentication on"),
            )


RULE = Rule(
    code="AUTH013",
    name="authentication-disabled",
    summary="authentication is turned off by a setting",
    severities=Severities("high", "medium", "info"),
    applies_to=("access.enabled",),
    owasp=("API2:2023",),
    cwe=(306,),
    asvs=("8.2.1",),
    explanation="""\
A switch made for development reaches production by a copied file, or an empty list of keys
means that none is asked for. Everyone is let in, and no error shows it.

Authentication should have no switch; let tests authenticate. If it must, let the default be on
and refuse to start without it in production.""",
    bad=(
        Example({".env": "AUTH_ENABLED=false\n"}),
        Example(
            {
                "main.py": _CODE.format("if API_KEYS and key not in API_KEYS:"),
                ".env": "API_KEYS=\n",
            }
        ),
    ),
    good=(
        Example(
            {"main.py": _CODE.format("if key not in API_KEYS:"), ".env": "API_KEYS=\n"},
        ),
        Example({".env": "AUTH_ENABLED=true\n"}),
        Example({".env": "AUTH_ENABLED=false\n"}, ("--profile", "test")),
    ),
    check=check,
)
