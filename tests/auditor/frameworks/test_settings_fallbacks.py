"""Handlers that replace refused settings: found in every shape, and run where they would run."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

CLASSES = (
    "import contextlib\nfrom contextlib import suppress\nfrom pydantic import ValidationError\n"
    "from pydantic_settings import BaseSettings\n"
    "class Settings(BaseSettings):\n    secret_key: str\n    port: int = 1\n"
    "class TestSettings(BaseSettings):\n    secret_key: str = 'test'\n    port: int = 1\n"
    "def testing():\n    return Settings(_env_file=None, secret_key='test')\n"
)
GETTER = "def get():\n{}settings = get()\n"
TRY = "    try:\n        return Settings()\n    except Exception:\n"
REPLACED = {
    "other values": "try:\n    settings = Settings()\nexcept Exception:\n"
    "    settings = Settings(_env_file=None, secret_key='test')\n",
    "another class": "try:\n    settings: BaseSettings = Settings()\n"
    "except (KeyError, ValidationError):\n    settings = TestSettings()\n",
    "a helper": "try:\n    settings = Settings()\nexcept:\n    settings = testing()\n",
    "returned": GETTER.format(TRY + "        return Settings(secret_key='test')\n"),
    "returned later": GETTER.format(
        TRY + "        print('no settings')\n    return TestSettings()\n"
    ),
    "suppressed": GETTER.format(
        "    with contextlib.suppress(ValueError):\n        return Settings()\n"
        "    return TestSettings()\n"
    ),
    "before": "settings = Settings(secret_key='test')\nwith suppress(Exception):\n"
    "    settings = Settings()\n",
    "passed": "settings = Settings(secret_key='test')\ntry:\n    settings = Settings()\n"
    "except Exception:\n    pass\n",
    "after": "settings = None\ntry:\n    settings = Settings()\nexcept Exception:\n    pass\n"
    "if settings is None:\n    settings = TestSettings()\n",
}


@pytest.mark.parametrize("shape", REPLACED)
@pytest.mark.parametrize("given", [{}, {"SECRET_KEY": "given"}, {"SECRET_KEY": "k", "PORT": "x"}])
def test_settings_that_an_error_replaces_are_those_the_program_ends_up_with(
    shape: str,
    given: dict[str, str],
    evaluated: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = CLASSES + REPLACED[shape]
    result = evaluated({"settings.py": source}, given)
    (seen,) = result.facts.seen("settings-fallback")
    assert seen.location.line > CLASSES.count("\n")
    for name, text in given.items():
        monkeypatch.setenv(name, text)
    namespace: dict[str, Any] = {"__name__": "settings"}
    try:
        exec(compile(source, "settings.py", "exec"), namespace)  # noqa: S102 - our own source
    except ValidationError:
        return  # the class of the fallback refuses the variable too
    real = namespace["settings"].secret_key
    assert real in [one.value for one in result.facts.settings if one.name == "secret_key"]


SOMETHING = (
    "import os\ndef get():\n    try:\n        return hide(os.environ['X'])\n"
    "    except Exception as error:\n        return hide(f'no {error}')\nget()\n"
)
STOPS = "try:\n    settings = Settings()\nexcept Exception:\n    raise\n"


@pytest.mark.parametrize("given", [{}, {"SECRET_KEY": "given"}])
@pytest.mark.parametrize(
    "code",
    [
        "try:\n    settings = Settings()\nexcept Exception:\n    print('refused')\n    raise\n",
        "import sys\ntry:\n    settings = Settings()\nexcept ValidationError:\n    sys.exit(1)\n",
        "try:\n    settings = Settings()\nexcept ImportError:\n    settings = TestSettings()\n",
        STOPS.replace("Exception", "VaultException").replace("raise", "settings = TestSettings()"),
        STOPS.replace("raise", "settings = Settings(_env_file='.env.local')"),
        "with suppress(KeyError):\n    settings = TestSettings()\nsettings = Settings()\n",
        SOMETHING,
        "try:\n    port = int('1')\nexcept ValueError:\n    port = int('2', base=3)\n",
        "settings = TestSettings()\n" + STOPS,
        "import sys\nsettings = TestSettings()\n" + STOPS.replace("raise", "sys.exit('refused')"),
        GETTER.format(TRY + "        raise\n    return TestSettings()\n"),
    ],
)
def test_a_handler_that_stops_start_up_or_catches_something_else_is_silent(
    code: str, given: dict[str, str], evaluated: Callable[..., Any]
) -> None:
    result = evaluated({"settings.py": CLASSES + code}, given)
    assert not result.facts.seen("settings-fallback")


def test_a_missing_variable_beside_a_handler_that_stops_is_an_error_of_its_setting(
    evaluated: Callable[..., Any],
) -> None:
    code = "try:\n    settings = Settings()\nexcept ValidationError:\n    raise SystemExit(1)\n"
    result = evaluated({"settings.py": CLASSES + code})
    errors = [one.error for one in result.facts.settings if one.name == "secret_key"]
    assert any("is not given" in str(error) for error in errors)


@pytest.mark.parametrize(
    ("block", "value"),
    [
        ("with suppress(KeyError):\n    X = os.environ['X']\n", "a"),
        ("with suppress(LookupError, OSError), memoryview(b''):\n    X = os.environ['X']\n", "a"),
        ("with contextlib.suppress(Exception):\n    X = 'b'\n", "b"),
        ("with contextlib.suppress(ValueError):\n    X = str(int('2'))\n", "2"),
        ("with contextlib.suppress(ValueError):\n    X = str(int('b'))\n", "a"),
    ],
)
def test_suppressed_errors_leave_what_was_there(
    block: str, value: str, values: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = f"import contextlib\nimport os\nfrom contextlib import suppress\nX = 'a'\n{block}"
    assert values({"settings.py": source})["X"] == value
    monkeypatch.delenv("X", raising=False)
    namespace: dict[str, Any] = {}
    exec(compile(source, "settings.py", "exec"), namespace)  # noqa: S102 - our own source
    assert namespace["X"] == value


def test_an_error_that_nothing_suppresses_stops_start_up(evaluated: Callable[..., Any]) -> None:
    source = (
        "import os\nfrom contextlib import suppress\nwith suppress():\n    X = os.environ['X']\n"
    )
    (setting,) = evaluated({"settings.py": source}).facts.settings
    assert setting.error is not None
