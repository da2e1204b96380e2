"""AUTH009: passwords of fewer than eight characters are accepted."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_MINIMUM: Final = 8  # ASVS 6.2.1


def check(facts: Facts) -> Iterator[Match]:
    """Yield minimum lengths below eight."""
    for setting in facts.of("password.min_length"):
        if isinstance(setting.value, int) and setting.value < _MINIMUM:
            yield Match(setting, f"passwords of {setting.value} characters are accepted")


RULE = Rule(
    code="AUTH009",
    name="short-password-minimum",
    summary="passwords shorter than eight characters are accepted",
    severities=Severities("medium", "low"),
    applies_to=("password.min_length",),
    owasp=("API2:2023",),
    cwe=(521,),
    asvs=("6.2.1",),
    explanation="""\
Short passwords are guessed online and found at once in a stolen table.

Ask for at least eight characters, better fifteen, and check them against a list of common ones.""",
    bad=(
        Example({".env": "PASSWORD_MIN_LENGTH=6\n"}),
        Example(
            {
                "requests.py": (
                    "from pydantic import BaseModel, Field\n\n\n"
                    "class SignUp(BaseModel):\n    name: str\n"
                    "    password: str = Field(min_length=4)\n"
                )
            }
        ),
    ),
    good=(
        Example({".env": "PASSWORD_MIN_LENGTH=12\n"}),
        Example(
            {
                "requests.py": (
                    "from pydantic import BaseModel, Field\n\n\n"
                    "class Login(BaseModel):\n    name: str\n"
                    "    password: str = Field(min_length=1)\n"
                )
            }
        ),
    ),
    check=check,
)
