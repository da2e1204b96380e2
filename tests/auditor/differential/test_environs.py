"""environs: what the auditor says of a settings module is what the real library gives."""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from secaudit.facts import Unknown

Process = Callable[[dict[str, str], Path], contextlib.AbstractContextManager[None]]

ENV = (
    "API_LEVEL=debug\nAPI_NUMBER=30\n"
    "API_DEBUG=true\nAPI_DB_HOST=db.acme.io\nDEBUG=false\nAPI_AGE=2d 3h\n"
    "API_URL=postgres://app:q3ZkT8wLr5Xn@db.acme.io:5432/app\n"
)
MODULES = {
    "a prefix, nested and left again": (
        "from environs import Env\n"
        "env = Env()\n"
        "env.read_env()\n"
        'with env.prefixed("API_"):\n'
        '    INSIDE = env.bool("DEBUG")\n'
        '    with env.prefixed("DB_") as inner:\n'
        '        NESTED = inner("HOST")\n'
        '    AGAIN = env.timedelta("AGE")\n'
        'OUTSIDE = env.bool("DEBUG")\n'
    ),
    "a prefix of the object": (
        "from environs import Env\n"
        'env = Env(prefix="API_")\n'
        "env.read_env()\n"
        'INSIDE = env.bool("DEBUG")\n'
    ),
    "the library's own object, in two ways": (
        "import environs\n"
        "from environs import env\n"
        "environs.env.read_env()\n"
        'WHOLE = env("API_DB_HOST")\n'
        'with environs.env.prefixed("API_"):\n'
        '    INSIDE = env.bool("DEBUG", default=False)\n'
    ),
    "a file found in a folder above the named one": (
        "from environs import Env\n"
        "env = Env()\n"
        'FOUND = env.read_env("deep/er/.env")\n'
        'HOST = env.str("API_DB_HOST", "")\n'
    ),
    "a file that is not looked for above": (
        "from environs import Env\n"
        "env = Env()\n"
        'FOUND = env.read_env("deep/er/.env", recurse=False)\n'
        'HOST = env.str("API_DB_HOST", "none")\n'
    ),
    "levels of logging, and references that are left as they are": (
        "from environs import Env\n"
        "env = Env(expand_vars=True)\n"
        'env.read_env(".env", override=True)\n'
        'LEVEL = env.log_level("API_LEVEL", "INFO")\n'
        'NUMBER = env.log_level("API_NUMBER")\n'
        'HOST = env("API_DB_HOST")\n'
        'GIVEN = env.log_level("API_NOTHING", 20)\n'
    ),
    "a database": (
        "from environs import Env\n"
        "env = Env()\n"
        "env.read_env()\n"
        'DATABASE = env.dj_db_url("API_URL", conn_max_age=60)\n'
        'HOST, PASSWORD = DATABASE["HOST"], DATABASE["PASSWORD"]\n'
    ),
}


@pytest.mark.parametrize("source", MODULES.values(), ids=MODULES)
def test_the_static_values_are_the_real_ones(
    source: str, tmp_path: Path, process: Process, values: Callable[..., dict[str, Any]]
) -> None:
    """Each name of the module that the auditor knows has the value that running it gives."""
    folder = tmp_path.resolve()
    (folder / "deep" / "er").mkdir(parents=True)
    static = values({"settings.py": source, ".env": ENV})
    with process({}, folder):
        names: dict[str, Any] = {}
        exec(compile(source, str(folder / "settings.py"), "exec"), names)  # noqa: S102 - own source
    real = {n: v for n, v in names.items() if n.isupper() and not isinstance(v, dict)}
    assert {name: static.get(name) for name in real} == real


@pytest.mark.parametrize(
    ("written", "seconds"), [("90", 90), ("1w 1s", 604801), ("36h", 129600), ("-5", -5)]
)
def test_a_duration_has_amounts_with_units(
    written: str, seconds: int, values: Callable[..., dict[str, Any]]
) -> None:
    source = 'from environs import env\nenv.read_env()\nTTL = env.timedelta("TTL")\n'
    assert values({"settings.py": source, ".env": f"TTL={written}\n"})["TTL"] == timedelta(
        seconds=seconds
    )


def test_a_reference_that_the_library_expands_is_unknown(
    values: Callable[..., dict[str, Any]],
) -> None:
    source = (
        "from environs import Env\nenv = Env({})\nenv.read_env()\n"
        'KEY, DEBUG = env("KEY"), env.bool("DEBUG")\n'
    )
    files = {"settings.py": source.format("expand_vars=True"), ".env": "KEY=a$b\nDEBUG=true\n"}
    found = values(files)
    assert isinstance(found["KEY"], Unknown)
    assert found["DEBUG"] is True
    assert values({**files, "settings.py": source.format("")})["KEY"] == "a$b"


def test_a_prefix_that_is_not_known_makes_readings_unknown(
    values: Callable[..., dict[str, Any]],
) -> None:
    source = (
        "from environs import env\n"
        "from elsewhere import prefix\n"
        "with env.prefixed(prefix()):\n"
        '    DEBUG = env.bool("DEBUG", default=True)\n'
        'AFTER = env.bool("DEBUG", default=True)\n'
    )
    found = values({"settings.py": source}, {"DEBUG": "false"})
    assert isinstance(found["DEBUG"], Unknown)
    assert found["AFTER"] is False
