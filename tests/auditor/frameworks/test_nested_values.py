"""Nested values of pydantic-settings: JSON, ``NAME__KEY`` variables, arguments and aliases."""

from collections.abc import Callable
from typing import Any

import pytest

from secaudit.facts import Setting, Unknown

SOURCE = (
    "from pydantic import BaseModel, Field\nfrom pydantic_settings import BaseSettings\n"
    "class Store(BaseModel):\n    host: str = 'localhost'\n    port: int = 1\n"
    "class Settings(BaseSettings):\n"
    "    model_config = {'env_nested_delimiter': '__', 'env_file': '.env', 'extra': 'ignore'}\n"
    "    store: Store = Store()\n"
    "made = Settings(ARGUMENTS)\n"
)


@pytest.mark.parametrize(
    ("arguments", "file", "given", "expected"),
    [
        ("", 'STORE={"host": "a"}\n', {"STORE__PORT": "5"}, ("a", 5)),
        ("", 'STORE={"host": "a", "port": 2}\nSTORE__PORT=3\n', {}, ("a", 3)),
        ("", "STORE__HOST=file\n", {"STORE": '{"host": "process"}'}, ("process", 1)),
        ("store={'host': 'code'}", "", {"STORE__PORT": "5"}, ("code", 5)),
        ("store={'host': 'code'}", "", {"STORE__HOST": "lost"}, ("code", 1)),
        ("store=Store(host='object')", "", {"STORE__PORT": "5"}, ("object", 1)),
        ("", "STORE=null\n", {}, ("localhost", 1)),
    ],
)
def test_sources_are_merged_key_by_key(
    arguments: str,
    file: str,
    given: dict[str, str],
    expected: tuple[str, int],
    values: Callable[..., dict[str, Any]],
) -> None:
    files = {"settings.py": SOURCE.replace("ARGUMENTS", arguments), ".env": file}
    found = values(files, given)
    assert (found["store.host"], found["store.port"]) == expected


def test_a_text_that_may_hold_keys_makes_the_others_unknown(
    values: Callable[..., dict[str, Any]],
) -> None:
    files = {"settings.py": SOURCE.replace("ARGUMENTS", ""), ".env": "STORE=${ELSEWHERE}\n"}
    found = values(files, {"STORE__PORT": "5"})
    assert isinstance(found["store"], Unknown)


def test_a_list_made_of_two_has_the_place_of_neither(
    by_concept: Callable[..., dict[str, list[Setting]]],
) -> None:
    source = (
        "import os\nA = os.environ['A'].split(',')\nB = os.environ['B'].split(',')\n"
        "CORS_ORIGINS = [f'{a}://{b}' for a in A for b in B]\n"
    )
    (origins,) = by_concept({"settings.py": source}, {"A": "https", "B": "a,b"})["cors.origins"]
    assert origins.value == ["https://a", "https://b"]
    assert origins.location.line == 4
    assert set(origins.variables) == {"A", "B"}
