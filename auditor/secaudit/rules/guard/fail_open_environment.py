"""GUARD001: without its variable the service believes that it is in development."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_MISSPELT: Final = Severities("low", "low", "info")


def check(facts: Facts) -> Iterator[Match]:
    """Yield selectors whose absence or unknown value means development."""
    for seen in facts.seen("selector-fails-open"):
        name = seen.detail["selector"]
        if seen.detail["absent"]:
            yield Match(seen, f"without {name} the service runs with development settings")
        else:
            message = f"a misspelt {name} makes the service run with development settings"
            yield Match(seen, message, severities=_MISSPELT)


RULE = Rule(
    code="GUARD001",
    name="fail-open-environment",
    summary="an absent or misspelt environment name means development",
    severities=Severities("medium", "medium", "info"),
    applies_to=("selector-fails-open",),
    owasp=("API8:2023",),
    cwe=(636, 1188),
    asvs=("16.5.3",),
    explanation="""\
The environment's name decides about debug mode, cookies and guards, and its default is
development. A deployment that forgets the variable, or writes `prod` where the code asks for
`production`, runs open, and nothing says so.

Let the default be production and refuse names that the code does not know.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "import os\n\n"
                    'ENVIRONMENT = os.getenv("ENVIRONMENT", "development")\n'
                    'DEBUG = ENVIRONMENT != "production"\n'
                )
            },
            ("--profile", "production"),
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "import os\n\n"
                    'ENVIRONMENT = os.getenv("ENVIRONMENT", "production")\n'
                    'DEBUG = ENVIRONMENT == "development"\n'
                )
            },
            ("--profile", "production"),
        ),
    ),
    check=check,
)
