# ruff: noqa: E501 - source in strings reads best line by line
"""Settings modules of Django: leaf modules, defaults, and what its CORS package makes of them."""

from collections.abc import Callable
from typing import Any

from secaudit.facts import Setting, Unknown

Concepts = Callable[..., dict[str, list[Setting]]]


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
    assert len(result.facts.seen("setting-inert")) == 1
    assert not [s for s in result.facts.settings if s.concept == "cors.allow_all"]


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


PAGES = "REST_FRAMEWORK = {{'DEFAULT_PAGINATION_CLASS': {!r}, 'PAGE_SIZE': 50}}\n"
NUMBERS = "rest_framework.pagination.PageNumberPagination"


def test_pages_of_rest_framework(by_concept: Concepts) -> None:
    start = "INSTALLED_APPS = ['rest_framework']\nMIDDLEWARE = []\n"

    def size(source: str) -> list[Any]:
        return [one.value for one in by_concept({"s.py": start + source}).get("limit.page", [])]

    assert size(PAGES.format(NUMBERS)) == [50]
    assert size(PAGES.format(None)) == [None]
    assert size("REST_FRAMEWORK = {'PAGE_SIZE': 50}\n") == [None]
    assert size(f"REST_FRAMEWORK = {{'DEFAULT_PAGINATION_CLASS': {NUMBERS!r}}}\n") == [None]
    assert isinstance(size(PAGES.format("core.pages.Pages"))[0], Unknown)
    assert size("") == size("REST_FRAMEWORK = {}\n") == []


def test_names_that_django_does_not_know(evaluated: Callable[..., Any]) -> None:
    source = (
        "INSTALLED_APPS = []\nMIDDLEWARE = []\nROOT_URLCONF = 'u'\n"
        "SECURE_SSL_REDIRCT = True\nSESSION_COOKIES_SECURE = True\nCSRF_COOKIE_HTTP_ONLY = True\n"
        "ALLOWED_HOST = 'a.io'\nALLOWED_HOSTS = [ALLOWED_HOST]\ndebug = False\n"
        "CORS_ALLOW_ORIGINS = []\nCSRF_COOKIE_NAME = 'c'\nCORS_ALLOWED_ORIGIN_REGEX = []\n"
    )
    found = evaluated({"settings.py": source}).facts.seen("key-unread")
    assert {one.subject: one.detail["nearest"] for one in found} == {
        "SECURE_SSL_REDIRCT": "SECURE_SSL_REDIRECT",
        "SESSION_COOKIES_SECURE": "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_HTTP_ONLY": "CSRF_COOKIE_HTTPONLY",
        "CORS_ALLOW_ORIGINS": "CORS_ALLOWED_ORIGINS",
        "CORS_ALLOWED_ORIGIN_REGEX": "CORS_ALLOWED_ORIGIN_REGEXES",
    }


def test_django_refuses_an_empty_key_and_simplejwt_does_not(by_concept: Concepts) -> None:
    start = "INSTALLED_APPS = []\nMIDDLEWARE = []\nROOT_URLCONF = 'u'\n"
    (absent,) = by_concept({"s.py": start})["signing.secret"]
    (empty,) = by_concept({"s.py": start + "SECRET_KEY = ''\n"})["signing.secret"]
    assert absent.error == empty.error == "Django refuses an empty SECRET_KEY"
    source = start + "SECRET_KEY = 'x'\nSIMPLE_JWT = {'SIGNING_KEY': ''}\n"
    assert [one.error for one in by_concept({"s.py": source})["signing.secret"]] == [None, None]


def test_tables_of_token_packages(by_concept: Concepts) -> None:
    start = "INSTALLED_APPS = []\nMIDDLEWARE = []\nROOT_URLCONF = 'u'\n"
    found = by_concept({"s.py": start + "REST_KNOX = {'TOKEN_TTL': None}\n"})
    assert [one.value for one in found["token.access_lifetime"]] == [None]
    weak = "'JWT_AUTH_HTTPONLY': False, 'JWT_AUTH_SECURE': False"
    found = by_concept({"s.py": f"{start}REST_AUTH = {{'JWT_AUTH_COOKIE': 'a', {weak}}}\n"})
    assert [found[one][0].value for one in ("cookie.httponly", "cookie.secure")] == [False, False]
    assert "cookie.secure" not in by_concept({"s.py": f"{start}REST_AUTH = {{{weak}}}\n"})
    simple = "SIMPLE_JWT = {'AUTH_COOKIE_SECURE': False}\n"
    assert "cookie.secure" not in by_concept({"s.py": start + simple})
