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
NOTHING = (
    "def get(state):\n    if state is None:\n        return DevSettings()\n"
    "    match state.casefold():\n        case 'production':\n"
    "            return ProductionSettings()\n"
    "        case _:\n            return DevSettings()\nsettings = get(os.getenv('APP_ENV'))\n"
)
DEBUG_MODE = (
    "if os.getenv('APP_ENV') == 'production':\n    DEBUG = False\nelse:\n    DEBUG = True\n"
)
CONDITIONAL = (
    "live = os.getenv('APP_ENV') == 'production'\n"
    "settings = ProductionSettings() if live else DevSettings()\n"
)


@pytest.mark.parametrize("choice", [IF, MATCH, MAPPING, NOTHING, DEBUG_MODE])
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


SECRET = "import os\nimport sys\nSECRET_KEY = os.getenv('SECRET_KEY', 'changeme')\n"
READER = (
    "def get():\n    value = os.getenv('SECRET_KEY', 'changeme')\n    if value == 'changeme':\n"
    "        raise RuntimeError\n    return value\nOTHER = get()\n"
)
CHECK = "    if SECRET_KEY == 'changeme':\n        raise RuntimeError('change it')\n"


def _starts(source: str) -> bool:
    try:
        exec(compile(source, "settings.py", "exec"), {"__name__": "settings"})  # noqa: S102 - our own source
    except (Exception, SystemExit):  # noqa: BLE001 - whichever the guard raises
        return False
    return True


@pytest.mark.parametrize(
    "guard",
    [
        CHECK.replace("    if", "if", 1),
        "if SECRET_KEY == 'changeme':\n    sys.exit('change it')\n",
        "SECRET_KEY == 'changeme' and sys.exit(1)\n",
        "assert SECRET_KEY != 'changeme', 'change it'\n",
        f"def check():\n{CHECK}check()\n",
        "def check():\n    assert SECRET_KEY not in ('changeme', '')\ncheck()\n",
        "def check():\n    if not os.getenv('SECRET_KEY'):\n        raise RuntimeError\ncheck()\n",
        READER,
        "for name in ('SECRET_KEY',):\n    if not os.environ.get(name):\n        raise KeyError\n",
    ],
)
def test_a_guard_that_stops_the_program_excuses_what_it_tests(
    guard: str, evaluated: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = evaluated({"settings.py": SECRET + guard})
    (secret,) = (one for one in result.facts.settings if one.name == "SECRET_KEY")
    assert secret.error is not None
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert not _starts(SECRET + guard)


@pytest.mark.parametrize(
    ("guard", "why"),
    [
        ("assert SECRET_KEY != 'CHANGEME'\n", "its own default passes"),
        ("if SECRET_KEY == 'CHANGEME':\n    sys.exit(1)\n", "its own default passes"),
        (f"def check():\n    return True\n{CHECK}check()\n", "it stands behind a return"),
        (f"async def check():\n    return\n{CHECK}", "it stands behind a return"),
    ],
)
def test_a_guard_that_lets_the_default_pass_is_defeated(
    guard: str, why: str, evaluated: Callable[..., Any]
) -> None:
    result = evaluated({"settings.py": SECRET + guard})
    (seen,) = (one for one in result.facts.seen("guard") if not one.detail["fires"])
    assert seen.detail["defeated_by"].startswith(why)
    assert _starts(SECRET + guard)


def test_assertions_that_python_removes_guard_nothing(evaluated: Callable[..., Any]) -> None:
    source = SECRET + "assert SECRET_KEY != 'changeme'\n"
    result = evaluated({"settings.py": source}, {"PYTHONOPTIMIZE": "1"})
    (seen,) = result.facts.seen("guard")
    assert seen.detail["defeated_by"] == "PYTHONOPTIMIZE removes it"
    assert all(one.error is None for one in result.facts.settings)
    (seen,) = evaluated({"settings.py": source}, {"PYTHONOPTIMIZE": ""}).facts.seen("guard")
    assert seen.detail["fires"]


UNCALLED = f"{SECRET}def check():\n{CHECK}"


@pytest.mark.parametrize(
    ("main", "noted"),
    [
        ("import config\nX = config.SECRET_KEY\n", True),
        ("import config\nX = config.SECRET_KEY\nconfig.check()\n", False),
        ("import config\nfrom config import check\nX = config.SECRET_KEY\n", False),
        ("import config\nX = config.SECRET_KEY\nhooks = ['config:check']\n", False),
    ],
)
def test_a_guard_in_a_function_that_no_code_names_never_runs(
    main: str, *, noted: bool, evaluated: Callable[..., Any]
) -> None:
    result = evaluated({"main.py": main, "config.py": UNCALLED})
    seen = [one for one in result.facts.seen("guard") if not one.detail["fires"]]
    assert [one.detail["defeated_by"] for one in seen] == (
        ["nothing calls the function that it stands in"] if noted else []
    )


def test_a_guard_that_other_code_may_call_is_silent(evaluated: Callable[..., Any]) -> None:
    assert not evaluated({"config.py": UNCALLED}).facts.seen("guard")
    decorated = UNCALLED.replace("def check", "@os.register\ndef check")
    files = {"main.py": "import config\nX = config.SECRET_KEY\n", "config.py": decorated}
    assert not evaluated(files).facts.seen("guard")


@pytest.mark.parametrize(
    ("second", "noted"),
    [("'development'", True), ("'production'", False), ("'live'", False)],
)
def test_a_selector_read_twice_fails_open_by_its_second_default(
    second: str, *, noted: bool, evaluated: Callable[..., Any]
) -> None:
    source = (
        "import os\nENV = os.getenv('APP_ENV', 'production')\n"
        f"DEBUG = os.getenv('APP_ENV', {second}) == 'development'\n"
    )
    result = evaluated({"settings.py": source})
    assert [one.location.line for one in result.facts.seen("selector-fails-open")] == [3] * noted
    given = evaluated({"settings.py": source}, {"APP_ENV": "development"})
    assert not given.facts.seen("selector-fails-open")


def test_a_reader_that_raises_for_an_absent_variable_hides_nothing_else(
    values: Callable[..., dict[str, Any]], evaluated: Callable[..., Any]
) -> None:
    source = (
        "import os\ndef read(name, default=None):\n    value = os.getenv(name, default)\n"
        "    if not value:\n        raise RuntimeError(f'{name} is missing')\n    return value\n"
        "CONF = {'jwt': {'lifetime': read('TTL', '60')}, 'redis': read('REDIS_URL')}\n"
    )
    found = {one.name: one for one in evaluated({"settings.py": source}).facts.settings}
    assert found["CONF.jwt.lifetime"].value == "60"
    assert "REDIS_URL is not given" in str(found["CONF.redis"].error)
    handled = source + "try:\n    X = read('X')\nexcept RuntimeError:\n    X = 'handled'\n"
    assert values({"settings.py": handled})["X"] == "handled"
