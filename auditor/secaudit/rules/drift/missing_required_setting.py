"""DRIFT002: the env file does not give what the code requires."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield required variables that the env files at hand leave out."""
    for seen in facts.seen("variable-missing"):
        yield Match(seen, f"{seen.detail['name']} is required, and the given files do not set it")


RULE = Rule(
    code="DRIFT002",
    name="missing-required-setting",
    summary="a required variable is not in the given env files",
    severities=Severities("low", "info", "info"),
    applies_to=("variable-missing",),
    owasp=("API8:2023",),
    cwe=(1188,),
    explanation="""\
The service will not start with these files alone. That is safe, and usually a secret that comes
from elsewhere; sometimes it is a forgotten or misspelt key.

Add the variable, or suppress the finding with the place it comes from.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env")\n\n'
                    '    title: str = "api"\n'
                    "    secret_key: str\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "TITLE=orders\n",
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env")\n\n'
                    "    secret_key: str\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n",
            }
        ),
    ),
    check=check,
)
