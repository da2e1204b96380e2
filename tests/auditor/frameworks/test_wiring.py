# ruff: noqa: E501 - source in strings reads best line by line
"""Where a setting is used: middleware, dependencies, tokens, cookies and servers."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from secaudit.facts import Setting, Unknown

Concepts = Callable[..., dict[str, list[Setting]]]

SETTINGS = "from pydantic_settings import BaseSettings, SettingsConfigDict\n"


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


def test_gunicorn_names_are_settings(by_concept: Concepts) -> None:
    source = 'bind = "0.0.0.0:8000"\nworkers = 4\nreload = True\nforwarded_allow_ips = "*"\n'
    found = by_concept({"gunicorn.conf.py": source})
    assert found["server.workers"][0].value == 4
    assert found["debug.reload"][0].value is True
    assert found["proxy.trusted"][0].value == "*"


def test_the_cap_of_a_part_of_a_form(by_concept: Concepts) -> None:
    source = "async def f(request):\n    return await request.form(max_part_size=10**9)\n"
    assert [one.value for one in by_concept({"app.py": source})["limit.body"]] == [10**9]
    assert "limit.body" not in by_concept({"app.py": source.replace("max_part_size", "max_files")})


def test_a_class_of_the_project_is_no_middleware_of_a_library(by_concept: Concepts) -> None:
    start = "from starlette.applications import Starlette\napp = Starlette()\n"
    csrf = "from starlette_csrf import CSRFMiddleware\n"
    add = "app.add_middleware(CSRFMiddleware, secret='x')\n"
    found = by_concept({"app.py": f"{start}{csrf}{add}"})
    assert [one.value for one in found["cookie.secure"]] == [False]
    assert found["signing.secret"][0].value == "x"
    base = "from starlette.middleware.base import BaseHTTPMiddleware\n"
    own = f"{base}class CSRFMiddleware(BaseHTTPMiddleware): ...\n"
    assert "cookie.secure" not in by_concept({"app.py": f"{start}{own}{add}"})
    derived = "class Csrf(CSRFMiddleware): ...\n"
    extended = add.replace("CSRFMiddleware", "Csrf")
    assert "cookie.secure" in by_concept({"app.py": f"{start}{csrf}{derived}{extended}"})
