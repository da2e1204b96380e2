"""GUARD002: a start-up check passes the very default it should refuse."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield guards that a default of the code, not a missing run, defeats."""
    for seen in facts.seen("guard"):
        how = str(seen.detail.get("defeated_by") or "")
        if how and not seen.detail.get("fires"):
            yield Match(seen, f"the check of {seen.detail['subject']} lets it pass: {how}")


RULE = Rule(
    code="GUARD002",
    name="defeated-guard",
    summary="a start-up check lets the insecure default pass or never runs",
    severities=Severities("high", "medium", "info"),
    applies_to=("guard",),
    owasp=("API8:2023",),
    cwe=(636, 697),
    asvs=("16.5.3",),
    explanation="""\
The code refuses insecure values at start-up, but not the one that is in effect: the default is
longer than the length it asks for, the check runs only when another variable is set, it looks
at a field that is declared later and not yet known, or pydantic shows it given values only: the
defaults of a nested `BaseModel`, or under `validate_default=False`, pass unchecked.

Compare with the default itself, refuse placeholders, and test the guard with the settings of a
deployment that sets nothing.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "from pydantic import ValidationInfo, field_validator\n"
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    jwt_secret: str = "changeme"\n'
                    '    environment: str = "production"\n\n'
                    '    @field_validator("jwt_secret")\n'
                    "    @classmethod\n"
                    "    def changed(cls, value: str, info: ValidationInfo) -> str:\n"
                    '        if info.data.get("environment") == "production" and len(value) < 32:\n'
                    '            raise ValueError("JWT_SECRET is too short")\n'
                    "        return value\n\n\n"
                    "settings = Settings()\n"
                )
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic import model_validator\n"
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    jwt_secret: str = "change-me-in-production-please-now"\n\n'
                    '    @model_validator(mode="after")\n'
                    '    def strong(self) -> "Settings":\n'
                    "        if len(self.jwt_secret) < 32:\n"
                    '            raise ValueError("JWT_SECRET is too short")\n'
                    "        return self\n\n\n"
                    "settings = Settings()\n"
                )
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic import BaseModel, field_validator\n"
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Security(BaseModel):\n"
                    '    jwt_secret: str = "changeme"\n\n'
                    '    @field_validator("jwt_secret")\n'
                    "    @classmethod\n"
                    "    def strong(cls, value: str) -> str:\n"
                    "        if len(value) < 32:\n"
                    '            raise ValueError("JWT_SECRET is too short")\n'
                    "        return value\n\n\n"
                    "class Settings(BaseSettings):\n"
                    "    security: Security = Security()\n\n\n"
                    "settings = Settings()\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "from pydantic import BaseModel, Field\n"
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Security(BaseModel):\n"
                    "    jwt_secret: str = Field(\n"
                    '        "changeme", min_length=32, validate_default=True\n'
                    "    )\n\n\n"
                    "class Settings(BaseSettings):\n"
                    "    security: Security = Security()\n\n\n"
                    "settings = Settings()\n"
                )
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic import ValidationInfo, field_validator\n"
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    environment: str = "production"\n'
                    '    jwt_secret: str = "changeme"\n\n'
                    '    @field_validator("jwt_secret")\n'
                    "    @classmethod\n"
                    "    def changed(cls, value: str, info: ValidationInfo) -> str:\n"
                    '        if info.data.get("environment") == "production" and len(value) < 32:\n'
                    '            raise ValueError("JWT_SECRET is too short")\n'
                    "        return value\n\n\n"
                    "settings = Settings()\n"
                )
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic import model_validator\n"
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    jwt_secret: str = "changeme"\n\n'
                    '    @model_validator(mode="after")\n'
                    '    def strong(self) -> "Settings":\n'
                    "        if len(self.jwt_secret) < 32:\n"
                    '            raise ValueError("JWT_SECRET is too short")\n'
                    "        return self\n\n\n"
                    "settings = Settings()\n"
                )
            }
        ),
    ),
    check=check,
)
