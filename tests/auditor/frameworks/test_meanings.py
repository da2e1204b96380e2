# ruff: noqa: E501 - source in strings reads best line by line
"""What a setting means: by its name, its variable, or the record it stands in."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from secaudit.facts import Setting, Unknown

Concepts = Callable[..., dict[str, list[Setting]]]

SETTINGS = "from pydantic_settings import BaseSettings, SettingsConfigDict\n"


READING = "import os\nfrom dotenv import load_dotenv\nload_dotenv()\n"


RECORDS = {
    "dataclass": (
        "from dataclasses import dataclass, field\n@dataclass(frozen=True)\nclass Mine:\n"
        '    secret: str = field(default_factory=lambda: os.environ["KEY"])\n'
        '    debug: bool = os.environ["ON"] == "1"\nmine = Mine()\n'
    ),
    "attrs": (
        "import attrs\n@attrs.frozen\nclass Mine:\n"
        '    secret: str = attrs.field(factory=lambda: os.environ["KEY"])\n'
        '    debug: bool = attrs.field(default=os.environ["ON"], converter=bool)\nmine = Mine()\n'
    ),
    "attrs of old": (
        "import attr\n@attr.s(auto_attribs=True)\nclass Mine:\n"
        '    secret: str = attr.ib(default=os.environ["KEY"])\n'
        '    debug: bool = attr.Factory(lambda: os.environ["ON"] == "1")\nmine = Mine()\n'
    ),
    "msgspec": (
        "import msgspec\nclass Mine(msgspec.Struct, frozen=True):\n    secret: str\n"
        '    debug: bool = msgspec.field(default_factory=lambda: os.environ["ON"] == "1")\n'
        'mine = Mine(os.environ["KEY"])\n'
    ),
    "named tuple": (
        "from typing import NamedTuple\nclass Mine(NamedTuple):\n    debug: bool\n"
        "    secret: str = os.environ['KEY']\nmine = Mine(debug=os.environ['ON'] == '1')\n"
    ),
}


@pytest.mark.parametrize(
    ("line", "concept", "value"),
    [
        ('DB = os.environ["DATABASE_URL"]', "database.url", "postgres://a:b@db.acme.io/x"),
        ('mine = os.environ["JWT_SECRET"]', "signing.secret", "secret"),
        ('n = int(os.environ["ACCESS_TOKEN_TTL"])', "token.access_lifetime", timedelta(seconds=9)),
        ('on = os.environ["DEBUG"] == "1"', "debug.enabled", True),
        ('x = os.environ["CORS_ORIGINS"].split(",")', "cors.origins", ["https://a", "*"]),
        ('jobs = os.environ["JOBS"]', "database.url", "redis://jobs.acme.io/0"),
    ],
)
def test_a_name_that_says_nothing_means_what_its_variable_means(
    by_concept: Concepts, line: str, concept: str, value: object
) -> None:
    env = (
        "DATABASE_URL=postgres://a:b@db.acme.io/x\nJWT_SECRET=secret\nACCESS_TOKEN_TTL=9\n"
        "DEBUG=1\nCORS_ORIGINS=https://a,*\nJOBS=redis://jobs.acme.io/0\n"
    )
    (setting,) = by_concept({"settings.py": f"{READING}{line}\n", ".env": env})[concept]
    assert setting.value == value
    assert setting.name == line.partition(" ")[0]


@pytest.mark.parametrize(
    ("value", "hours"),
    [
        ('int(os.environ["TOKEN_TTL_HOURS"])', 800),
        ('int(os.environ.get("OTHER_TTL_DAYS", 2))', 48),
        ('int(os.environ["TOKEN_TTL_HOURS"]) * 3600', 800),  # the code makes seconds of them
    ],
)
def test_a_unit_is_told_by_the_name_or_by_the_variable(
    by_concept: Concepts, value: str, hours: int
) -> None:
    source = f"{READING}token_ttl = {value}\n"
    found = by_concept({"settings.py": source, ".env": "TOKEN_TTL_HOURS=800\n"})
    assert found["token.access_lifetime"][0].value == timedelta(hours=hours)


@pytest.mark.parametrize(
    "lines",
    [
        'raw = os.environ["CORS_ORIGINS"]',  # a list that is still one text
        'off = os.environ["DEBUG"] != "1"',  # not what the variable says
        'raw = os.environ["CORS_ORIGINS"]\nCORS_ORIGINS = raw.split(",")',
        'size = len(os.environ["JWT_SECRET"])',
    ],
)
def test_what_is_made_of_a_variable_does_not_mean_the_same(
    by_concept: Concepts, lines: str
) -> None:
    found = by_concept(
        {"settings.py": f"{READING}{lines}\n", ".env": "CORS_ORIGINS=*\nDEBUG=1\nJWT_SECRET=s\n"}
    )
    names = {setting.name for concept in found if concept for setting in found[concept]}
    assert names <= {"CORS_ORIGINS"}


def test_a_variable_that_nobody_knows_how_the_code_reads_means_what_most_make_of_it(
    by_concept: Concepts,
) -> None:
    source = READING + (
        "from helpers import parse\ndef flag(key):\n    return parse(os.getenv(key))\n"
        "switch = flag('DATABASE_ECHO')\n"
    )
    (setting,) = by_concept({"settings.py": source, ".env": "DATABASE_ECHO=false\n"})[
        "debug.sql_echo"
    ]
    assert (setting.value, setting.program_value) == (False, "false")


@pytest.mark.parametrize(
    "source",
    [
        "from enum import Enum\nclass Result(Enum):\n    BAD_SECRET = 'bad_secret'\n",
        "class Field:\n    SECRET = 'Secret'\n    SET_PASSWORD = 'set_password'\n    TEXT = 'Text'\n",
        "TOKEN_KINDS = {'ACCESS_TOKEN': 'access', 'REFRESH_TOKEN': 'refresh'}\n",
        "FORBIDDEN_VALUES = {'SECRET_KEY': 'changeme', 'DEBUG': True}\n",
        "DEFAULTS = {'SECRET_KEY': 'changeme'}\n",
        "LOG_LEVELS = {'DEBUG': 1}\nERROR_CODES = {'LOGIN_DISABLED': 1}\n",
    ],
)
def test_names_of_results_and_tables_about_settings_are_no_settings(
    by_concept: Concepts, source: str
) -> None:
    assert by_concept({"app.py": source}) == {}


def test_a_table_of_rules_for_other_origins_holds_settings(by_concept: Concepts) -> None:
    source = "CORS_RULES = {'allow_origins': ['*'], 'allow_credentials': True}\n"
    found = by_concept({"app.py": source})
    assert {concept: [one.value for one in found[concept]] for concept in found} == {
        "cors.origins": [["*"]],
        "cors.credentials": [True],
    }


def test_a_default_that_stands_in_a_table_is_shown_where_it_takes_effect(
    by_concept: Concepts,
) -> None:
    source = "DEFAULTS = {'KEY': 'changeme'}\nSECRET_KEY = os.environ.get('KEY', DEFAULTS['KEY'])\n"
    (secret,) = by_concept({"app.py": f"import os\n{source}"})["signing.secret"]
    assert (secret.value, secret.location.line) == ("changeme", 2)


def test_a_key_of_another_package_is_unknown(by_concept: Concepts) -> None:
    source = (
        "from itsdangerous import URLSafeSerializer\nfrom vault import settings\n"
        "sign = URLSafeSerializer(settings.SECRET_KEY)\n"
    )
    (secret,) = by_concept({"app.py": source})["signing.secret"]
    assert isinstance(secret.value, Unknown)


@pytest.mark.parametrize("source", RECORDS.values(), ids=RECORDS)
def test_a_record_class_has_the_fields_that_its_library_fills(
    by_concept: Concepts, source: str
) -> None:
    found = by_concept({"settings.py": READING + source, ".env": "KEY=changeme\nON=1\n"})
    (secret,) = found["signing.secret"]
    assert (secret.name, secret.value) == ("secret", "changeme")
    assert [setting.value for setting in found["debug.enabled"]] == [True]


def test_a_dsn_is_judged_without_the_password_that_has_a_name(by_concept: Concepts) -> None:
    source = (
        "from sqlalchemy import create_engine\n"
        + SETTINGS
        + "class Settings(BaseSettings):\n    db_password: str = 'b'\n"
        "    @property\n    def url(self) -> str:\n"
        "        return f'postgresql://a:{self.db_password}@db.acme.io/x'\n"
        "settings = Settings()\nengine = create_engine(settings.url)\n"
    )
    (dsn,) = by_concept({"settings.py": source})["database.url"]
    assert dsn.value == "postgresql://a@db.acme.io/x"
    assert dsn.program_value == "postgresql://a:b@db.acme.io/x"
