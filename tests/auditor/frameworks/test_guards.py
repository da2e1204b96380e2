"""Selectors that fail open, the settings they do not choose, and guards that never run."""

from collections.abc import Callable
from typing import Any

import pytest

CLASSES = (
    "import os\nfrom pydantic_settings import BaseSettings\n"
    "class ProductionSettings(BaseSettings):\n    debug: bool = False\n"
    "class DevSettings(BaseSettings):\n    debug: bool = True\n"
)
IF = (
    "def get():\n    if os.getenv('APP_ENV') == 'production':\n"
    "        return ProductionSettings()\n    else:\n        return DevSettings()\n"
    "settings = get()\n"
)
MATCH = (
    "match os.environ.get('APP_ENV'):\n    case 'production' | 'live':\n"
    "        settings = ProductionSettings()\n    case _:\n        settings = DevSettings()\n"
)
MAPPING = (
    "settings = {'production': ProductionSettings, 'development': DevSettings}.get(\n"
    "    os.getenv('APP_ENV'), DevSettings)()\n"
)
DEBUG_MODE = (
    "if os.getenv('APP_ENV') == 'production':\n    DEBUG = False\nelse:\n    DEBUG = True\n"
)
CONDITIONAL = (
    "live = os.getenv('APP_ENV') == 'production'\n"
    "settings = ProductionSettings() if live else DevSettings()\n"
)


@pytest.mark.parametrize("choice", [IF, MATCH, MAPPING, DEBUG_MODE])
@pytest.mark.parametrize(
    ("given", "absent"),
    [({}, [True]), ({"APP_ENV": "prod"}, [False]), ({"APP_ENV": "production"}, [])],
)
def test_what_is_left_when_no_name_fits_fails_open(
    choice: str, given: dict[str, str], absent: list[bool], evaluated: Callable[..., Any]
) -> None:
    result = evaluated({"settings.py": CLASSES + choice}, given)
    seen = result.facts.seen("selector-fails-open")
    assert [one.detail["absent"] for one in seen] == absent
    assert all(one.detail["selector"] == "APP_ENV" for one in seen)


def test_a_development_branch_that_is_asked_for_does_not_fail_open(
    evaluated: Callable[..., Any],
) -> None:
    for choice in (IF, MATCH):
        result = evaluated({"settings.py": CLASSES + choice}, {"APP_ENV": "development"})
        assert not result.facts.seen("selector-fails-open")


@pytest.mark.parametrize(
    "choice",
    [
        "if os.getenv('APP_ENV') == 'dev':\n    X = 1\nelse:\n    s = ProductionSettings()\n",
        "if os.getenv('COLOUR') == 'red':\n    X = 1\nelse:\n    settings = DevSettings()\n",
        "if os.getenv('APP_ENV') == 'dev':\n    DEBUG = True\nelse:\n    DEBUG = False\n",
        "if os.getenv('APP_ENV') == 'dev':\n    X = 1\nelse:\n    CACHE = True\n",
    ],
)
def test_a_branch_that_chooses_no_development_settings_is_silent(
    choice: str, evaluated: Callable[..., Any]
) -> None:
    result = evaluated({"settings.py": CLASSES + choice})
    assert not result.facts.seen("selector-fails-open")


def test_a_default_that_says_development_is_noted_once(evaluated: Callable[..., Any]) -> None:
    source = (
        CLASSES + "ENV = os.getenv('APP_ENV', 'dev')\n" + IF.replace("os.getenv('APP_ENV')", "ENV")
    )
    (seen,) = evaluated({"settings.py": source}).facts.seen("selector-fails-open")
    assert seen.subject == "ENV"


@pytest.mark.parametrize("choice", [IF, MATCH, MAPPING, CONDITIONAL])
@pytest.mark.parametrize("name", ["production", "other"])
def test_only_the_chosen_settings_are_made(
    choice: str, name: str, evaluated: Callable[..., Any]
) -> None:
    result = evaluated({"settings.py": CLASSES + choice}, {"APP_ENV": name})
    debug = [one.value for one in result.facts.settings if one.name == "debug"]
    assert debug == [name != "production"]


def test_settings_that_no_code_chooses_between_are_all_made(evaluated: Callable[..., Any]) -> None:
    result = evaluated({"settings.py": CLASSES + "settings = ProductionSettings()\n"})
    debug = [one.value for one in result.facts.settings if one.name == "debug"]
    assert sorted(debug) == [False, True]


VALIDATED = (
    "from pydantic import ValidationInfo, field_validator\n"
    "from pydantic_settings import BaseSettings\n"
    "class Settings(BaseSettings):\n    first: str = '1'\n    secret: str = 'x'\n"
    "    mode: str = 'production'\n    @field_validator('secret')\n    @classmethod\n"
    "    def check(cls, value: str, info: ValidationInfo) -> str:\n{}        return value\n"
)
REFUSES = "            raise ValueError('refused')\n"


@pytest.mark.parametrize(
    "body",
    [
        "        if info.data.get('mode') == 'production':\n" + REFUSES,
        "        if value == 'x' and info.data.get('mode') in ('production', 'staging'):\n"
        + REFUSES,
        "        mode = info.data.get('mode')\n        if mode and value == 'x':\n" + REFUSES,
        "        if info.data.get('mode') == 'live':\n            if value == 'x':\n    " + REFUSES,
        "        if info.data.get('mode') != 'live':\n            return value\n" + REFUSES[4:],
        "        if not info.data.get('mode'):\n            return value\n"
        "        if value == 'x':\n" + REFUSES,
        "        if not info.data.get('mode') != 'live':\n" + REFUSES,
    ],
)
def test_a_check_that_asks_for_a_later_field_never_runs(
    body: str, evaluated: Callable[..., Any]
) -> None:
    result = evaluated({"settings.py": VALIDATED.format(body)})
    (seen,) = result.facts.seen("guard")
    assert (seen.detail["selector"], seen.detail["fires"]) == ("mode", False)
    assert seen.detail["subject"] == "secret"
    namespace: dict[str, Any] = {"__name__": "settings"}
    exec(compile(VALIDATED.format(body), "settings.py", "exec"), namespace)  # noqa: S102 - our own source
    assert namespace["Settings"]().secret == "x", "the real class starts"


@pytest.mark.parametrize(
    "body",
    [
        "        if info.data.get('first') == 'production':\n" + REFUSES,
        "        if info.data.get('mode', 'production') == 'live':\n" + REFUSES,
        "        if info.data.get('mode') == 'live' or value == 'y':\n" + REFUSES,
        "        if info.data.get('mode') == 'live':\n            value = 'y'\n",
        "        if info.data.get('mode') is None and value == 'y':\n" + REFUSES,
        "        if info.data.get('mode') != 'live' and value == 'y':\n" + REFUSES,
    ],
)
def test_a_check_that_may_run_is_not_noted(body: str, evaluated: Callable[..., Any]) -> None:
    assert not evaluated({"settings.py": VALIDATED.format(body)}).facts.seen("guard")


def test_a_check_that_compares_a_secret_with_a_text_never_refuses(
    evaluated: Callable[..., Any],
) -> None:
    """``SecretStr("x") == "x"`` is false, so that the guard lets the very text pass."""
    source = (
        "from pydantic import SecretStr, model_validator\n"
        "from pydantic_settings import BaseSettings\n"
        "class Settings(BaseSettings):\n    secret_key: SecretStr = SecretStr('changethis')\n"
        "    @model_validator(mode='after')\n    def check(self):\n"
        "        if self.secret_key == 'changethis':\n            raise ValueError('change it')\n"
        "        return self\n"
    )
    result = evaluated({"settings.py": source})
    (seen,) = result.facts.seen("guard")
    assert (seen.detail["fires"], seen.detail["subject"]) == (False, "secret_key")
    (setting,) = result.facts.settings
    assert setting.error is None
    text = source.replace("self.secret_key ==", "self.secret_key.get_secret_value() ==")
    (seen,) = evaluated({"settings.py": text}).facts.seen("guard")
    assert seen.detail["fires"] is True


HELPER = (
    "from pydantic import model_validator\nfrom pydantic_settings import BaseSettings\n"
    "class Settings(BaseSettings):\n    secret_key: str = 'changethis'\n"
    "    admin_password: str = 'changethis'\n    database_password: str = 'other'\n"
    "    label: str = 'changethis'\n"
    "    def refuse(self, value):\n        if value == 'changethis':\n"
    "            raise ValueError('secret_key must be changed')\n"
    "    @model_validator(mode='after')\n    def check(self):\n"
    "        self.refuse(self.secret_key)\n        self.refuse(self.admin_password)\n"
    "        self.refuse(self.database_password)\n        return self\n"
)


def test_a_helper_that_refuses_one_field_excuses_the_others_it_would_refuse(
    evaluated: Callable[..., Any],
) -> None:
    """Not those with another value, and none that it is not asked about."""
    result = evaluated({"settings.py": HELPER})
    refused = {one.name for one in result.facts.settings if one.error is not None}
    assert refused == {"secret_key", "admin_password"}
    (seen,) = result.facts.seen("guard")
    assert seen.detail["subject"] == "secret_key, admin_password"


@pytest.mark.parametrize(
    ("secret", "noted"),
    [("'a-literal-secret-of-the-code'", True), ("os.environ['KEY']", False), ("''", False)],
)
def test_a_guard_that_does_not_fire_is_noted_for_a_written_secret_only(
    secret: str, *, noted: bool, evaluated: Callable[..., Any]
) -> None:
    source = (
        f"import os\nSECRET_KEY = {secret}\n"
        "if SECRET_KEY == 'changeme':\n    raise RuntimeError('change it')\n"
    )
    result = evaluated({"settings.py": source}, {"KEY": "given"})
    seen = [one for one in result.facts.seen("guard") if one.detail["defeated_by"]]
    assert bool(seen) is noted
