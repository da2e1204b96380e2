"""DIALECT004: a text that says no is taken for yes."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts, Setting
from secaudit.judgement.values import winner
from secaudit.rule import Example, Match, Rule, Severities

_NO: Final = frozenset({"false", "no", "off", "0", "n", "f", "disabled"})
_DANGEROUS: Final = (  # flags that weaken the service when they are on
    "debug.enabled",
    "debug.reload",
    "debug.errors",
    "debug.sql_echo",
    "cors.allow_all",
    "cors.credentials",
    "graphql.ide",
    "graphql.introspection",
)


def check(facts: Facts) -> Iterator[Match]:
    """Yield flags whose text says no and whose value is true all the same."""
    for setting in facts.of(*_DANGEROUS):
        if setting.value and _text(setting).strip().lower() in _NO:
            yield Match(
                setting,
                f"{setting.name} says no, but any text is true here, so it is on",
            )


def _text(setting: Setting) -> str:
    if isinstance(setting.value, str):
        return setting.value
    candidate = winner(setting)
    if candidate is None or candidate.compared:
        return ""  # code asked for a certain text, and not whether there is one
    return candidate.raw or ""


RULE = Rule(
    code="DIALECT004",
    name="truthy-text",
    summary='a flag whose text says "False" is on, because any text is true',
    severities=Severities("high", "medium", "low"),
    applies_to=_DANGEROUS,
    owasp=("API8:2023",),
    cwe=(704, 1287),
    asvs=("13.4.2",),
    explanation="""\
`bool(os.getenv("DEBUG", "False"))` is true for every text but the empty one, `"False"`
included. Flask's `from_prefixed_env` leaves `False` a text too, since only JSON's `false` is a
flag.

Compare with the words that mean yes: `os.getenv("DEBUG", "").lower() in {"1", "true", "yes"}`,
or declare the field as `bool` in a settings class.""",
    bad=(Example({"settings.py": 'import os\n\nDEBUG = bool(os.getenv("DEBUG", "False"))\n'}),),
    good=(
        Example({"settings.py": 'import os\n\nDEBUG = os.getenv("DEBUG", "False") == "True"\n'}),
        Example(
            {
                "main.py": (
                    "import os\n\n"
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    'public = os.getenv("PUBLIC", "False") == "True"\n'
                    "app = FastAPI()\n"
                    "app.add_middleware(\n"
                    "    CORSMiddleware,\n"
                    '    allow_origins=["https://app.example.com"],\n'
                    "    allow_credentials=not public,\n"
                    ")\n"
                )
            }
        ),
    ),
    check=check,
)
