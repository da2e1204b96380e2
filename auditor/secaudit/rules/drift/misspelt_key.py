"""DRIFT001: nothing reads a key, and one with nearly its name is read."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.names import is_security_name
from secaudit.rule import Example, Match, Rule, Severities

_HARMLESS = Severities("low", "low", "low", None)


def check(facts: Facts) -> Iterator[Match]:
    """Yield unread keys beside a similar name that is read; medium for security keys."""
    for seen in facts.seen("key-unread"):
        nearest = str(seen.detail.get("nearest") or "")
        if not nearest:
            continue
        key = str(seen.detail["key"])
        guarded = is_security_name(nearest, facts) or is_security_name(key, facts)
        yield Match(
            seen,
            f"nothing reads {key}; the code reads {nearest}",
            severities=None if guarded else _HARMLESS,
        )


RULE = Rule(
    code="DRIFT001",
    name="misspelt-key",
    summary="a key has no effect because the code reads a similar name",
    severities=Severities("medium", "low", "low", "low"),
    applies_to=("key-unread",),
    owasp=("API8:2023",),
    cwe=(1188, 665),
    explanation="""\
The value was written for a purpose, and the program never sees it: the name is misspelt or
lacks the prefix that the settings class asks for. The code's default is in effect instead.

Rename the key to the one that the code reads.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    "    model_config = SettingsConfigDict(\n"
                    '        env_file=".env", env_prefix="ORDERS_", extra="ignore"\n    )\n\n'
                    "    debug: bool = True\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "DEBUG=false\n",
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
                    "    debug: bool = True\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "DEUBG=false\n",
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
                    "    debug: bool = False\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "DEBUG=false\nCOMPOSE_PROJECT_NAME=orders\n",
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
                    "    debug: bool = True\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "DEBUG=false\n",
            }
        ),
    ),
    check=check,
)
