"""The generated reference says what the program does."""

import tomllib
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

from secaudit.reference import configuration, configuration_schema, pages

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("name", pages())
def test_the_committed_file_is_the_generated_one(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == pages()[name]


def test_the_example_of_the_configuration_page_is_valid() -> None:
    example = configuration().split("```toml\n")[1].split("```")[0]
    table = tomllib.loads(example)["tool"]["secaudit"]
    jsonschema.Draft202012Validator(configuration_schema()).validate(table)


def test_the_schema_refuses_an_unknown_key() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(configuration_schema()).validate({"fial-on": "high"})
