"""DRIFT002: the env file does not give what the code requires."""

from collections.abc import Iterator

from secaudit.facts import Facts, Setting, Unknown
from secaudit.rule import Example, Match, Rule, Severities

_GIVEN = frozenset({"process-environment", "env-file"})


def check(facts: Facts) -> Iterator[Match]:
    """Yield required variables that are not given although an env file is."""
    given = {
        candidate.location.path
        for setting in facts.settings
        for candidate in setting.candidates
        if candidate.layer in _GIVEN and candidate.location is not None
        if not candidate.location.path.endswith(".py")
    }
    if not given and not facts.seen("key-unread"):  # a key of a file too
        return
    for setting in facts.settings:
        if setting.variables and _is_missing(setting):
            yield Match(
                setting, f"{setting.variables[0]} is required, and the given files do not set it"
            )


def _is_missing(setting: Setting) -> bool:
    """Return whether start-up stops because nothing gives the setting a value."""
    return (
        setting.error is not None
        and isinstance(setting.value, Unknown)
        and not any(candidate.literal for candidate in setting.candidates)
    )


RULE = Rule(
    code="DRIFT002",
    name="missing-required-setting",
    summary="a required variable is not in the given env files",
    severities=Severities("low", "info", "info"),
    applies_to=(),
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
                    '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
                    "    secret_key: str\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "UNRELATED=1\n",
            }
        ),
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
