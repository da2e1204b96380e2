"""DRIFT003: a field names a variable that pydantic no longer looks at."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.names import is_security_name
from secaudit.rule import Example, Match, Rule, Severities

_HARMLESS = Severities("low", "low", "low")


def check(facts: Facts) -> Iterator[Match]:
    """Yield fields whose ``env=`` has no effect; medium for security settings."""
    for seen in facts.seen("field-env-ignored"):
        written, actual = seen.detail["written"], seen.detail["actual"]
        guarded = is_security_name(str(seen.detail["field"]), facts)
        yield Match(
            seen,
            f"the field reads {actual}, not {written}: pydantic 2 ignores env=",
            severities=None if guarded else _HARMLESS,
        )


RULE = Rule(
    code="DRIFT003",
    name="ignored-field-env",
    summary="Field(env=...) has no effect in pydantic 2",
    severities=Severities("medium", "low", "low"),
    applies_to=("field-env-ignored",),
    owasp=("API8:2023",),
    cwe=(1188,),
    explanation="""\
`Field(env="APP_SECRET")` was pydantic 1's way to name a variable. Version 2 takes the argument,
ignores it, and reads the field's own name, so that the given variable is never read and the
default stays.

Write `validation_alias="APP_SECRET"`.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "from pydantic import Field\n"
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    secret_key: str = Field(..., env="APP_SECRET")\n\n\n'
                    "settings = Settings()\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "from pydantic import Field\n"
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    secret_key: str = Field(..., validation_alias="APP_SECRET")\n\n\n'
                    "settings = Settings()\n"
                )
            }
        ),
    ),
    check=check,
)
