"""DRIFT007: an env file has a key that the settings class refuses to start with."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield keys without a field in a class that allows no others."""
    for seen in facts.seen("key-refused"):
        key, cls = seen.detail["key"], seen.detail["cls"]
        yield Match(seen, f"{cls} has no field for {key} and refuses to start with it")


RULE = Rule(
    code="DRIFT007",
    name="refused-key",
    summary="an env file has a key that the settings class refuses to start with",
    severities=Severities("low", "low", "info"),
    applies_to=("key-refused",),
    owasp=("API8:2023",),
    cwe=(1188,),
    explanation="""\
pydantic-settings refuses every key of its env file that belongs to no field, unless `extra` says
otherwise; keys of the process environment are passed over. The service does not start with this
file, so either the file is not the one that production has, or a value that somebody relies on,
misspelt or moved, arrives nowhere.

Give the key a field, remove it, or set `extra="ignore"` and let this tool tell you which keys
nothing reads.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env")\n\n'
                    '    title: str = "shop"\n\n\n'
                    "settings = Settings()\n"
                ),
                ".env": "TITLE=shop\nCOLOUR=red\n",
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
                    '    title: str = "shop"\n\n\n'
                    "settings = Settings()\n"
                ),
                ".env": "TITLE=shop\nCOLOUR=red\n",
            }
        ),
    ),
    check=check,
    references=("https://docs.pydantic.dev/latest/concepts/pydantic_settings/#dotenv-env-support",),
)
