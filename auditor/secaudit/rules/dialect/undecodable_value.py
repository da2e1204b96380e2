"""DIALECT005: a value cannot be turned into its type."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield values that stop start-up because they do not decode."""
    for seen in facts.seen("value-undecodable"):
        yield Match(
            seen,
            f"{seen.detail['key']} is no {seen.detail['type']}: {seen.detail['reason']}",
        )


RULE = Rule(
    code="DIALECT005",
    name="undecodable-value",
    summary="a value cannot be decoded as its type and stops start-up",
    severities=Severities("low", "low", "info"),
    applies_to=("value-undecodable",),
    owasp=("API8:2023",),
    cwe=(1287,),
    explanation="""\
Each library has words of its own for a flag, and its own way to write a list. What it cannot
read stops the service: `DEBUG=enabled` for decouple, environs, Starlette and pydantic, or
`CORS_ORIGINS=https://a,https://b` for pydantic-settings, which reads lists as JSON before any
validator runs. That is safe, but the quick repair is often `["*"]`.

Write the value as the library reads it: `["https://a","https://b"]`, or annotate the field with
`NoDecode` and split it in a validator.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "from decouple import config\n\n"
                    'DEBUG = config("DEBUG", default=False, cast=bool)\n'
                ),
                ".env": "DEBUG=disabled\n",
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env")\n\n'
                    "    cors_origins: list[str] = []\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "CORS_ORIGINS=https://app.acme.io,https://admin.acme.io\n",
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
                    "    cors_origins: list[str] = []\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": 'CORS_ORIGINS=["https://app.acme.io","https://admin.acme.io"]\n',
            }
        ),
    ),
    check=check,
)
