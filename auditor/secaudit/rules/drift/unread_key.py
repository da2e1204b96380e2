"""DRIFT005: nothing reads a key."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield keys that nothing reads and that resemble no name that is read."""
    for seen in facts.seen("key-unread"):
        if not seen.detail.get("nearest"):
            yield Match(seen, f"nothing in the code reads {seen.detail['key']}")


RULE = Rule(
    code="DRIFT005",
    name="unread-key",
    summary="a key of the env file is read by nothing",
    severities=Severities("info", "info", "info"),
    applies_to=("key-unread",),
    owasp=("API9:2023",),
    cwe=(1164,),
    explanation="""\
The key may be left over from an earlier version, or meant for another program. What is not read
is not kept up to date either.

Remove it when it is left over. Reported with `--pedantic` only.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
                    '    title: str = "api"\n\n\n'
                    "settings = Settings()\n"
                ),
                ".env": "TITLE=orders\nSOLR_CORE=legacy\n",
            },
            ("--profile", "production", "--pedantic"),
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
                    '    title: str = "api"\n\n\n'
                    "settings = Settings()\n"
                ),
                ".env": "TITLE=orders\n",
            },
            ("--profile", "production", "--pedantic"),
        ),
    ),
    check=check,
    pedantic=True,
)
