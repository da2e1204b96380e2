"""No secret reaches any output: planted at random, in every place and format, and searched for."""

import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from secaudit.options import FORMATS
from secaudit.redaction import hide, patterns, random_looking
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
        ("https://app.example.com/v1/openapi.json", None),
        ("/srv/app/releases/2026-11-24/settings_production.py", None),
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
