"""GUARD003: when the settings are refused, others take their place."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield handlers that replace refused settings."""
    for seen in facts.seen("settings-fallback"):
        yield Match(seen, "any error in the settings silently switches to the fallback's values")


RULE = Rule(
    code="GUARD003",
    name="fallback-settings",
    summary="an except clause replaces refused settings by others",
    severities=Severities("critical", "high", "low"),
    applies_to=("settings-fallback",),
    owasp=("API8:2023",),
    cwe=(636, 755),
    asvs=("16.5.3",),
    explanation="""\
`try: Settings() except Exception: Settings(secret_key="test")` was meant for tests. In
production one mistyped number in any variable starts the service with the test key, and
arguments beat every variable.

Let the error stop the start. Tests set their own variables.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n    secret_key: str\n\n\n"
                    "try:\n    settings = Settings()\n"
                    "except Exception:\n"
                    '    settings = Settings(secret_key="test-key-for-unit-tests-only")\n'
                )
            }
        ),
        Example(
            {
                "settings.py": (
                    "from contextlib import suppress\n\n"
                    "from pydantic import ValidationError\n"
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n    secret_key: str\n\n\n"
                    "def get_settings() -> Settings:\n"
                    "    with suppress(ValidationError):\n"
                    "        return Settings()\n"
                    '    return Settings(secret_key="test-key-for-unit-tests-only")\n\n\n'
                    "settings = get_settings()\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n    secret_key: str\n\n\n"
                    "settings = Settings()\n"
                )
            }
        ),
        Example(
            {
                "settings.py": (
                    "import sys\n\n"
                    "from pydantic import ValidationError\n"
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n    secret_key: str\n\n\n"
                    "try:\n    settings = Settings()\n"
                    "except ValidationError as error:\n"
                    '    sys.exit(f"the settings are not complete: {error}")\n'
                )
            }
        ),
    ),
    check=check,
)
