"""No secret reaches any output: planted at random, in every place and format, and searched for."""

# ruff: noqa: E501 - tables read best with one case a line

import string
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from secaudit.facts import Candidate, Facts, Observation, Setting, Unknown
from secaudit.location import Location
from secaudit.options import FORMATS
from secaudit.redaction import (
    Secrets,
    collect,
    hide,
    merged,
    patterns,
    random_looking,
    redacted,
    secret_name,
)
from secaudit.testing import Shell

# Every template puts the secret S where real projects have one, beside faults that get reported.
PLACES = {
    "env": {".env": "DEBUG=true\nSECRET_KEY={S}\n# old SECRET_KEY={S}\n"},
    "env url": {".env": "DATABASE_URL=postgresql://app:{S}@db.example.com/app?sslmode=disable\n"},
    "env broken": {".env": "SECRET_KEY='{S}\nDEBUG=true\nthis line holds {S}\n"},
    "env value": {".env": "DEBUG=true # {S}\nOTHER_TOKEN={S} and more\n"},
    "field": {
        "settings.py": (
            "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
            '    secret_key: str = "{S}"\n    debug: bool = True  # was {S}\n\n\n'
            "settings = Settings()\n"
        )
    },
    "django": {
        "manage.py": "",
        "app/settings.py": (
            'SECRET_KEY = "{S}"; DEBUG = True\nALLOWED_HOSTS = ["*"]\n'
            'DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql",\n'
            '    "PASSWORD": "{S}", "OPTIONS": {{"sslmode": "disable"}}}}}}\n'
            "INSTALLED_APPS = []\nSECURE_SSL_REDIRECT = False\n"
        ),
    },
    "call": {
        "main.py": (
            "from fastapi import FastAPI\n"
            "from starlette.middleware.sessions import SessionMiddleware\n"
            "from starlette.middleware.cors import CORSMiddleware\n\n"
            "app = FastAPI()\n"
            'app.add_middleware(SessionMiddleware, secret_key="{S}", https_only=False)\n'
            'app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)\n'
        )
    },
    "getenv": {
        "settings.py": (
            'import os\n\nSECRET_KEY = os.getenv("SECRET_KEY", "{S}")\n'
            'REDIS_URL = "redis://:{S}@cache.example.com:6379/0"\n'
            'DEBUG = os.getenv("DEBUG", "true") == "true"\n'
        )
    },
    "broken code": {"settings.py": 'SECRET_KEY = "{S}\nDEBUG = True\n'},
    "compose": {
        "compose.yaml": (
            "services:\n  db:\n    image: postgres:16\n    ports: ['5432:5432']\n"
            "    environment:\n      POSTGRES_PASSWORD: {S}\n      DEBUG: 'true'  # {S}\n"
        )
    },
    "dockerfile": {"Dockerfile": "FROM python:3.12\nENV SECRET_KEY={S} DEBUG=true\nUSER root\n"},
    "toml": {"config/app.toml": 'debug = true\nsecret_key = "{S}"  # {S}\n'},
    "yaml": {"config/app.yaml": "debug: true\nsecret_key: {S}\nlist:\n  - password: {S}\n"},
    "broken yaml": {"config/app.yaml": "secret_key: {S}\n\t- bad: [\n"},
    "json": {"config/app.json": '{{"debug": true, "secret_key": "{S}"}}\n'},
    "ini": {"config/app.ini": "[app]\ndebug = true\nsecret_key = {S}\n"},
    "comment": {".env": "# secaudit: ignore[DBG001] {S} is the reason\nDEBUG=true\nKEY={S}\n"},
}
ALPHABET = string.ascii_letters + string.digits
random_secrets = st.text(ALPHABET, min_size=24, max_size=40).filter(
    lambda text: random_looking(text) and not text.isalpha()
)


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=3, deadline=None, phases=[Phase.generate])
@given(secret=random_secrets)
def test_a_planted_secret_appears_in_no_output(place: str, secret: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        shell = Shell(Path(name))
        shell.write({"requirements.txt": ""})
        shell.write({path: text.format(S=secret) for path, text in PLACES[place].items()})
        words = ("--profile", "production", "--show-settings", "--pedantic", "-v")
        runs = [shell("config", ".", "-f", form, *words) for form in FORMATS]
        runs.append(shell("config", ".", "--diff", "--unsafe-fixes", *words))
        runs.append(shell("explain", "secret_key", "."))
        runs.append(shell("config", ".", "--env", f"SECRET_KEY={secret}", *words))
        runs.append(shell("config", ".", "--write-baseline", "baseline.json"))
        baseline = Path(name) / "baseline.json"
        output = "".join(run.stdout + run.stderr for run in runs)
        output += baseline.read_text() if baseline.exists() else ""
        assert secret not in output
        assert [run.stderr for run in runs if run.status not in {0, 1, 2}] == []


def test_the_planted_places_are_really_reported(shell: Shell) -> None:
    """A test that searches empty reports could not fail."""
    secret = "kJ8s7dHf63hsKJHD73hdksUYe73hsj2Q"
    shown = 0
    for number, files in enumerate(PLACES.values()):
        shell.write({f"{number}/requirements.txt": ""})
        shell.write({f"{number}/{path}": text.format(S=secret) for path, text in files.items()})
    run = shell("config", ".", "--profile", "production", "--show-settings")
    shown = run.stdout.count("<redacted: ")
    assert run.status in {1, 2}
    assert shown >= len(PLACES)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgresql://app:pa/ss@word@db/app", "postgresql://app:<redacted: 10 characters>@db/app"),
        ("redis://:hunter2@cache", "redis://:<redacted: 7 characters>@cache"),
        ("host=db password=hunter2 user=app", "host=db password=<redacted: 7 characters> user=app"),
        ("https://api/?token=abc&x=1", "https://api/?token=<redacted: 3 characters>&x=1"),
        ("AKIAIOSFODNN7EXAMPLE", "<redacted: 20 characters>"),
        ("d41d8cd98f00b204e9800998ecf8427e", "<redacted: 32 characters>"),
        ("the setting cors_allow_origins_in_production", None),
        ("app.middleware.TrustedHostMiddleware", None),
        ("django.contrib.auth.hashers.PBKDF2PasswordHasher", None),
        ("django.contrib.auth.hashers.MD5PasswordHasher", None),
        ("a.b.k8Js7dHf63hsKJHD73hd", "<redacted: 24 characters>"),
        ("https://app.example.com/v1/openapi.json", None),
        ("/srv/app/releases/2026-11-24/settings_production.py", None),
        ("postgresql://app:<redacted: 4 characters>@db/app", None),  # hidden before
        ("PASSWORD=<generated>", None),
        ("Password='two words' x", "Password=<redacted: 11 characters> x"),
        ("key deadbeefdeadbeefdeadbeefdeadbeef", "key <redacted: 32 characters>"),
        ("key deadbeefdeadbeefdeadbeefdeadbee", None),
        ("x9Lq2Zv7Kp4Wn8Rt", "<redacted: 16 characters>"),
        ("x9Lq2Zv7Kp4Wn8R", None),  # one character less
        ("x9Lq2Zv7Kp4W.settings", "<redacted: 21 characters>"),
        ("x9Lq2Zv7Kp4.settingsfile", None),  # eleven mixed characters
        ("aaaaa1bbbbb2ccccc3", "<redacted: 18 characters>"),  # a change within six
        ("aaaaaaaaaaa1bbbbbbbbb", None),
        ("aaaaaa1aaaaa.bbbbb", "<redacted: 18 characters>"),
        ("aBcDeFgHiJkLmNoPqRsT", "<redacted: 20 characters>"),
        ("A9b4.A9b4.A9b4.A9b4", "<redacted: 19 characters>"),
        ("A9b.A9b.A9b.A9b.A9b", None),  # parts too short to be drawn
    ],
)
def test_what_looks_secret_is_hidden_and_what_is_a_name_is_not(
    text: str, hidden: str | None
) -> None:
    assert hide(text, patterns(text)) == (hidden or text)


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_secret_that_equals_a_name_hides_no_name(shell: Shell, form: str) -> None:
    """The value is hidden where it stands; the setting, the variable and the path stay readable."""
    shell.write(
        {
            "settings.py": "import os\nADMIN_PASSWORD = os.environ['ADMIN_PASSWORD']\n",
            ".env": "ADMIN_PASSWORD=ADMIN_PASSWORD\nSECRET_KEY=app-s3cret\n",
        }
    )
    words = ("config", ".", "-f", form, "--profile", "production", "--show-settings")
    output = shell(*words).stdout
    assert "ADMIN_PASSWORD is a password that anybody would try first" in output
    assert "ADMIN_PASSWORD=ADMIN_PASSWORD" not in output
    assert '"value": "ADMIN_PASSWORD"' not in output
    assert "app-s3cret" not in output


def test_one_character_is_one() -> None:
    assert redacted("x") == "<redacted: 1 character>"


def test_short_words_are_not_drawn_at_random() -> None:
    assert not random_looking("x9Lq2Zv7Kp4Wn8R")


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(3, 5), (0, 2)], [(0, 2), (3, 5)]),
        ([(0, 2), (2, 5)], [(0, 5)]),
        ([(0, 9), (2, 5)], [(0, 9)]),
        ([(4, 4), (7, 6)], []),
    ],
)
def test_spans_are_joined(spans: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    assert merged(spans) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SECRET_KEY", True), ("password_hash", True), ("session_cookie_token", True),
        ("auth_cookie", False), ("TOKEN_URL", False), ("MAX_TOKENS", False),
        ("max_secret", False), ("token_cookie", True), ("DEBUG", False),
    ],
)  # fmt: skip
def test_names_of_secrets(name: str, expected: bool) -> None:  # noqa: FBT001 - of a table
    assert secret_name(name) is expected


def known(concept: str, value: Any, raw: str | None = None, name: str = "setting") -> Setting:  # noqa: ANN401 - the value of any setting
    place = Location("/project/settings.py", 3, 1, 4, 9)
    winner = Candidate("assignment", value, raw, place, literal=True)
    return Setting(
        name=name, concept=concept, group="", type="", value=value, candidates=(winner,),
        location=place, used=(), error=None, variables=("VARIABLE",), service="",
    )  # fmt: skip


def gathered(*settings: Setting) -> Secrets:
    return collect([Facts("test", "production", settings, ())])


STRONG = "kJ8s7dHf-3hs"


@pytest.mark.parametrize(
    ("setting", "text", "shown"),
    [
        (known("signing.secret", STRONG), f"a {STRONG} b", "a <redacted: 12 characters> b"),
        (known("signing.secret", STRONG), f"{STRONG}{STRONG}", "<redacted: 24 characters>"),
        (known("signing.secret", STRONG), STRONG[:-1], STRONG[:-1]),
        (known("signing.secret", STRONG.encode()), STRONG, "<redacted: 12 characters>"),
        (known("signing.secret", [("a", {STRONG})]), STRONG, "<redacted: 12 characters>"),
        (known("signing.secret", "short-1"), "short-1", "short-1"),
        (known("signing.secret", "short-12"), "short-12", "<redacted: 8 characters>"),
        (known("signing.secret", "password"), "the password", "the password"),
        (known("signing.secret", "Kennw\u00f6rter"), "Kennw\u00f6rter", "<redacted: 10 characters>"),
        (known("signing.secret", "12345678.9"), "12345678.9", "12345678.9"),
        (known("signing.secret", Unknown(STRONG)), STRONG, STRONG),
        (known("signing.secret", "x", raw=STRONG), STRONG, "<redacted: 12 characters>"),
        (known("debug.enabled", STRONG), STRONG, STRONG),
        (known("", STRONG), STRONG, STRONG),
        (known("", STRONG, name="api_token"), STRONG, "<redacted: 12 characters>"),
        (known("", {"token": STRONG}), STRONG, "<redacted: 12 characters>"),
        (known("", {"note": STRONG}), STRONG, STRONG),
        (known("", {"token": {"inner": STRONG}}), STRONG, "<redacted: 12 characters>"),
        (known("", f"redis://:{STRONG}@cache"), f"x {STRONG}", "x <redacted: 12 characters>"),
    ],
)  # fmt: skip
def test_a_known_secret_is_hidden_wherever_it_occurs(
    setting: Setting, text: str, shown: str
) -> None:
    assert gathered(setting).text(text) == shown


def test_two_secrets_with_one_beginning_are_both_known() -> None:
    secrets = gathered(known("signing.secret", STRONG), known("password", STRONG[:8] + "-other"))
    assert secrets.text(f"{STRONG} {STRONG[:8]}-other") == (
        "<redacted: 12 characters> <redacted: 14 characters>"
    )


def test_what_a_setting_shadows_or_is_computed_from_is_known_too() -> None:
    setting = known("signing.secret", "short")
    (winner,) = setting.candidates
    shadowed = winner._replace(value=f"{STRONG}-shadowed")
    setting = setting._replace(value=f"{STRONG}-computed", candidates=(winner, shadowed))
    for value in ("computed", "shadowed"):
        assert gathered(setting).text(f"{STRONG}-{value}") == "<redacted: 21 characters>"


@pytest.mark.parametrize(
    "more",
    [
        {"name": "name-of-12345"},
        {"variables": ("name-of-12345",)},
        {"location": Location("/srv/name-of-12345/app.py", 1, 1, 1, 2)},
    ],
)
def test_a_name_that_equals_a_secret_stays_readable(more: dict[str, Any]) -> None:
    secret = known("signing.secret", "name-of-12345")
    assert gathered(secret).text("name-of-12345") == "<redacted: 13 characters>"
    assert gathered(secret._replace(**more)).text("name-of-12345") == "name-of-12345"


def test_names_that_a_report_says_stay_readable() -> None:
    secret = known("signing.secret", "name-of-12345")
    place = Location("/srv/name-of-12345/.env", 1, 1, 1, 2)
    elsewhere = secret._replace(candidates=(secret.candidates[0]._replace(location=place),))
    seen = Observation("unread-key", place, "name-of-12345", {})
    for facts in (
        Facts("name-of-12345", "production", (secret,), ()),
        Facts("test", "production", (elsewhere,), ()),
        Facts("test", "production", (secret,), (seen,)),
    ):
        assert collect([facts]).text("name-of-12345") == "name-of-12345"


def test_where_secrets_stand_and_where_none_does() -> None:
    secret, plain = known("signing.secret", "weak"), known("debug.enabled", "true")
    assert sorted(line for _, line in gathered(secret).spans) == [3, 4]
    assert gathered(secret).plain == frozenset()
    assert gathered(plain).spans == {}
    assert gathered(plain).plain == {("/project/settings.py", 3)}
    assert gathered(plain).names == {"VARIABLE"}
    nowhere = known("signing.secret", "weak")
    nowhere = nowhere._replace(candidates=(nowhere.candidates[0]._replace(location=None),))
    assert gathered(nowhere, secret).spans == gathered(secret).spans


@pytest.mark.parametrize(
    ("concept", "value", "shown"),
    [
        ("signing.secret", "weak", "<redacted: 4 characters>"),
        ("signing.secret", "", ""),
        ("signing.secret", 12345, "<redacted: 5 characters>"),
        ("signing.secret", None, None),
        ("signing.secret", True, True),
        ("signing.secret", Unknown("given outside"), None),
        ("signing.secret", ["weak", b"\xff1"], ["<redacted: 4 characters>", "<redacted: 2 characters>"]),
        ("", {"password": "weak", "user": "app"}, {"password": "<redacted: 4 characters>", "user": "app"}),
        ("", {"password": {"inner": "weak"}}, {"password": {"inner": "<redacted: 4 characters>"}}),
        ("", {"b", "a"}, ["a", "b"]),
        ("", (1, 2.5), [1, 2.5]),
        ("", timedelta(minutes=15), 900),
        ("", timedelta(milliseconds=1500), 1.5),
        ("", 2**53 - 1, 2**53 - 1),
        ("", 2**53, str(2**53)),
        ("", float("nan"), "nan"),
        ("", "postgresql://app:weak@db/app", "postgresql://app:<redacted: 4 characters>@db/app"),
    ],
)  # fmt: skip
def test_values_are_shown_as_json_without_secrets(concept: str, value: Any, shown: Any) -> None:  # noqa: ANN401 - any JSON value
    found = gathered().value(known(concept, value))
    assert found == shown
    assert type(found) is type(shown)
