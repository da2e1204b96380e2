"""Libraries by what their calls mean: each argument at its concept, each default at its place."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from secaudit.facts import Setting, Unknown

Concepts = Callable[..., dict[str, list[Setting]]]
OS = "import os\n"
ENVIRONMENT = {
    "KEY": "w",
    "QUART_DEBUG": "true",
    "FLASK_WTF_CSRF_ENABLED": "0",
    "FLASK_SESSION_COOKIE_SECURE": "0",
}

CASES = {
    "Talisman without HSTS": (
        (
            "from flask import Flask\nfrom flask_talisman import Talisman\napp = Flask(__name__)\n"
            "Talisman(app, strict_transport_security=False)\n"
        ),
        {"header.hsts": [False], "tls.redirect": [True]},
    ),
    "Talisman as it comes": (
        (
            "from flask import Flask\nfrom flask_talisman import Talisman\napp = Flask(__name__)\n"
            "Talisman(app)\n"
        ),
        {"header.hsts": None, "tls.redirect": [True]},
    ),
    "Quart is configured like Flask": (
        (
            'from quart import Quart\napp = Quart(__name__)\napp.secret_key = "k"\n'
            "app.config.from_prefixed_env()\n"
        ),
        {"signing.secret": ["k"], "cookie.secure": [False], "debug.enabled": [True]},
    ),
    "flags that Flask reads as numbers": (
        "from flask import Flask\napp = Flask(__name__)\napp.config.from_prefixed_env()\n",
        {"csrf.enabled": [False], "cookie.secure": [False]},
    ),
    "Litestar": (
        (
            "from litestar import Litestar\nfrom litestar.config.cors import CORSConfig\n"
            "app = Litestar([], cors_config=CORSConfig(allow_credentials=True), debug=True)\n"
        ),
        {"cors.origins": [["*"]], "cors.credentials": [True], "debug.enabled": [True]},
    ),
    "Litestar's cookies": (
        (
            "from litestar.middleware.session.client_side import CookieBackendConfig\n"
            'config = CookieBackendConfig(secret=b"k", httponly=False)\n'
        ),
        {"cookie.secure": [False], "cookie.httponly": [False], "cookie.samesite": ["lax"]},
    ),
    "a client's base": (
        'import httpx\nclient = httpx.Client(base_url="http://ledger.acme.io", verify=False)\n',
        {"service.url": ["http://ledger.acme.io"], "tls.verify": [False]},
    ),
    "a strategy of FastAPI Users": (
        (
            "from fastapi_users.authentication import JWTStrategy\n"
            "def get():\n    return JWTStrategy(os.environ['KEY'], lifetime_seconds=60 * 60)\n"
        ),
        {"token.access_lifetime": [timedelta(hours=1)], "signing.secret": ["w"]},
    ),
    "a look at claims before they are verified": (
        (
            "import jwt\ndef claims(token, keys):\n"
            "    seen = jwt.decode(token, options={'verify_signature': False})\n"
            "    return jwt.decode(token, keys[seen['iss']], algorithms=['RS256'])\n"
        ),
        {"token.verify": None},
    ),
    "claims that nothing verifies": (
        (
            "import jwt\ndef claims(token):\n"
            "    return jwt.decode(token, options={'verify_signature': False})\n"
            "def other(token):\n    return jwt.decode(token, 'k', algorithms=['HS256'])\n"
        ),
        {"token.verify": [False]},
    ),
    "asyncpg": (
        (
            "import asyncpg\nasync def pool():\n"
            "    return await asyncpg.create_pool(host='db.acme.io', ssl=False)\n"
        ),
        {"tls.database": [False], "database.host": ["db.acme.io"]},
    ),
    "boto3": (
        'import boto3\nclient = boto3.client("s3", verify=False, endpoint_url="http://s3.acme.io")\n',
        {"service.url": ["http://s3.acme.io"], "tls.verify": [False]},
    ),
    "a URL in parts": (
        (
            "from sqlalchemy import URL, create_engine\n"
            'url = URL.create("postgresql+psycopg", "a b", os.environ["KEY"], host="db.acme.io",\n'
            '    database="x", query={"sslmode": "disable"})\nengine = create_engine(url)\n'
        ),
        {
            "database.url": ["postgresql+psycopg://a b@db.acme.io/x?sslmode=disable"],
            "database.password": ["w"],
        },
    ),
    "a URL whose host is not known": (
        (
            "from elsewhere import host\nfrom sqlalchemy import URL\n"
            'url = URL.create("postgresql", "a", "b", host=host())\n'
        ),
        {"database.url": None, "database.password": ["b"]},
    ),
}


@pytest.mark.parametrize(("source", "expected"), CASES.values(), ids=CASES)
def test_what_a_call_means(
    by_concept: Concepts, source: str, expected: dict[str, list[object] | None]
) -> None:
    found = by_concept({"app.py": OS + source}, ENVIRONMENT)
    for concept, values in expected.items():
        assert all(
            not isinstance(s.value, int) or type(s.value) is bool for s in found.get(concept, [])
        )
        known = [s.value for s in found.get(concept, []) if not isinstance(s.value, Unknown)]
        assert known == (values or []), concept
