"""Fields whose own names say nothing: their aliases tell what they mean."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = (
    "import os\nfrom pydantic import AliasChoices, AliasPath, Field\n"
    "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n"
    "    k: str = {}\nsettings = Settings()\n"
)


@pytest.mark.parametrize(
    "alias",
    [
        "alias='SECRET_KEY'",
        "alias='anything', validation_alias='SECRET_KEY'",
        "validation_alias=AliasChoices('SECRET_KEY', 'JWT_SECRET')",
        "validation_alias=AliasChoices('k', 'SECRET_KEY')",
        "validation_alias=AliasChoices('SECRET_KEY', AliasPath('auth', 'key'))",
        "validation_alias=AliasPath('jwt', 'secret_key')",
        "validation_alias=AliasPath('SECRET_KEYS', 0)",
        "validation_alias=AliasPath('keys', 0, 'secret_key')",
    ],
)
def test_an_alias_gives_a_field_its_meaning(alias: str, by_concept: Callable[..., Any]) -> None:
    found = by_concept({"settings.py": HEAD.format(f"Field('changeme', {alias})")})
    (secret,) = found["signing.secret"]
    assert (secret.name, secret.value) == ("k", "changeme")


@pytest.mark.parametrize("name", ["APP_K", "SECRET_KEY"])
def test_whichever_alias_is_given_the_meaning_is_the_same(
    name: str, by_concept: Callable[..., Any]
) -> None:
    alias = "Field('x', validation_alias=AliasChoices('APP_K', 'SECRET_KEY'))"
    (secret,) = by_concept({"settings.py": HEAD.format(alias)}, {name: "given"})["signing.secret"]
    assert secret.value == "given"


@pytest.mark.parametrize(
    "default",
    [
        "Field('x', validation_alias=AliasChoices('SECRET_KEY', 'LOG_LEVEL'))",
        "Field('x', validation_alias=AliasChoices('A', 'B'))",
        "Field('x', validation_alias=AliasPath('labels', 0))",
        "'x'",
    ],
)
def test_aliases_that_disagree_or_say_nothing_give_none(
    default: str, by_concept: Callable[..., Any]
) -> None:
    assert "signing.secret" not in by_concept({"settings.py": HEAD.format(default)})


def test_a_text_made_of_several_variables_means_none_of_them(
    by_concept: Callable[..., Any],
) -> None:
    source = "import os\nX = os.environ['SECRET_KEY'] + os.environ['SECRET_KEY_SUFFIX']\n"
    given = {"SECRET_KEY": "a", "SECRET_KEY_SUFFIX": "b"}
    found = by_concept({"settings.py": source}, given)
    assert not [one for one in found.get("signing.secret", []) if one.name == "X"]


def test_a_name_that_is_asked_for_after_another_gives_the_meaning(
    by_concept: Callable[..., Any],
) -> None:
    source = "import os\nx = os.getenv('K', os.getenv('SECRET_KEY', 'changeme'))\n"
    (secret,) = by_concept({"settings.py": source})["signing.secret"]
    assert (secret.name, secret.value) == ("x", "changeme")
