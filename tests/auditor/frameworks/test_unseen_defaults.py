"""Checks that pydantic never shows a default to: noted where they would refuse the secret."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

HEAD = (
    "from pydantic import BaseModel, Field, field_validator, model_validator\n"
    "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
)
FIELD = (
    "    @field_validator('secret_key')\n    @classmethod\n    def strong(cls, v):\n"
    "        if v == 'changeme':\n            raise ValueError('change it')\n        return v\n"
)
EARLY = (
    "    @model_validator(mode='before')\n    @classmethod\n    def strong(cls, data):\n"
    "        if data.get('secret_key'{}) == 'changeme':\n            raise ValueError('old')\n"
    "        return data\n"
)
SECRET = "    secret_key: str = 'changeme'\n"
TOP = "class Settings(BaseSettings):\n"
UNCHECKED = "    model_config = SettingsConfigDict(validate_default=False)\n"
NESTED = (
    "class Security(BaseModel):\n{}class Settings(BaseSettings):\n    security: Security = {}\n"
)
V1 = (
    "from pydantic.v1 import BaseSettings, root_validator, validator\n"
    f"class Settings(BaseSettings):\n{SECRET}"
)
V1_FIELD = (
    "    @validator('secret_key'{})\n    def strong(cls, v):\n"
    "        if v == 'changeme':\n            raise ValueError('change it')\n        return v\n"
)
NEVER = {
    "nested": HEAD + NESTED.format(SECRET + FIELD, "Security()"),
    "factory": HEAD + NESTED.format(SECRET + FIELD, "Field(default_factory=Security)"),
    "told not to": HEAD + TOP + UNCHECKED + SECRET + FIELD,
    "of one field": HEAD
    + TOP
    + "    secret_key: str = Field('changeme', validate_default=False)\n"
    + FIELD,
    "constraint": HEAD
    + NESTED.format("    secret_key: str = Field('changeme', min_length=32)\n", "Security()"),
    "early": HEAD + TOP + SECRET + EARLY.format(""),
    "version 1": V1 + "    class Config:\n        validate_all = False\n" + V1_FIELD.format(""),
    "early in version 1": V1
    + EARLY.format("").replace("@model_validator(mode='before')", "@root_validator(pre=True)"),
}
SEEN = {
    "settings": HEAD + TOP + SECRET + FIELD,
    "of one field": HEAD
    + NESTED.format(
        "    secret_key: str = Field('changeme', validate_default=True)\n" + FIELD, "Security()"
    ),
    "argument": HEAD + NESTED.format(SECRET + FIELD, "Security(secret_key='changeme')"),
    "early with a default of its own": HEAD + TOP + SECRET + EARLY.format(", 'changeme'"),
    "early and missing": HEAD + TOP + SECRET + EARLY.replace("== 'changeme'", "is None").format(""),
    "version 1": V1 + V1_FIELD.format(""),
    "always": V1
    + "    class Config:\n        validate_all = False\n"
    + V1_FIELD.format(", always=True"),
}


def _starts(source: str) -> bool:
    # Version 1 keeps the names of validators and refuses a second one.
    namespace: dict[str, Any] = {"__name__": f"settings{hash(source)}"}
    try:
        exec(compile(source + "made = Settings()\n", "settings.py", "exec"), namespace)  # noqa: S102 - our own source
    except (ValidationError, ValueError):
        return False
    return True


@pytest.mark.parametrize("shape", NEVER)
def test_a_check_that_never_sees_the_default_is_defeated(
    shape: str, evaluated: Callable[..., Any]
) -> None:
    result = evaluated({"settings.py": NEVER[shape]})
    (seen,) = result.facts.seen("guard")
    assert (seen.detail["fires"], seen.detail["subject"].rpartition(".")[2]) == (
        False,
        "secret_key",
    )
    assert "default" in seen.detail["defeated_by"]
    assert _starts(NEVER[shape])
    (secret,) = (one for one in result.facts.settings if one.name.endswith("secret_key"))
    assert (secret.value, secret.error) == ("changeme", None)


@pytest.mark.parametrize("shape", SEEN)
def test_a_check_that_sees_the_default_stops_start_up(
    shape: str, evaluated: Callable[..., Any]
) -> None:
    result = evaluated({"settings.py": SEEN[shape]})
    assert all(one.detail["fires"] for one in result.facts.seen("guard"))
    assert not _starts(SEEN[shape])
    (secret,) = (one for one in result.facts.settings if one.name.endswith("secret_key"))
    assert secret.error is not None


@pytest.mark.parametrize("shape", ["nested", "early", "told not to"])
@pytest.mark.parametrize("default", ["'a-long-random-secret-of-the-code'", "None"])
def test_a_check_that_would_accept_the_default_is_silent(
    shape: str, default: str, evaluated: Callable[..., Any]
) -> None:
    source = NEVER[shape].replace("str = 'changeme'", f"str | None = {default}")
    seen = evaluated({"settings.py": source}).facts.seen("guard")
    assert not [one for one in seen if "default" in one.detail["defeated_by"].split()[-5:]]


def test_a_check_of_no_secret_is_silent(evaluated: Callable[..., Any]) -> None:
    source = NEVER["nested"].replace("secret_key", "label")
    assert not evaluated({"settings.py": source}).facts.seen("guard")
