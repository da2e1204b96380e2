"""Settings classes with an ``__init__`` of their own: what it does is what counts."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.auditor.executing import executed

from secaudit.facts import Unknown

HEAD = (
    "import os\nfrom pydantic import BaseModel\n"
    "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
)
INIT = "    def __init__(self, **data):\n        super().__init__(**data)\n"
SETTINGS = "class Settings(BaseSettings):\n    debug: bool = True\n    key: str = 'k'\n"
SHAPES = {
    "assigns": SETTINGS + INIT + "        self.debug = False\n",
    "calls a method": SETTINGS
    + INIT
    + "        self.ensure()\n    def ensure(self):\n        if self.key == 'k':\n"
    "            self.key = 'made'\n",
    "passes arguments": SETTINGS
    + "    def __init__(self, **data):\n        super().__init__(debug=False, **data)\n",
    "of a base class": "class Base(BaseSettings):\n"
    + INIT
    + "        self.debug = os.getenv('X') == '1'\n"
    + SETTINGS.replace("BaseSettings", "Base"),
    "twice": "class Base(BaseSettings):\n    debug: bool = True\n"
    + INIT
    + "        self.debug = False\nclass Settings(Base):\n    key: str = 'k'\n"
    + INIT
    + "        self.key = str(self.debug)\n",
    "with names": SETTINGS
    + "    def __init__(self, **data):\n        super(Settings, self).__init__(**data)\n"
    "        self.debug = False\n",
    "frozen": SETTINGS
    + "    model_config = SettingsConfigDict(frozen=True)\n"
    + INIT
    + "        object.__setattr__(self, 'debug', False)\n",
    "by super": SETTINGS + INIT + "        super().__setattr__('key', 'set')\n",
    "nested": "class Part(BaseModel):\n    key: str = ''\n"
    + INIT
    + "        self.key = self.key or 'part'\n"
    "class Settings(BaseSettings):\n    part: Part = Part()\n    other: Part = Part(key='x')\n",
}


def real(source: str) -> dict[str, Any]:
    """Return the fields of the object that a module makes, those of nested ones dotted."""
    made = executed(source)["settings"].model_dump()
    found: dict[str, Any] = {}
    for name, value in made.items():
        nested = value.items() if isinstance(value, dict) else ()
        found |= {f"{name}.{key}": item for key, item in nested} or {name: value}
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_the_values_are_those_that_the_program_ends_up_with(
    shape: str, values: Callable[..., dict[str, Any]]
) -> None:
    source = HEAD + SHAPES[shape] + "settings = Settings()\n"
    assert values({"settings.py": source}) == real(source)


def test_a_key_that_is_made_where_none_is_given_is_not_empty(
    values: Callable[..., dict[str, Any]],
) -> None:
    source = (
        "import secrets\n"
        + HEAD
        + SETTINGS.replace("'k'", "''")
        + INIT
        + "        if not self.key:\n            self.key = secrets.token_urlsafe()\n"
        "settings = Settings()\n"
    )
    assert isinstance(values({"settings.py": source})["key"], Unknown)
    assert values({"settings.py": source}, {"KEY": "given"})["key"] == "given"


@pytest.mark.parametrize("body", ["        pass\n", "        super().__init__(**other())\n"])
def test_without_the_library_nothing_is_known(
    body: str, values: Callable[..., dict[str, Any]]
) -> None:
    source = HEAD + SETTINGS + "    def __init__(self):\n" + body + "settings = Settings()\n"
    assert all(isinstance(one, Unknown) for one in values({"settings.py": source}).values())


def test_a_check_in_it_excuses_what_it_tests(evaluated: Callable[..., Any]) -> None:
    check = "        if self.key == 'k':\n            raise ValueError('change it')\n"
    source = HEAD + SETTINGS + INIT + check + "settings = Settings()\n"
    result = evaluated({"settings.py": source})
    assert {one.name for one in result.facts.settings if one.error} == {"key"}
    assert [one.detail["fires"] for one in result.facts.seen("guard")] == [True]
