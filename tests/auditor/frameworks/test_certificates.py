"""Certificates that are not verified, protocols, levels and hashes, however code asks for them."""

from collections.abc import Callable
from typing import Any

import pytest

from secaudit.facts import Setting

Concepts = Callable[..., dict[str, list[Setting]]]

UNVERIFIED = {
    "aiohttp get": (
        "import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as s:\n"
        "        async with s.get('https://p.io', ssl=False) as r:\n            return r\n"
    ),
    "aiohttp old": (
        "import aiohttp\nasync def f(s: aiohttp.ClientSession):\n"
        "    return await s.post('https://p.io', verify_ssl=False)\n"
    ),
    "urllib3": "import urllib3\npool = urllib3.PoolManager(cert_reqs='CERT_NONE')\n",
    "urllib3 constant": "import ssl, urllib3\np = urllib3.PoolManager(cert_reqs=ssl.CERT_NONE)\n",
    "redis": "import redis\nr = redis.from_url('rediss://r', ssl_cert_reqs=None)\n",
    "redis class": "import redis\nr = redis.Redis(host='r', ssl=True, ssl_cert_reqs='none')\n",
    "redis asyncio": (
        "import redis.asyncio as redis\nr = redis.Redis.from_url('rediss:', ssl_cert_reqs=None)\n"
    ),
    "urllib": "import ssl\nssl._create_default_https_context = ssl._create_unverified_context\n",
}


@pytest.mark.parametrize("source", UNVERIFIED.values(), ids=UNVERIFIED)
def test_clients_that_verify_nothing(by_concept: Concepts, source: str) -> None:
    found = by_concept({"client.py": source})["tls.verify"]
    assert [setting.value for setting in found] == [False]


@pytest.mark.parametrize(
    "source",
    [
        "import urllib3\npool = urllib3.PoolManager(cert_reqs='CERT_REQUIRED')\n",
        "import urllib3\npool = urllib3.PoolManager()\n",
        "import urllib3\npool = urllib3.PoolManager(cert_reqs=None)\n",
        "import redis\nr = redis.from_url('rediss://r', ssl_cert_reqs='required')\n",
        "import redis\nfrom x import y\nr = redis.from_url('rediss://r', ssl_cert_reqs=y)\n",
        "import ssl\nssl._create_default_https_context = ssl.create_default_context\n",
        "import aiohttp\nasync def f(s: aiohttp.ClientSession):\n    return await s.get('u')\n",
    ],
)
def test_clients_that_verify(by_concept: Concepts, source: str) -> None:
    found = by_concept({"client.py": source}).get("tls.verify", [])
    assert False not in [setting.value for setting in found]


def test_the_url_of_a_redis_client_is_still_seen(by_concept: Concepts) -> None:
    source = "import redis\nr = redis.from_url('redis://r.acme.io', ssl_cert_reqs=None)\n"
    (url,) = by_concept({"client.py": source})["database.url"]
    assert url.value == "redis://r.acme.io"


def test_the_protocol_of_uvicorn(by_concept: Concepts) -> None:
    source = "import ssl, uvicorn\nuvicorn.run('a:b', ssl_version=ssl.PROTOCOL_TLSv1)\n"
    (version,) = by_concept({"serve.py": source})["tls.minimum"]
    assert version.value == "PROTOCOL_TLSv1"


@pytest.mark.parametrize(
    ("level", "expected"),
    [("logging.DEBUG", "DEBUG"), ("'debug'", "DEBUG"), ("10", "DEBUG"), ("logging.INFO", "INFO")],
)
def test_the_level_of_logging(by_concept: Concepts, level: str, expected: str) -> None:
    source = f"import logging\nlogging.basicConfig(format='%(message)s', level={level})\n"
    (found,) = by_concept({"main.py": source})["debug.log_level"]
    assert (found.value, found.location.line) == (expected, 2)


def test_a_level_that_is_not_given_is_no_setting(by_concept: Concepts) -> None:
    assert "debug.log_level" not in by_concept({"m.py": "import logging\nlogging.basicConfig()\n"})


WEAK = {
    "hashlib.sha256(password.encode()).hexdigest()": "sha256",
    "hashlib.md5((salt + password).encode()).hexdigest()": "md5",
    "hashlib.sha512(user.password.encode())": "sha512",
    "generate_password_hash(password, method='pbkdf2:sha1')": "sha1",
    "generate_password_hash(password, 'sha256')": "sha256",
    "generate_password_hash(password, method='plain')": "plain",
}


def hashers(by_concept: Concepts, expression: str, head: str = "") -> list[Any]:
    source = (
        f"{head}import hashlib\nfrom werkzeug.security import generate_password_hash\n\n\n"
        f"def store(user, password, salt, password_hash, reset_password_token):\n"
        f"    return {expression}\n"
    )
    return [one.value for one in by_concept({"u.py": source}).get("password.hashers", [])]


@pytest.mark.parametrize("expression", WEAK)
def test_passwords_that_are_only_digested(by_concept: Concepts, expression: str) -> None:
    assert hashers(by_concept, expression) == [[WEAK[expression]]]


@pytest.mark.parametrize(
    "expression",
    [
        "hashlib.sha256(salt.encode())",
        "hashlib.sha256(password_hash.encode())",
        "hashlib.sha256(reset_password_token.encode())",
        "generate_password_hash(password)",
        "generate_password_hash(password, method='scrypt')",
        "generate_password_hash(password, method='pbkdf2:sha256:600000')",
    ],
)
def test_digests_of_something_else_and_strong_methods(
    by_concept: Concepts, expression: str
) -> None:
    assert hashers(by_concept, expression) == []


@pytest.mark.parametrize(
    "head", ["import bcrypt\n", "from argon2 import PasswordHasher\n", "URL = 'pwnedpasswords'\n"]
)
def test_a_digest_before_a_password_hash_or_for_a_list_of_leaks(
    by_concept: Concepts, head: str
) -> None:
    assert hashers(by_concept, "hashlib.sha1(password.encode()).hexdigest()", head) == []


def test_md5_is_no_digest_before_a_password_hash(by_concept: Concepts) -> None:
    expression = "hashlib.md5(password.encode()).hexdigest()"
    assert hashers(by_concept, expression, "import bcrypt\n") == [["md5"]]


PBKDF2 = {
    "hashlib.pbkdf2_hmac('sha256', password.encode(), salt, 1000)": [1000],
    "hashlib.pbkdf2_hmac('sha256', password.encode(), salt, iterations=2)": [2],
    "hashlib.pbkdf2_hmac('sha256', salt, salt, 1000)": [],  # some other key
    "pbkdf2_sha256.using(rounds=3).hash(password)": [3],
    "pbkdf2_sha256.hash(password)": [],
    "CryptContext(['pbkdf2_sha256'], pbkdf2_sha256__rounds=4)": [4],
}


@pytest.mark.parametrize("expression", PBKDF2)
def test_the_rounds_of_pbkdf2(by_concept: Concepts, expression: str) -> None:
    source = (
        "import hashlib\nfrom passlib.hash import pbkdf2_sha256\n"
        "from passlib.context import CryptContext\n\n\n"
        f"def store(password, salt):\n    return {expression}\n"
    )
    found = by_concept({"u.py": source}).get("password.pbkdf2_rounds", [])
    assert [one.value for one in found] == PBKDF2[expression]


def test_the_minimum_length_of_djangos_validator(by_concept: Concepts) -> None:
    validator = "django.contrib.auth.password_validation.MinimumLengthValidator"
    source = (
        "MIDDLEWARE = []\nROOT_URLCONF = 'urls'\nAUTH_PASSWORD_VALIDATORS = [\n"
        "    {'NAME': 'x.Other', 'OPTIONS': {'min_length': 3}},\n"
        f"    {{'NAME': '{validator}', 'OPTIONS': {{'min_length': 4}}}},\n]\n"
    )
    (found,) = by_concept({"settings.py": source})["password.min_length"]
    assert (found.value, found.location.line) == (4, 5)


@pytest.mark.parametrize(
    "call",
    [
        "requests.get('http://api.partner.io/v1', timeout=3)",
        "httpx.post('http://api.partner.io/v1')",
        "requests.request('GET', 'http://api.partner.io/v1')",
        "requests.Session().get('http://api.partner.io/v1')",
    ],
)
def test_an_address_of_plain_http_is_a_service(by_concept: Concepts, call: str) -> None:
    (url,) = by_concept({"c.py": f"import httpx, requests\n{call}\n"})["service.url"]
    assert url.value == "http://api.partner.io/v1"


def test_an_address_of_https_is_no_setting(by_concept: Concepts) -> None:
    assert by_concept({"c.py": "import httpx\nhttpx.get('https://api.partner.io')\n"}) == {}


PAGES = {
    "from strawberry.flask.views import GraphQLView": ("GraphQLView.as_view('g', schema=1)", True),
    "from strawberry.django.views import AsyncGraphQLView": (
        "AsyncGraphQLView.as_view(schema=1, graphql_ide=None)",
        False,
    ),
    "from flask_graphql import GraphQLView": (
        "GraphQLView.as_view('g', schema=1, graphiql=True)",
        True,
    ),
    "from graphene_django.views import GraphQLView": ("GraphQLView.as_view(graphiql=True)", True),
    "from graphene_django.views import GraphQLView as V": ("V.as_view(schema=1)", False),
    "from ariadne.asgi import GraphQL": ("GraphQL(1)", True),
    "from ariadne.wsgi import GraphQL": ("GraphQL(1, introspection=False)", False),
    "from ariadne.asgi import GraphQL as G": ("G(1, explorer=None)", False),
}


@pytest.mark.parametrize("line", PAGES)
def test_graphql_servers_with_an_interactive_page(by_concept: Concepts, line: str) -> None:
    call, served = PAGES[line]
    found = by_concept({"g.py": f"{line}\nview = {call}\n"}).get("graphql.ide", [])
    assert any(setting.value for setting in found) is served


def test_what_ariadne_is_told(by_concept: Concepts) -> None:
    source = "from ariadne.asgi import GraphQL\na = GraphQL(1, debug=True, introspection=True)\n"
    found = by_concept({"g.py": source})
    assert [one.value for one in found["debug.errors"]] == [True]
    assert [one.value for one in found["graphql.introspection"]] == [True]
