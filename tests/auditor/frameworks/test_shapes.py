# ruff: noqa: E501 - source in strings reads best line by line
"""Shapes of real projects: what each of them ends up with, and where the value is written."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from secaudit.facts import Setting, Unknown

Values = Callable[..., dict[str, Any]]
Concepts = Callable[..., dict[str, list[Setting]]]


def kinds(result: Any) -> dict[str, list[Any]]:  # noqa: ANN401 - an Evaluated
    """Return observations by kind."""
    found: dict[str, list[Any]] = {}
    for observation in result.facts.observations:
        found.setdefault(observation.kind, []).append(observation)
    return found


SETTINGS = "from pydantic_settings import BaseSettings, SettingsConfigDict\n"


READING = "import os\nfrom dotenv import load_dotenv\nload_dotenv()\n"


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


def test_a_prefix_leaves_the_unprefixed_key_unread(evaluated: Callable[..., Any]) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_file=".env", env_prefix="APP_", extra="ignore")\n'
        '    users_secret: str = ""\n'
        "settings = Settings()\n"
    )
    result = evaluated({"settings.py": source, ".env": "USERS_SECRET=x\n"})
    (setting,) = result.facts.settings
    assert setting.value == ""
    (unread,) = kinds(result)["key-unread"]
    assert unread.detail == {"key": "USERS_SECRET", "nearest": "APP_USERS_SECRET"}


@pytest.mark.parametrize("sensitive", [True, False])
def test_letter_case_of_a_key_counts_where_the_reader_minds_it(
    evaluated: Callable[..., Any], *, sensitive: bool
) -> None:
    options = f'env_file=".env", extra="ignore", case_sensitive={sensitive}'
    source = SETTINGS + (
        "class Settings(BaseSettings):\n"
        f"    model_config = SettingsConfigDict({options})\n"
        '    secret_key: str = "x"\n'
        "settings = Settings()\n"
    )
    result = evaluated({"settings.py": source, ".env": "SECRET_KEY=y\n"})
    found = [seen.detail for seen in kinds(result).get("key-unread", [])]
    assert found == ([{"key": "SECRET_KEY", "nearest": "secret_key"}] if sensitive else [])


def test_the_process_environment_minds_letter_case(evaluated: Callable[..., Any]) -> None:
    source = (
        "import os\nfrom dotenv import load_dotenv\nload_dotenv()\n"
        "SECRET_KEY = os.environ.get('secret_key', 'x')\n"
    )
    result = evaluated({"settings.py": source, ".env": "SECRET_KEY=y\n"})
    (unread,) = kinds(result)["key-unread"]
    assert unread.detail == {"key": "SECRET_KEY", "nearest": "secret_key"}


def test_a_field_default_from_getenv_reads_the_process_only(values: Values) -> None:
    source = (
        "import os\n"
        + SETTINGS
        + (
            "class Settings(BaseSettings):\n"
            '    model_config = SettingsConfigDict(env_file=".env", env_prefix="APP_", extra="ignore")\n'
            '    users_secret: str = os.getenv("USERS_SECRET", "")\n'
        )
    )
    files = {"settings.py": source, ".env": "USERS_SECRET=from-file\n"}
    assert values(files)["users_secret"] == ""
    assert values(files, {"USERS_SECRET": "from-process"})["users_secret"] == "from-process"


def test_a_dsn_built_in_class_scope_keeps_the_default_password(values: Values) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n"
        '    POSTGRES_PASSWORD: str = "postgres"\n'
        '    POSTGRES_URI: str = f"postgres:{POSTGRES_PASSWORD}@db"\n'
    )
    found = values({"settings.py": source}, {"POSTGRES_PASSWORD": "strong"})
    assert found["POSTGRES_PASSWORD"] == "strong"
    assert found["POSTGRES_URI"] == "postgres:postgres@db"


def test_field_env_is_dead_in_version_2(evaluated: Callable[..., Any]) -> None:
    source = (
        "from pydantic import Field\n"
        + SETTINGS
        + ('class Settings(BaseSettings):\n    secret: str = Field("default", env="JWT_SECRET")\n')
    )
    result = evaluated({"settings.py": source}, {"JWT_SECRET": "given"})
    assert result.facts.settings[0].value == "default"
    (dead,) = kinds(result)["field-env-ignored"]
    assert dead.detail == {"field": "secret", "written": "JWT_SECRET", "actual": "SECRET"}


def test_field_env_counts_in_version_1(values: Values) -> None:
    source = (
        "from pydantic import BaseSettings, Field, validator\n"
        "class Settings(BaseSettings):\n"
        '    secret: str = Field("default", env="JWT_SECRET")\n'
        "    port: int = 1\n"
        "    untyped = 'x'\n"
        "    class Config:\n        env_file = '.env'\n        env_prefix = 'APP_'\n"
        "    @validator('port', pre=True)\n"
        "    def double(cls, v, values):\n        return int(v) * 2\n"
    )
    files = {"settings.py": source, ".env": "APP_PORT=4\nAPP_UNTYPED=y\n"}
    found = values(files, {"JWT_SECRET": "given"})
    assert (found["secret"], found["port"], found["untyped"]) == ("given", 8, "y")


def test_a_comma_list_does_not_decode(evaluated: Callable[..., Any]) -> None:
    source = SETTINGS + ('class Settings(BaseSettings):\n    cors_origins: list[str] = ["*"]\n')
    result = evaluated({"settings.py": source}, {"CORS_ORIGINS": "http://a,http://b"})
    (setting,) = result.facts.settings
    assert isinstance(setting.value, Unknown)
    assert setting.error is not None


def test_a_required_secret_that_is_not_given_is_an_error_of_its_own(values: Values) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n    secret_key: str\n    debug: bool = True\n"
    )
    found = values({"settings.py": source})
    assert isinstance(found["secret_key"], Unknown)
    assert found["debug"] is True


def test_a_guard_excuses_only_what_it_tests(by_concept: Concepts) -> None:
    source = (
        "from pydantic import model_validator\n"
        + SETTINGS
        + (
            "class Settings(BaseSettings):\n"
            '    environment: str = "production"\n    debug: bool = True\n'
            '    secret_key: str = "changeme"\n'
            '    @model_validator(mode="after")\n    def check(self):\n'
            '        if self.environment == "production" and self.debug:\n'
            '            raise ValueError("debug")\n        return self\n'
        )
    )
    found = by_concept({"settings.py": source})
    assert found["debug.enabled"][0].error is not None
    assert found["signing.secret"][0].error is None


def test_a_handler_that_replaces_settings_is_noted(evaluated: Callable[..., Any]) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n    secret_key: str\n"
        "try:\n    settings = Settings()\nexcept Exception:\n"
        '    settings = Settings(secret_key="test")\n'
    )
    assert len(kinds(evaluated({"settings.py": source}))["settings-fallback"]) == 1
    other = source.replace("class Settings(BaseSettings)", "class Note").replace(
        "Settings(", "Note("
    )
    assert "settings-fallback" not in kinds(evaluated({"settings.py": other}))


def test_a_shadowed_default_is_remembered_behind_the_winner(by_concept: Concepts) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_file=(".env", ".env.local"))\n'
        '    secret_key: str = "changeme"\n'
    )
    files = {"settings.py": source, ".env": "SECRET_KEY=one\n", ".env.local": "SECRET_KEY=two\n"}
    (setting,) = by_concept(files, {"secret_key": "three"})["signing.secret"]
    assert setting.candidates[0].value == "three"
    assert setting.candidates[-1].layer == "default"
    (setting,) = by_concept(files)["signing.secret"]
    assert (setting.value, setting.location.path.rpartition("/")[2]) == ("two", ".env.local")
    assert (setting.location.line, setting.location.column) == (1, 12)


def test_str_of_none_is_the_text_none(values: Values) -> None:
    source = 'import os\nSECRET_REFRESH_KEY = str(os.getenv("SECRET_REFRESH_KEY", None))\n'
    assert values({"settings.py": source})["SECRET_REFRESH_KEY"] == "None"


def test_a_flask_property_read_from_the_class_is_no_value(values: Values) -> None:
    source = (
        "from flask import Flask\n"
        "class Config:\n    @property\n    def SECRET_KEY(self):\n        return 'x'\n"
        "app = Flask(__name__)\napp.config.from_object(Config)\n"
    )
    assert isinstance(values({"app.py": source})["SECRET_KEY"], Unknown)


def test_an_empty_list_opens_cors_in_the_else_branch(by_concept: Concepts) -> None:
    source = (
        "import os\nINSTALLED_APPS = ['corsheaders']\n"
        "MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware']\n"
        "CORS_ALLOW_CREDENTIALS = True\n"
        'raw = os.environ.get("CORS_ALLOWED_ORIGINS", "")\n'
        'origins = [o.strip() for o in raw.split(",") if o.strip()]\n'
        "if origins:\n    CORS_ALLOWED_ORIGINS = origins\nelse:\n    CORS_ALLOW_ALL_ORIGINS = True\n"
    )
    found = by_concept({"settings.py": source})
    assert found["cors.allow_all"][0].value is True
    found = by_concept({"settings.py": source}, {"CORS_ALLOWED_ORIGINS": "https://a, https://b"})
    assert found["cors.allow_all"][0].value is False
    assert found["cors.origins"][0].value == ["https://a", "https://b"]


def test_a_leaf_module_inherits_what_it_does_not_replace(by_concept: Concepts) -> None:
    files = {
        "config/production.py": "from .base import *\nDEBUG = False\n",
        "config/base.py": "from decouple import config\nINSTALLED_APPS = ['x']\nMIDDLEWARE = []\n"
        "DEBUG = True\nSECRET_KEY = config('SECRET_KEY', default='django-insecure-x')\n",
        "config/__init__.py": "",
    }
    found = by_concept(files, selected="config.production")
    assert [setting.value for setting in found["debug.enabled"]] == [False]
    (secret,) = found["signing.secret"]
    assert secret.value == "django-insecure-x"
    assert secret.location.path.endswith("base.py")


def test_django_defaults_depend_on_what_is_installed(by_concept: Concepts) -> None:
    bare = by_concept({"settings.py": "INSTALLED_APPS = []\nMIDDLEWARE = []\nROOT_URLCONF = 'u'\n"})
    assert "header.hsts" not in bare
    assert "cookie.secure" not in bare
    source = (
        "INSTALLED_APPS = ['rest_framework']\nMIDDLEWARE = [\n"
        "    'django.middleware.security.SecurityMiddleware',\n"
        "    'django.contrib.sessions.middleware.SessionMiddleware',\n]\n"
    )
    full = by_concept({"settings.py": source})
    assert full["header.hsts"][0].value == 0
    assert full["cookie.secure"][0].candidates[0].layer == "library-default"
    assert full["access.permissions"][0].value == ["rest_framework.permissions.AllowAny"]
    assert full["csrf.enabled"][0].value is False


def test_django_middleware_alone_makes_a_settings_module(by_concept: Concepts) -> None:
    source = (
        "MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']\n"
        "CORS_ALLOW_ALL_ORIGINS = True\n"
        "REST_FRAMEWORK = {'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.AllowAny']}\n"
    )
    found = by_concept({"settings.py": source})
    assert "cors.allow_all" not in found  # its middleware is not installed
    assert found["access.permissions"][0].value == ["rest_framework.permissions.AllowAny"]
    other = source.replace("django.middleware", "mine")
    assert "cors.allow_all" in by_concept({"other.py": other})


def test_a_cors_setting_without_its_middleware_is_inert(evaluated: Callable[..., Any]) -> None:
    source = "INSTALLED_APPS = []\nMIDDLEWARE = []\nCORS_ALLOW_ALL_ORIGINS = True\n"
    result = evaluated({"settings.py": source})
    assert len(kinds(result)["setting-inert"]) == 1
    assert not [s for s in result.facts.settings if s.concept == "cors.allow_all"]


DEPENDING = (
    "import jwt\nfrom datetime import datetime, timedelta\nfrom typing import Annotated\n"
    "from fastapi import Depends\nfrom config import *\n"
    "{alias}"
    "def issue(cfg: {annotation}):\n"
    "    expires = datetime.now() + timedelta(hours=cfg.hours)\n"
    "    return jwt.encode({{'exp': expires}}, cfg.key, algorithm='HS256')\n"
)


@pytest.mark.parametrize(
    ("alias", "annotation"),
    [
        ("", "Annotated[Settings, Depends(get_settings)]"),
        ("Cfg = Annotated[Settings, Depends(get_settings)]\n", "Cfg"),
        ("Cfg = Annotated[Settings, Depends()]\n", "Cfg"),
        ("", "Settings = Depends(get_settings)"),
        ("", "Settings = Depends(of_request)"),
        ("", "Settings = Depends(of_another)"),
        ("", "Settings"),
    ],
)
def test_injected_settings_are_the_settings(
    by_concept: Concepts, alias: str, annotation: str
) -> None:
    """A dependency is followed; one that cannot be is the one object of its type."""
    files = {
        "config.py": "from functools import lru_cache\nfrom fastapi import Depends, Request\n"
        + SETTINGS
        + "class Settings(BaseSettings):\n    hours: int = 720\n    key: str = 'k'\n"
        "@lru_cache\ndef get_settings():\n    return Settings()\n"
        "def of_request(request: Request):\n    return request.app.state.settings\n"
        "def of_another(request: Request, one=Depends(get_settings)):\n    return one\n"
        "settings = get_settings()\n",
        "deps.py": DEPENDING.format(alias=alias, annotation=annotation),
    }
    (lifetime,) = by_concept(files)["token.access_lifetime"]
    assert lifetime.value == timedelta(hours=720)


def test_a_middleware_gets_the_setting_behind_it(by_concept: Concepts) -> None:
    files = {
        "app/config.py": SETTINGS
        + "class Settings(BaseSettings):\n    cors_origins: list[str] = ['*']\n    key: str = 'k'\n"
        "settings = Settings()\n",
        "app/main.py": "from fastapi import FastAPI\n"
        "from fastapi.middleware.cors import CORSMiddleware\n"
        "from starlette.middleware.sessions import SessionMiddleware\n"
        "from app.config import settings\n\n\ndef create_app() -> FastAPI:\n"
        "    app = FastAPI(docs_url=None)\n"
        "    app.add_middleware(\n        CORSMiddleware,\n"
        "        allow_origins=[str(o) for o in settings.cors_origins],\n"
        "        allow_credentials=True,\n    )\n"
        "    app.add_middleware(SessionMiddleware, secret_key=settings.key)\n    return app\n",
        "app/__init__.py": "",
    }
    found = by_concept(files)
    (origins,) = found["cors.origins"]
    assert (origins.name, origins.value) == ("cors_origins", ["*"])
    assert origins.location.path.endswith("config.py")
    assert [place.path.rpartition("/")[2] for place in origins.used][-1] == "main.py"
    (credentials,) = found["cors.credentials"]
    assert credentials.group == origins.group
    (secret,) = found["signing.secret"]
    assert (secret.name, secret.service) == ("key", "session")
    assert found["docs.url"][0].value is None
    assert found["docs.openapi"][0].value == "/openapi.json"


def test_two_policies_are_two_groups(by_concept: Concepts) -> None:
    source = (
        "from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n"
        "app = FastAPI()\n"
        "app.add_middleware(CORSMiddleware, allow_origins=['*'])\n"
        "app.add_middleware(CORSMiddleware, allow_origins=['https://a'], allow_credentials=True)\n"
    )
    found = by_concept({"main.py": source})
    open_, closed = found["cors.origins"]
    assert open_.group != closed.group
    pairs = {setting.group: setting.value for setting in found["cors.credentials"]}
    assert pairs == {open_.group: False, closed.group: True}


def test_unknown_keyword_arguments_make_defaults_unknown(by_concept: Concepts) -> None:
    source = (
        "from fastapi import FastAPI\nfrom elsewhere import options\napp = FastAPI(**options)\n"
    )
    found = by_concept({"main.py": source})
    assert isinstance(found["docs.url"][0].value, Unknown)


def test_a_token_lifetime_is_followed_to_its_setting(by_concept: Concepts) -> None:
    source = (
        "import os\nfrom datetime import datetime, timedelta, timezone\nimport jwt\n"
        "LIFE = int(os.getenv('LIFE', '11520'))\n"
        "def create_access_token(data: dict, expires: timedelta | None = None) -> str:\n"
        "    claims = data.copy()\n"
        "    now = datetime.now(timezone.utc)\n"
        "    expire = now + (expires or timedelta(minutes=LIFE))\n"
        "    claims.update({'exp': expire})\n"
        "    return jwt.encode(claims, os.environ['KEY'], algorithm='HS256')\n"
        "def read(token: str) -> dict:\n"
        "    return jwt.decode(token, options={'verify_signature': False})\n"
    )
    found = by_concept({"auth.py": source})
    assert found["token.access_lifetime"][0].value == timedelta(days=8)
    assert found["token.expires"][0].value is True
    assert found["token.algorithm"][0].value == "HS256"
    assert found["token.verify"][0].value is False


def test_a_token_without_expiry(by_concept: Concepts) -> None:
    source = (
        "import jwt\n\ndef make(user: int) -> str:\n    return jwt.encode({'sub': user}, 'key')\n"
    )
    found = by_concept({"auth.py": source})
    assert found["token.expires"][0].value is False
    assert found["signing.secret"][0].value == "key"


def test_cookies_are_judged_by_their_name(by_concept: Concepts) -> None:
    source = (
        "def login(response):\n    response.set_cookie('session', 'x', secure=True, httponly=True)\n"
        "    response.set_cookie(key='theme', value='dark')\n"
    )
    found = by_concept({"views.py": source})
    secure = {setting.service: setting.value for setting in found["cookie.secure"]}
    assert secure == {"session": True, "theme": False}


def test_verification_that_is_switched_off(by_concept: Concepts) -> None:
    source = (
        "import ssl\nimport httpx\nimport requests\n\n\ndef call() -> None:\n"
        "    requests.get('https://a', verify=False)\n"
        "    with httpx.Client(verify=False) as client:\n        client.get('https://b')\n"
        "    session = requests.Session()\n    session.verify = False\n"
        "    context = ssl.create_default_context()\n    context.verify_mode = ssl.CERT_NONE\n"
        "    requests.get('https://c')\n"
    )
    found = by_concept({"client.py": source})
    assert [setting.value for setting in found["tls.verify"]] == [False] * 4


def test_flask_cors_defaults_to_every_origin(by_concept: Concepts) -> None:
    source = (
        "from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\n"
        "CORS(app, supports_credentials=True)\napp.run(debug=True)\n"
    )
    found = by_concept({"app.py": source})
    assert found["cors.origins"][0].value == ["*"]
    assert found["cors.credentials"][0].value is True
    assert found["debug.enabled"][0].value is True
    assert found["cookie.secure"][0].value is False


def test_flask_variables_are_json_where_they_parse(values: Values) -> None:
    source = "from flask import Flask\napp = Flask(__name__)\napp.config.from_prefixed_env()\n"
    given = {"FLASK_DEBUG": "False", "FLASK_SECRET_KEY": "12345", "FLASK_A__B": "[1]"}
    found = values({"app.py": source}, given)
    assert (found["DEBUG"], found["SECRET_KEY"], found["A.B"]) == ("False", 12345, [1])


def test_an_unread_key_is_not_noted_when_names_are_computed(
    evaluated: Callable[..., Any],
) -> None:
    source = (
        "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nDEBUG = os.getenv('DEBUG')\n"
        "ALL = {k: v for k, v in os.environ.items()}\n"
    )
    assert "key-unread" not in kinds(evaluated({"settings.py": source, ".env": "OTHER=1\n"}))


def test_secrets_made_at_start_and_shown(evaluated: Callable[..., Any]) -> None:
    source = (
        "import os\nimport secrets\nSECRET_KEY = os.getenv('SECRET_KEY') or secrets.token_hex(32)\n"
        "DATABASE_URL = os.getenv('DATABASE_URL', 'postgres://u:p@db/x')\nprint(DATABASE_URL)\n"
    )
    found = kinds(evaluated({"settings.py": source}))
    assert found["secret-per-process"][0].subject == "SECRET_KEY"
    assert found["secret-logged"][0].subject == "DATABASE_URL"


def test_starting_modules_load_env_files_first(values: Values) -> None:
    files = {
        "settings.py": "import os\nDEBUG = os.getenv('DEBUG', 'no')\n",
        "main.py": "from dotenv import load_dotenv\nload_dotenv()\nimport settings\n",
        ".env": "DEBUG=yes\n",
    }
    assert values(files)["DEBUG"] == "yes"


def test_sources_in_another_order(values: Values) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env')\n"
        "    a: str = 'x'\n    @classmethod\n"
        "    def settings_customise_sources(cls, settings_cls, init_settings, env_settings,\n"
        "                                   dotenv_settings, file_secret_settings):\n"
        "        return dotenv_settings, env_settings{}\n"
    )
    files = {"settings.py": source.format(""), ".env": "A=file\n"}
    assert values(files, {"A": "process"})["a"] == "file"
    files["settings.py"] = source.format(", other_source(settings_cls)")
    assert isinstance(values(files, {"A": "process"})["a"], Unknown)


def test_gunicorn_names_are_settings(by_concept: Concepts) -> None:
    source = 'bind = "0.0.0.0:8000"\nworkers = 4\nreload = True\nforwarded_allow_ips = "*"\n'
    found = by_concept({"gunicorn.conf.py": source})
    assert found["server.workers"][0].value == 4
    assert found["debug.reload"][0].value is True
    assert found["proxy.trusted"][0].value == "*"


def test_a_property_that_means_something_is_a_setting(by_concept: Concepts) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n    hosts: str = 'a, *'\n    @property\n"
        "    def allowed_hosts(self):\n        return [h.strip() for h in self.hosts.split(',')]\n"
    )
    assert by_concept({"settings.py": source})["hosts.allowed"][0].value == ["a", "*"]


def test_empty_values_of_a_file_are_ignored_when_asked(values: Values) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_file='.env', env_ignore_empty=True)\n"
        "    secret: str = 'default'\n"
    )
    assert values({"settings.py": source, ".env": "SECRET=\n"})["secret"] == "default"


@pytest.mark.parametrize(
    "text", ["1", "t", "T", "yes", "Y", "on", "0", "f", "no", "N", "off", "ok"]
)
def test_spellings_of_flags_are_those_of_pydantic(text: str, values: Values) -> None:
    source = SETTINGS + "class Settings(BaseSettings):\n    debug: bool\n"
    answer = values({"settings.py": source}, {"DEBUG": text})["debug"]
    try:
        expected = TypeAdapter(bool).validate_python(text)
    except ValidationError:
        assert isinstance(answer, Unknown)
    else:
        assert answer is expected


def test_nothing_that_a_validator_makes_of_a_text_keeps_its_place(
    evaluated: Callable[..., Any],
) -> None:
    source = SETTINGS + (
        "from typing import Annotated\n"
        "from pydantic import BeforeValidator\n"
        "def quota(value):\n"
        "    if not value.strip():\n"
        "        return None\n"
        "    return int(value)\n"
        "class Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_file=".env")\n'
        "    rate_limit: Annotated[int | None, BeforeValidator(quota)] = 5\n"
    )
    result = evaluated({"settings.py": source, ".env": "RATE_LIMIT=\n"})
    (setting,) = result.facts.settings
    assert setting.value is None
    assert (setting.candidates[0].layer, setting.candidates[0].raw) == ("env-file", "")
    assert setting.location.path.endswith(".env")


VERSION_1 = "from typing import List\nfrom pydantic.v1 import BaseSettings, Field\n"


def test_version_1_decodes_after_it_merged_file_and_process(by_concept: Concepts) -> None:
    source = VERSION_1 + (
        "class Settings(BaseSettings):\n"
        "    cors_origins: List[str] = []\n"
        "    secret_key: str = 'x'\n"
        "    class Config:\n"
        "        env_file = '.env'\n"
    )
    file = "CORS_ORIGINS=not json\nSECRET_KEY=from-file\n"
    given = {"CORS_ORIGINS": '["*"]', "SECRET_KEY": "from-process"}
    found = by_concept({"settings.py": source, ".env": file}, given)
    (origins,) = found["cors.origins"]
    assert origins.value == ["*"]
    assert origins.error is None
    (secret,) = found["signing.secret"]
    shown = [(one.layer, one.value) for one in secret.candidates]
    assert shown == [
        ("process-environment", "from-process"),
        ("env-file", "from-file"),
        ("default", "x"),
    ]


def test_version_1_takes_its_hooks_from_the_class_config(values: Values) -> None:
    source = VERSION_1 + (
        "class Settings(BaseSettings):\n"
        "    first: str = ''\n"
        "    second: List[str] = []\n"
        "    class Config:\n"
        "        fields = {'first': {'env': 'OTHER'}}\n"
        "        @classmethod\n"
        "        def customise_sources(cls, init_settings, env_settings, file_secret_settings):\n"
        "            return env_settings, init_settings\n"
        "        @classmethod\n"
        "        def parse_env_var(cls, field_name, raw_val):\n"
        "            return raw_val.split(',')\n"
        "settings = Settings(first='argument')\n"
    )
    found = values({"settings.py": source}, {"OTHER": "given", "SECOND": "a,b"})
    assert found["first"] == "given"
    assert isinstance(found["second"], Unknown)


def test_where_versions_of_environs_disagree_nothing_is_claimed(values: Values) -> None:
    source = (
        "from environs import Env\nenv = Env()\nenv.read_env({})\n"
        "A = env.str('A')\nB = env.str('B')\nC = env.str('C')\n"
    )
    files = {"settings.py": source.format(""), ".env": "A=file\nB=${A}\nC=${OTHER}c\n"}
    found = values(files, {"A": "process"})
    assert found["A"] == "process"
    assert isinstance(found["B"], Unknown)
    assert found["C"] == "c"
    files = {**files, "settings.py": source.format("override=True")}
    assert isinstance(values(files, {"A": "process"})["A"], Unknown)
    assert values(files)["A"] == "file"


def test_what_a_leaf_module_replaces_is_remembered_behind_it(by_concept: Concepts) -> None:
    files = {
        "core/base.py": (
            "import os\nDEBUG = True\nALLOWED_HOSTS = ['*']\nSECRET_KEY = 'a-literal-of-the-base'\n"
            "INSTALLED_APPS = []\nMIDDLEWARE = []\nDATABASES = {}\n"
        ),
        "core/middle.py": "from .base import *\nDEBUG = False\n",
        "core/live.py": (
            "import os\nfrom .middle import *\nDEBUG = False\nSECRET_KEY = os.environ['SECRET_KEY']\n"
            "ALLOWED_HOSTS += ['shop.example']\n"
        ),
    }
    found = by_concept(files, {"SECRET_KEY": "given"}, "core.live")

    def chain(concept: str) -> list[tuple[str, str]]:
        candidates = found[concept][0].candidates
        named = [one.location.path.rpartition("/")[2] if one.location else "" for one in candidates]
        return [(one.layer, name) for one, name in zip(candidates, named, strict=True)]

    assert chain("debug.enabled") == [("assignment", "live.py"), ("replaced", "middle.py")]
    assert chain("signing.secret") == [("process-environment", ""), ("replaced", "base.py")]


ALIASED = (
    "from pydantic import Field\nfrom pydantic_settings import BaseSettings\n"
    "class Settings(BaseSettings):\n    model_config = {}\n"
    "    key: str = Field('default', validation_alias='KEY_ALIAS')\n"
    "made = Settings(ARGUMENT)\n"
)


@pytest.mark.parametrize(
    ("config", "argument", "given", "expected"),
    [
        ("{}", "key='x'", {}, None),
        ("{'extra': 'ignore'}", "key='x'", {}, "default"),
        ("{'populate_by_name': True}", "key='x'", {"KEY_ALIAS": "y"}, "x"),
        ("{}", "KEY_ALIAS='x'", {"KEY_ALIAS": "y"}, "x"),
        ("{'populate_by_name': True, 'extra': 'ignore'}", "", {"KEY": "n", "KEY_ALIAS": "a"}, "a"),
        ("{'populate_by_name': True}", "", {"KEY": "by name"}, "by name"),
    ],
)
def test_arguments_and_variables_of_a_field_with_an_alias(
    config: str, argument: str, given: dict[str, str], expected: str | None, values: Values
) -> None:
    source = ALIASED.replace("model_config = {}", f"model_config = {config}")
    source = source.replace("ARGUMENT", argument)
    found = values({"settings.py": source}, given)["key"]
    assert (None if isinstance(found, Unknown) else found) == expected
