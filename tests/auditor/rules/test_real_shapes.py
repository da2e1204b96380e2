"""Shapes of real projects that an outside tester found misjudged; each stays as it is now."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from secaudit.options import Options
from secaudit.pipeline import audit

Found = Callable[[Mapping[str, str]], list[str]]


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """Return a function that writes a project and says what its audit reports."""

    def run(files: Mapping[str, str]) -> list[str]:
        for name, text in {"requirements.txt": "", **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
        report = audit([str(tmp_path)], Options())
        assert not report.problems
        return [
            f"{Path(one.location.path).relative_to(tmp_path)}:{one.location.line}"
            f" {one.code} {one.severity} {one.profile}"
            for one in report.findings
        ]

    return run


SETTINGS = (
    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
    "class Settings(BaseSettings):\n"
    '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n'
)


def codes(lines: list[str], code: str) -> list[str]:
    """Return the reported lines with this code."""
    return [line for line in lines if f" {code} " in line]


def test_one_written_value_is_one_finding_whatever_it_reaches(found: Found) -> None:
    lines = found(
        {
            "auth.py": (
                'import jwt\n\nSECRET_KEY = "changeme"\nISSUER_KEY = SECRET_KEY\n\n\n'
                "def issue(user, until):\n"
                '    return jwt.encode({"sub": user, "exp": until}, SECRET_KEY)\n\n\n'
                "def read(token):\n"
                '    return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])\n'
            )
        }
    )
    assert codes(lines, "SEC001") == ["auth.py:3 SEC001 high unknown"]


def test_a_test_file_that_is_loaded_under_a_condition_makes_no_test_deployment(
    found: Found,
) -> None:
    lines = found(
        {
            "config.py": (
                "import os\n\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n"
                'env_file = ".env"\n'
                'if os.getenv("SHOP_ENV") == "testing":\n    env_file = ".env.testing"\n\n\n'
                "class Settings(BaseSettings):\n"
                "    model_config = SettingsConfigDict(env_file=env_file)\n"
                '    secret_key: str = "changeme"\n\n\nsettings = Settings()\n'
            ),
            ".env.testing": "SHOP_ENV=testing\n",
        }
    )
    assert codes(lines, "SEC001") == ["config.py:12 SEC001 high unknown"]


def test_a_shadowed_selector_contradicts_nothing(found: Found) -> None:
    lines = found(
        {
            "settings.py": (
                "from dotenv import load_dotenv\n\n"
                'load_dotenv(".env.production")\nload_dotenv(".env")\n'
            ),
            ".env": "APP_ENV=development\n",
            ".env.production": "APP_ENV=production\n",
        }
    )
    assert not codes(lines, "GUARD004")


def test_a_selector_behind_an_enumeration_fails_open_too(found: Found) -> None:
    lines = found(
        {
            "settings.py": (
                "import os\nfrom enum import Enum\n\n\n"
                "class Environment(str, Enum):\n"
                '    development = "development"\n    production = "production"\n\n\n'
                'ENV = Environment(os.getenv("SHOP_ENV", "development"))\n'
                "if ENV == Environment.production:\n    print('live')\n"
            )
        }
    )
    assert codes(lines, "GUARD001") == ["settings.py:10 GUARD001 medium unknown"]


@pytest.mark.parametrize(
    ("variable", "severity"), [("FLASK_ENV", "medium"), ('FLASK_ENV", "production', "low")]
)
def test_a_development_class_for_unknown_names_fails_open(
    found: Found, variable: str, severity: str
) -> None:
    lines = found(
        {
            "config.py": (
                'class DevelopmentConfig:\n    SECRET_KEY = "dev"\n\n\n'
                'class ProductionConfig:\n    SECRET_KEY = "vT5sWq8xZr2mKc7nLb4hJy9p"\n\n\n'
                'classes = {"production": ProductionConfig}\n'
            ),
            "app.py": (
                "import os\n\nfrom flask import Flask\n\n"
                "from config import DevelopmentConfig, classes\n\n"
                f'app = Flask(__name__)\nname = os.getenv("{variable}")\n'
                "app.config.from_object(classes.get(name, DevelopmentConfig))\n"
            ),
        }
    )
    reported = {line.rpartition(" ")[0] for line in codes(lines, "GUARD001")}
    assert f"app.py:9 GUARD001 {severity}" in reported


def test_a_list_that_grows_is_reported_where_it_grows(found: Found) -> None:
    lines = found(
        {
            "base.py": 'ALLOWED_HOSTS = ["shop.example"]\n',
            "production.py": 'from base import *\n\nALLOWED_HOSTS += ["*"]\nINSTALLED_APPS = []\n',
        }
    )
    assert codes(lines, "HOST001") == ["production.py:3 HOST001 medium production"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config/production.yaml", "database:\n  host: db.acme.io\n  sslmode: disable\n"),
        (".env.production", "DB_HOST=db.acme.io\nDB_SSLMODE=disable\n"),
    ],
)
def test_tls_is_judged_with_the_host_of_the_same_table(found: Found, name: str, text: str) -> None:
    assert codes(found({name: text}), "TLS004")
    assert not codes(found({name: text.replace("db.acme.io", "localhost")}), "TLS004")


def test_tables_of_one_file_keep_their_settings_apart(found: Found) -> None:
    text = (
        "public: {cors: {origins: ['*'], allow_credentials: false}}\n"
        "panel: {cors: {origins: ['https://a.acme.io'], allow_credentials: true}}\n"
    )
    assert not codes(found({"config/production.yaml": text}), "CORS001")


def test_a_duration_in_iso_8601_is_a_lifetime(found: Found) -> None:
    lines = found(
        {
            "settings.py": "from datetime import timedelta\n\n"
            + SETTINGS
            + "    token_lifetime: timedelta\n\n\nsettings = Settings()\n",
            ".env": "TOKEN_LIFETIME=P2D\n",
        }
    )
    assert codes(lines, "AUTH001") == [".env:1 AUTH001 low unknown"]


def test_a_secret_inside_a_printed_f_string_is_logged(found: Found) -> None:
    text = 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\nprint(f"key {SECRET_KEY}")\n'
    lines = found({"settings.py": text, ".env": "SECRET_KEY=vT5sWq8xZr2mKc7nLb4hJy9pQd3f\n"})
    assert codes(lines, "SEC015") == ["settings.py:4 SEC015 low unknown"]


def test_a_limiter_that_its_variable_switches_off_is_none(found: Found) -> None:
    lines = found(
        {
            "main.py": (
                "import os\n\nfrom slowapi import Limiter\n\n"
                'limiter = Limiter(key_func=str, enabled=os.getenv("LIMITS", "1") == "1")\n'
            ),
            ".env": "LIMITS=0\nAPP_ENV=production\n",
        }
    )
    assert [line for line in lines if "LIMIT002" in line or "LIMIT001" in line]


@pytest.mark.parametrize(
    ("argument", "reported"), [("", 1), (", graphql_ide=None", 0), (", graphiql=False", 0)]
)
def test_strawberry_serves_its_page_unless_told_otherwise(
    found: Found, argument: str, reported: int
) -> None:
    text = (
        f"from strawberry.fastapi import GraphQLRouter\n\nrouter = GraphQLRouter(None{argument})\n"
    )
    assert len(codes(found({"main.py": text}), "DBG007")) == reported


def test_tokens_accepted_after_their_expiry_never_expire(found: Found) -> None:
    text = (
        "import jwt\n\n\ndef read(token, key):\n"
        '    return jwt.decode(token, key, algorithms=["HS256"], options={"verify_exp": False})\n'
    )
    assert codes(found({"auth.py": text}), "AUTH003") == ["auth.py:5 AUTH003 medium unknown"]


def test_a_private_key_may_be_in_an_env_file_that_git_does_not_track(found: Found) -> None:
    key = '"-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----"\n'
    lines = found({".env.production": f"JWT_PRIVATE_KEY={key}"})
    assert codes(lines, "SEC010") == [".env.production:1 SEC010 info production"]


def test_the_first_credentials_of_an_object_store_are_default_ones(found: Found) -> None:
    lines = found({".env.production": "S3_SECRET_KEY=minioadmin\n"})
    assert codes(lines, "CRED001") == [".env.production:1 CRED001 medium production"]


def test_decouple_keeps_a_comment_and_export(found: Found) -> None:
    lines = found(
        {
            "settings.py": (
                "from decouple import config\n\n"
                'SECRET_KEY = config("SECRET_KEY")\n'
                'DEBUG = config("DEBUG", cast=bool, default=False)\n'
                'TITLE = config("TITLE")\n'
            ),
            ".env": (
                'SECRET_KEY="vT5sWq8xZr2mKc7nLb4hJy9p" # rotate\n'
                "export DEBUG=False\nTITLE='a # b'\n"
            ),
        }
    )
    reported = [line.rpartition(" ")[0] for line in codes(lines, "DIALECT002")]
    assert reported == [".env:1 DIALECT002 low", ".env:2 DIALECT002 low"]


def test_a_script_that_starts_the_application_is_read(found: Found) -> None:
    lines = found(
        {
            "shop/__init__.py": (
                "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n"
            ),
            "wsgi.py": "from shop import create_app\n\napp = create_app()\napp.run(debug=True)\n",
        }
    )
    assert any(line.startswith("wsgi.py:4 DBG") for line in lines)


def test_workers_of_gunicorn_count_for_a_limiter_in_memory(found: Found) -> None:
    lines = found(
        {
            "app.py": (
                "from flask import Flask\nfrom flask_limiter import Limiter\n\n"
                "app = Flask(__name__)\nlimiter = Limiter(str, app=app)\n"
            ),
            "gunicorn.conf.py": "workers = 8\n",
        }
    )
    assert codes(lines, "LIMIT003")


@pytest.mark.parametrize(
    ("origins", "reported"),
    [
        (r'r".*\.acme\.io"', 1),
        ('["https://*.acme.io"]', 1),
        (r'[r"https://[a-z0-9-]+\.acme\.io$"]', 0),
        ('["https://app.acme.io"]', 0),
    ],
)
def test_origins_of_flask_cors_may_be_patterns(found: Found, origins: str, reported: int) -> None:
    text = (
        "from flask import Flask\nfrom flask_cors import CORS\n\n"
        f"CORS(Flask(__name__), origins={origins}, supports_credentials=True)\n"
    )
    assert len(codes(found({"app.py": text}), "CORS005")) == reported


@pytest.mark.parametrize(("protocol", "reported"), [("TLSv1", 1), ("TLS_CLIENT", 0)])
def test_a_context_of_one_old_protocol_is_an_old_protocol(
    found: Found, protocol: str, reported: int
) -> None:
    text = f"import ssl\n\ncontext = ssl.SSLContext(ssl.PROTOCOL_{protocol})\n"
    lines = found({"client.py": text})
    assert len([line for line in lines if line.startswith("client.py:3 TLS")]) == reported


def test_a_flag_drawn_from_a_list_is_not_written_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(
        "INSTALLED_APPS = []\n"
        'MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]\n',
        encoding="utf-8",
    )
    report = audit([str(tmp_path)], Options())
    about = [one for one in report.findings if one.code == "COOKIE004"]
    assert [one.fix for one in about] == [None]


@pytest.mark.parametrize(
    "files",
    [
        {"settings.py": "INSTALLED_APPS = True\nMIDDLEWARE = 4\n"},
        {"config/a.toml": f"debug = {'9' * 5000}\n"},
        {
            "settings.py": (
                "from pydantic import BaseModel\n"
                "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                "class Inner(BaseModel):\n    ttl: int = 1\n\n\n"
                "class Settings(BaseSettings):\n"
                "    model_config = SettingsConfigDict(\n"
                '        env_file=".env", env_nested_delimiter="__"\n    )\n'
                "    inner: Inner\n\n\nsettings = Settings()\n"
            ),
            ".env": "INNER={}\nINNER__TTL=[\n",
        },
    ],
)
def test_odd_values_stop_no_audit(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert audit([str(tmp_path)], Options()).files


@pytest.mark.parametrize(
    "code",
    [
        'SECRET_KEY = os.getenv("SECRET_KEY", DEFAULT_SECRET)\n',
        (
            'SECRET_KEY = os.environ["SECRET_KEY"]\n'
            'if SECRET_KEY in ("", DEFAULT_SECRET):\n    raise SystemExit("set SECRET_KEY")\n'
        ),
    ],
)
def test_a_text_that_serves_a_secret_is_judged_where_it_takes_effect(
    found: Found, code: str
) -> None:
    files = {
        "settings.py": (
            "import os\n\nfrom dotenv import load_dotenv\n\nload_dotenv()\n"
            f'DEFAULT_SECRET = "changeme"\n{code}'
        ),
        ".env": "SECRET_KEY=vT5sWq8xZr2mKc7nLb4hJy9pQd3f\n",
    }
    assert not codes(found(files), "SEC001")


def test_a_default_that_takes_effect_is_reported_where_it_is_written(found: Found) -> None:
    text = (
        'import os\n\nDEFAULT_SECRET = "changeme"\n'
        'SECRET_KEY = os.getenv("SECRET_KEY", DEFAULT_SECRET)\n'
    )
    assert codes(found({"settings.py": text}), "SEC001") == ["settings.py:3 SEC001 high unknown"]


@pytest.mark.parametrize("use", ["", "print(JWT_SECRET == token)\nsign(token, JWT_SECRET)\n"])
def test_a_secret_that_code_uses_otherwise_is_one(found: Found, use: str) -> None:
    text = f'JWT_SECRET = "changeme"\n{use}'
    assert codes(found({"settings.py": text}), "SEC001") == ["settings.py:1 SEC001 high unknown"]


def test_a_django_setting_with_a_slip_in_its_name_has_no_effect(found: Found) -> None:
    text = "INSTALLED_APPS = []\nCSRF_COOKIE_HTTP_ONLY = True\nSESSION_COOKIE_HTTPONLY = True\n"
    lines = found({"production.py": text})
    assert codes(lines, "DRIFT001") == ["production.py:2 DRIFT001 medium production"]


def test_a_permission_that_is_left_out_is_reported_where_it_belongs(found: Found) -> None:
    text = (
        'INSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {"PAGE_SIZE": 20}\nDEBUG = False\n'
    )
    lines = found({"production.py": text})
    assert codes(lines, "AUTH011") == ["production.py:2 AUTH011 low production"]


def test_a_password_that_compose_weaves_into_a_dsn_is_judged_where_it_stands(found: Found) -> None:
    files = {
        "compose.yaml": (
            "services:\n  web:\n    image: acme/web\n    environment:\n"
            "      REDIS_URL: redis://:${REDIS_PASSWORD:?not set}@redis:6379/0\n"
        ),
        ".env": "REDIS_PASSWORD=redis\n",
    }
    assert codes(found(files), "CRED001") == [".env:1 CRED001 medium unknown"]
    files["compose.yaml"] = files["compose.yaml"].replace("REDIS_PASSWORD", "RP")
    files[".env"] = "RP=redis\n"  # a name that says nothing
    assert codes(found(files), "CRED001") == ["compose.yaml:5 CRED001 medium unknown"]


def test_a_dsn_of_an_env_files_own_password_is_one_finding(found: Found) -> None:
    files = {
        ".env": "DB_PASSWORD=postgres\nDATABASE_URL=postgresql://app:${DB_PASSWORD}@db/app\n",
    }
    assert codes(found(files), "CRED001") == [".env:1 CRED001 medium unknown"]


def test_a_dsn_that_a_class_body_puts_together_is_judged_at_its_password(found: Found) -> None:
    files = {
        "config.py": (
            "from pydantic_settings import BaseSettings\nfrom starlette.config import Config\n"
            "config = Config()\n\n\nclass Postgres(BaseSettings):\n"
            "    POSTGRES_PASSWORD: str = config('POSTGRES_PASSWORD', default='postgres')\n"
            "    POSTGRES_URI: str = f'app:{POSTGRES_PASSWORD}@db/app'\n\n\n"
            "settings = Postgres()\n"
        ),
        "database.py": (
            "from sqlalchemy import create_engine\nfrom config import settings\n"
            "DATABASE_URL = f'postgresql://{settings.POSTGRES_URI}'\n"
            "engine = create_engine(DATABASE_URL)\n"
        ),
    }
    assert codes(found(files), "CRED001") == ["config.py:7 CRED001 medium unknown"]
