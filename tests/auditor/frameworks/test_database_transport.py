"""TLS of database connections: what Django's table, a URL and a driver's arguments say about it."""

from typing import Any

import pytest

SETTINGS = 'import dj_database_url, environ, os\nMIDDLEWARE = []\nROOT_URLCONF = "urls"\n'
URL = "postgres://app:pw@db.acme.io/app"


def table_with(more: str) -> str:
    """Return a PostgreSQL database with further entries."""
    return (
        "{'ENGINE': 'django.db.backends.postgresql', 'HOST': os.environ['DB_HOST'], " + more + "}"
    )


def modes(evaluated: Any, source: str, **given: str) -> list[tuple[str, Any, int]]:  # noqa: ANN401
    """Return name, value and line of what says how TLS is used."""
    settings = evaluated({"settings.py": SETTINGS + source}, given).facts.settings
    return [
        (one.name, one.value, one.location.line)
        for one in settings
        if one.concept == "tls.database"
    ]


@pytest.mark.parametrize(
    "table",
    [
        table_with(""),
        table_with("'OPTIONS': {'connect_timeout': 3}"),
        "dj_database_url.config()",
        "dj_database_url.config(ssl_require=False)",
        "dj_database_url.parse(os.environ['DATABASE_URL'])",
    ],
)
def test_without_a_mode_the_driver_prefers_tls(evaluated: Any, table: str) -> None:  # noqa: ANN401
    source = f"DATABASES = {{'default': {table}}}\n"
    ((name, value, _),) = modes(evaluated, source, DATABASE_URL=URL, DB_HOST="db.acme.io")
    assert (name, value) == ("DATABASES.default.OPTIONS.sslmode", "prefer")


@pytest.mark.parametrize(
    "table",
    [
        table_with("'OPTIONS': {'sslmode': 'require'}"),
        table_with("'OPTIONS': {'service': 'mine'}"),
        table_with("'OPTIONS': unknown()"),
        table_with("**unknown()"),
        "{'ENGINE': 'django.db.backends.sqlite3', 'HOST': 'db.acme.io'}",
        "{'ENGINE': 'django.db.backends.postgresql'}",
        "dj_database_url.config(ssl_require=True)",
        "dj_database_url.config(ssl_require=unknown())",
        "dj_database_url.parse('postgres://a:b@db.acme.io/x?sslmode=verify-full')",
    ],
)
def test_a_mode_that_is_set_or_may_be_is_not_added(evaluated: Any, table: str) -> None:  # noqa: ANN401
    source = f"DATABASES = {{'default': {table}}}\n"
    found = modes(evaluated, source, DATABASE_URL=URL, DB_HOST="db.acme.io")
    assert "prefer" not in [value for _, value, _ in found]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("{'sslmode': 'disable'}", ["disable"]),
        ("{'ssl': False}", [False]),
        ("{'sslmode': os.environ['MODE']}", ["require"]),
        ("{'connect_timeout': 3}", []),
    ],
)
def test_the_engines_arguments_say_how_tls_is_used(
    evaluated: Any,  # noqa: ANN401
    arguments: str,
    expected: list[Any],
) -> None:
    for module, function in (
        ("sqlalchemy", "create_engine"),
        ("sqlalchemy.ext.asyncio", "create_async_engine"),
    ):
        source = (
            f"from {module} import {function}\n"
            f"engine = {function}(os.environ['DATABASE_URL'], connect_args={arguments})\n"
        )
        found = modes(evaluated, source, DATABASE_URL=URL, MODE="require")
        assert [value for _, value, _ in found] == expected


def test_the_mode_in_a_url_stands_where_the_url_stands(evaluated: Any) -> None:  # noqa: ANN401 - a fixture
    files = {
        "settings.py": (
            "from environs import Env\nenv = Env()\nenv.read_env()\nINSTALLED_APPS = []\n"
            "MIDDLEWARE = []\nDATABASES = {'default': env.dj_db_url('DATABASE_URL')}\n"
        ),
        ".env": "DATABASE_URL=postgres://u:p@db.a.io/x?sslmode=disable\n",
    }
    settings = evaluated(files).facts.settings
    (mode,) = [one for one in settings if one.concept == "tls.database"]
    assert mode.value == "disable"
    assert mode.location.path.endswith(".env")


@pytest.mark.parametrize(
    ("options", "expected"),
    [("", "prefer"), (", conn_max_age=600", "prefer"), (", ssl_require=True", "require")],
)
def test_environs_hands_options_of_the_connection_on(
    options: str,
    expected: str,
    evaluated: Any,  # noqa: ANN401 - a fixture
) -> None:
    source = (
        "from environs import Env\nenv = Env()\nINSTALLED_APPS = []\nMIDDLEWARE = []\n"
        f"DATABASES = {{'default': env.dj_db_url('DATABASE_URL'{options})}}\n"
    )
    given = {"DATABASE_URL": "postgres://u:p@db.a.io/x"}
    settings = evaluated({"settings.py": source}, given).facts.settings
    assert [one.value for one in settings if one.concept == "tls.database"] == [expected]
