"""Generated Django and Flask configurations: the final namespace equals the real one."""

import contextlib
import importlib
import random
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

_BASE: Final = (
    "DEBUG = True",
    'DEBUG = os.getenv("DEBUG", "1") == "1"',
    'SECRET_KEY = os.environ.get("SECRET_KEY", "django-insecure-x")',
    'SECRET_KEY = "fixed"',
    'ALLOWED_HOSTS = os.getenv("HOSTS", "").split(",")',
    'ALLOWED_HOSTS = ["*"]',
    "SESSION_COOKIE_SECURE = not DEBUG",
    'DATABASES = {"default": {"ENGINE": "x", "PASSWORD": os.getenv("PW", "root")}}',
    'DATABASES = {"default": dj_database_url.config(default="postgres://u:p@h:5/n")}',
    'SIMPLE_JWT = {"ACCESS_TOKEN_LIFETIME": timedelta(days=7), "SIGNING_KEY": SECRET_KEY}',
    'REST_FRAMEWORK = {"PAGE_SIZE": 100}',
    "SECURE_HSTS_SECONDS = 60 * 60 * 24",
    'CORS_ALLOWED_ORIGINS = [f"https://{host}" for host in ("a", "b")]',
    'LOGGING = {"version": 1, "root": {"level": "DEBUG" if DEBUG else "INFO"}}',
)
_LEAF: Final = (
    "DEBUG = False",
    'ALLOWED_HOSTS += ["api.example"]',
    'ALLOWED_HOSTS.append("b.example")',
    'ALLOWED_HOSTS = [h for h in ALLOWED_HOSTS if h != "*"]',
    'DATABASES["default"]["HOST"] = "db"',
    'DATABASES["default"].update(PORT=5432)',
    'INSTALLED_APPS.insert(0, "debug")',
    'MIDDLEWARE = ["first", *MIDDLEWARE]',
    'MIDDLEWARE.remove("b")',
    'REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": ["t"]}',
    "if not DEBUG:\n    SECURE_SSL_REDIRECT = True\nelse:\n    SECURE_SSL_REDIRECT = False",
    'if os.getenv("HTTPS") == "on":\n    SESSION_COOKIE_SECURE = True',
    'SECRET_KEY = os.getenv("SECRET_KEY") or SECRET_KEY',
    "del DATABASES",
    'for name in ("a", "b"):\n    INSTALLED_APPS += [name]',
    (
        'match os.getenv("STAGE", "prod"):\n    case "prod" | "staging":\n        STAGE = "P"\n'
        '    case _:\n        STAGE = "D"'
    ),
)
_NAMES: Final = ("DEBUG", "SECRET_KEY", "HOSTS", "PW", "HTTPS", "STAGE", "DATABASE_URL")
_TEXTS: Final = ("", "1", "0", "on", "a,b", "prod", "dev", "secret", "postgres://x:y@z:1/w")


def flatten(name: str, value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - values of settings
    """Yield a setting entry by entry, as the auditor reports it."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from flatten(f"{name}.{key}", item)
    elif isinstance(value, str | int | float | bool | list | tuple | dict | timedelta):
        yield name, value


def test_the_final_namespace_of_django_modules(
    tmp_path: Path,
    cases: Callable[[int], Iterator[tuple[int, random.Random]]],
    process: Callable[[dict[str, str], Path], contextlib.AbstractContextManager[None]],
    evaluated: Callable[..., Any],
    compare: Callable[..., Any],
) -> None:
    """A leaf module that star-imports its base ends up with what Python computes."""
    known = unknown = 0
    folder = tmp_path.resolve()
    for seed, rng in cases(300):
        base = "import os\nfrom datetime import timedelta\nimport dj_database_url\n"
        base += 'INSTALLED_APPS = ["x"]\nMIDDLEWARE = ["a", "b"]\n'
        base += "\n".join(rng.sample(_BASE, rng.randint(2, 8))) + "\n"
        leaf = "import os\nfrom .base import *\n"
        leaf += "\n".join(rng.sample(_LEAF, rng.randint(1, 6))) + "\n"
        given = {name: rng.choice(_TEXTS) for name in rng.sample(_NAMES, rng.randint(0, 4))}
        files = {"conf/__init__.py": "", "conf/base.py": base, "conf/leaf.py": leaf}
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        with process(given, folder):
            real = _imported(folder)
        if real is None:
            continue
        result = evaluated(dict(reversed(files.items())), given, selected="conf.leaf")
        static: dict[str, Any] = {}
        for setting in result.facts.settings:  # a variable may be called like a setting
            static.setdefault(setting.name, setting.program_value)
        outcome = compare(f"seed {seed}\n{base}--- leaf\n{leaf}{given}", real, static)
        known, unknown = known + outcome.known, unknown + outcome.unknown
    sys.stdout.write(f"\ndjango: {known} known, {unknown} Unknown\n")
    assert known > unknown * 20


def _imported(folder: Path) -> dict[str, Any] | None:
    """Import the leaf for real; None when it does not start."""
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        module = importlib.import_module("conf.leaf")
    except Exception:  # noqa: BLE001 - a module that does not start is no case
        return None
    finally:
        sys.path.remove(str(folder))
        for name in ("conf", "conf.base", "conf.leaf"):
            sys.modules.pop(name, None)
    names = [name for name in vars(module) if name.isupper()]
    found = (pair for name in names for pair in flatten(name, getattr(module, name)))
    return {name: value for name, value in found if not name.endswith(_OPTIONS)}


_OPTIONS: Final = ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "DISABLE_SERVER_SIDE_CURSORS")


_FLASK: Final = (
    "app.config.from_object(Production)",
    "app.config.from_object(Development())",
    'app.config.from_mapping(SECRET_KEY="mapped", DEBUG=True)',
    "app.config.from_prefixed_env()",
    'app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024',
    'app.config.update(DEBUG=os.getenv("DEBUG") == "1", TESTING=False)',
    'app.config.update({"SESSION_COOKIE_SAMESITE": "Lax"})',
    'app.secret_key = os.getenv("SECRET_KEY", "late")',
    'app.config["COPY"] = app.config["SECRET_KEY"]',
    'app.config["OTHER"] = app.config.get("MISSING", "none")',
    'app.config.from_object("settings_module")',
    'app.config.from_pyfile("more.py")',
    'app.config.from_pyfile("more.cfg")',
    'app.config.from_pyfile("not_there.py", silent=True)',
    'app.config.from_envvar("CONFIG_FILE", silent=True)',
    'app.config |= {"FROM_OR": 1, "DEBUG": False}',
    'app.config.setdefault("SECRET_KEY", "set late")',
    'app.config.setdefault("FROM_DEFAULT", [1])',
    'app.config["PARTS"] = app.config["MAX_FORM_PARTS"]',
    'app.config["COOKIE"] = app.config.get("SESSION_COOKIE_HTTPONLY", "none")',
    'app.debug = os.getenv("DEBUG") == "1"',
)
_CLASSES: Final = """\
import os
from flask import Flask

class Base:
    SECRET_KEY = os.environ.get("SECRET_KEY") or "you-will-never-guess"
    DEBUG = False
    lower = "ignored"

class Development(Base):
    DEBUG = True

    @property
    def COMPUTED(self):
        return f"{self.SECRET_KEY}-x"

class Production(Base):
    SESSION_COOKIE_SECURE = True

app = Flask(__name__)
app.config.from_object(Base)
"""


def test_the_configuration_of_flask_applications(
    tmp_path: Path,
    cases: Callable[[int], Iterator[tuple[int, random.Random]]],
    process: Callable[[dict[str, str], Path], contextlib.AbstractContextManager[None]],
    evaluated: Callable[..., Any],
    compare: Callable[..., Any],
) -> None:
    """What the code puts into ``app.config`` is what Flask holds."""
    known = unknown = 0
    folder = tmp_path.resolve()
    files = {
        "settings_module.py": 'FROM_MODULE = "m"\nDEBUG = 1\n',
        "more.py": 'FROM_FILE = "f"\nSECRET_KEY = "file"\n',
        "more.cfg": "FROM_CFG = 1 + 1\nDEBUG = not True\nlower = 1\n",
    }
    for seed, rng in cases(150):
        source = _CLASSES + "\n".join(rng.sample(_FLASK, rng.randint(1, 6))) + "\n"
        given = {
            name: rng.choice(_TEXTS)
            for name in rng.sample(("DEBUG", "SECRET_KEY", "FLASK_DEBUG", "FLASK_A__B"), 2)
        }
        given |= {"CONFIG_FILE": "more.cfg"} if rng.random() < 0.5 else {}
        for name, text in {**files, "app.py": source}.items():
            (folder / name).write_text(text)
        with process(given, folder):
            real = _configured(folder, source)
        if real is None:
            continue
        used = {name: text for name, text in files.items() if name.removesuffix(".py") in source}
        result = evaluated({"app.py": source, **used}, given)
        static: dict[str, Any] = {}
        for setting in result.facts.settings:
            static.setdefault(setting.name, setting.program_value)
        relevant = {name: value for name, value in real.items() if name in _written(source, real)}
        outcome = compare(f"seed {seed}\n{source}{given}", relevant, static)
        known, unknown = known + outcome.known, unknown + outcome.unknown
    sys.stdout.write(f"\nflask: {known} known, {unknown} Unknown\n")
    assert known > unknown * 10


def _configured(folder: Path, source: str) -> dict[str, Any] | None:
    """Run the application module for real and return its configuration."""
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    namespace: dict[str, Any] = {"__name__": "app", "__file__": str(folder / "app.py")}
    try:
        exec(compile(source, str(folder / "app.py"), "exec"), namespace)  # noqa: S102 - our own source
    except Exception:  # noqa: BLE001 - a module that does not start is no case
        return None
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("settings_module", None)
    config = namespace["app"].config
    return dict(pair for name in config for pair in flatten(name, config[name]))


def _written(source: str, real: dict[str, Any]) -> set[str]:
    """Return the names that the code or the environment gives; the others are Flask's defaults."""
    texts = source + 'FROM_MODULE FROM_FILE FROM_CFG "A.B" A.B DEBUG'
    read = {"MAX_FORM_PARTS", "SESSION_COOKIE_HTTPONLY"}
    return {name for name in real if name in texts} - read
