"""What libraries of tokens and password hashes are told, and what they do untold."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from secaudit.facts import Setting, Unknown

Concepts = Callable[..., dict[str, list[Setting]]]

JOSERFC = "import time\nfrom joserfc import jwt\nfrom joserfc.jwk import OctKey\n"
AUTHLIB = "import time\nfrom authlib.jose import JsonWebToken, OctKey, jwt\n"
PASSLIB = "from passlib.context import CryptContext\nfrom passlib.hash import bcrypt\n"
PWDLIB = (
    "from pwdlib import PasswordHash\nfrom pwdlib.hashers.argon2 import Argon2Hasher\n"
    "from pwdlib.hashers.bcrypt import BcryptHasher\n"
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            JOSERFC + "key = OctKey.import_key('text')\n"
            "jwt.encode({'alg': 'HS256'}, {'exp': time.time() + 60}, key)\n",
            {"token.algorithm": "HS256", "signing.secret": "text", "token.expires": True},
        ),
        (
            JOSERFC + "jwt.encode(header={'alg': 'none'}, claims={}, key=OctKey.import_key('k'))\n",
            {"token.algorithm": "none", "signing.secret": "k", "token.expires": False},
        ),
        (
            JOSERFC + "jwt.decode('a', 'key', algorithms=['HS256', 'none'])\n",
            {"token.algorithms": ["HS256", "none"], "signing.secret": "key"},
        ),
        (
            AUTHLIB + "jwt.encode({'alg': 'HS512'}, payload={'sub': 1}, key='k')\n",
            {"token.algorithm": "HS512", "signing.secret": "k", "token.expires": False},
        ),
        (
            AUTHLIB + "own = JsonWebToken(['HS256', 'RS256'])\n"
            "own.encode({'alg': 'HS256'}, {'exp': 5 + time.time()}, OctKey.import_key('k'))\n",
            {"token.algorithms": ["HS256", "RS256"], "signing.secret": "k", "token.expires": True},
        ),
        (AUTHLIB + "JsonWebToken(['HS256']).decode('a', 'b')\n", {"signing.secret": "b"}),
        (AUTHLIB + "jwt.decode('a', 'b')\n", {"signing.secret": "b"}),
    ],
)
def test_what_a_token_is_signed_and_checked_with(
    source: str, expected: dict[str, Any], by_concept: Concepts
) -> None:
    found = by_concept({"tokens.py": source})
    assert {concept: found[concept][0].value for concept in expected} == expected


@pytest.mark.parametrize("package", ["joserfc.jwk", "authlib.jose"])
def test_a_key_that_is_generated_is_new_in_each_process(
    package: str, evaluated: Callable[..., Any]
) -> None:
    library = package.partition(".")[0] + (".jose" if "authlib" in package else "")
    source = (
        f"from {library} import jwt\nfrom {package} import OctKey\n"
        "SECRET_KEY = OctKey.generate_key(256)\n"
        "def issue():\n    return jwt.encode({'alg': 'HS256'}, {'exp': 1}, SECRET_KEY)\n"
    )
    (seen,) = evaluated({"tokens.py": source}).facts.seen("secret-per-process")
    assert seen.subject == "SECRET_KEY"


@pytest.mark.parametrize(
    ("expiry", "seconds"),
    [
        ("int(time.time()) + TTL", 90),
        ("TTL + time.time()", 90),
        ("round(time.time() + TTL)", 90),
        ("datetime.now(timezone.utc) + timedelta(minutes=TTL)", 5_400),
        ("(datetime.utcnow() + timedelta(hours=TTL)).timestamp()", 324_000),
        ("int((datetime.now().astimezone() + timedelta(days=TTL)).timestamp())", 7_776_000),
        ("datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(seconds=TTL)", 90),
        ("time.time() + TTL + TTL", 180),
    ],
)
def test_the_code_says_in_which_unit_a_lifetime_is(
    expiry: str, seconds: int, by_concept: Concepts
) -> None:
    source = (
        "import time\nimport jwt\nfrom datetime import datetime, timedelta, timezone\n"
        "TTL = 90\n"
        f"def issue(key):\n    return jwt.encode({{'exp': {expiry}}}, key)\n"
    )
    (lifetime,) = by_concept({"tokens.py": source})["token.access_lifetime"]
    assert lifetime.value == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "expiry",
    [
        "time.time() + timedelta(minutes=1)",
        "datetime.now() + TTL",
        "datetime.now() - timedelta(1)",
        "time.time() * 2",
    ],
)
def test_a_sum_that_python_refuses_or_that_is_no_lifetime_says_nothing(
    expiry: str, by_concept: Concepts
) -> None:
    source = (
        "import time\nimport jwt\nfrom datetime import datetime, timedelta\nTTL = 90\n"
        f"def issue(key):\n    return jwt.encode({{'exp': {expiry}}}, key)\n"
    )
    assert "token.access_lifetime" not in by_concept({"tokens.py": source})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            PWDLIB + "PasswordHash((Argon2Hasher(), BcryptHasher(rounds=6)))\n",
            {"password.hashers": ("argon2", "bcrypt"), "password.bcrypt_rounds": 6},
        ),
        (PWDLIB + "PasswordHash([BcryptHasher()])\n", {"password.bcrypt_rounds": 12}),
        (
            PASSLIB + "CryptContext(schemes=['bcrypt'], bcrypt__rounds=4)\n",
            {"password.hashers": ["bcrypt"], "password.bcrypt_rounds": 4},
        ),
        (PASSLIB + "bcrypt.using(rounds=5)\n", {"password.bcrypt_rounds": 5}),
        ("import bcrypt\nbcrypt.gensalt(7)\n", {"password.bcrypt_rounds": 7}),
        ("import bcrypt\nbcrypt.gensalt()\n", {"password.bcrypt_rounds": 12}),
        ("BCRYPT_LOG_ROUNDS = 4\n", {"password.bcrypt_rounds": 4}),
    ],
)
def test_how_passwords_are_hashed(
    source: str, expected: dict[str, Any], by_concept: Concepts
) -> None:
    found = by_concept({"passwords.py": source})
    assert {concept: found[concept][0].value for concept in expected} == expected


def test_a_hasher_of_the_project_is_not_known(by_concept: Concepts) -> None:
    source = PWDLIB + "class Own:\n    pass\nPasswordHash([Own(), Argon2Hasher()])\n"
    assert isinstance(by_concept({"passwords.py": source})["password.hashers"][0].value, Unknown)


@pytest.mark.parametrize("expiry", ["time.time() + TTL", "datetime.now() + timedelta(minutes=TTL)"])
def test_a_lifetime_is_changed_where_its_number_stands(expiry: str, by_concept: Concepts) -> None:
    source = (
        "import time\nimport jwt\nfrom datetime import datetime, timedelta\nTTL = 900000\n"
        f"def issue(key):\n    return jwt.encode({{'exp': {expiry}}}, key)\n"
    )
    (lifetime,) = by_concept({"tokens.py": source})["token.access_lifetime"]
    assert lifetime.location.line == 4
    assert [one.line for one in lifetime.used] == [6]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ("set = {'cookies'}", [False]),
        ("list = ['headers', 'cookies']", [False]),
        ("set = {'headers'}", []),
        ("str", []),  # not known
    ],
)
def test_double_submit_matters_where_a_cookie_holds_tokens(
    by_concept: Concepts, places: str, expected: list[bool]
) -> None:
    source = (
        "from fastapi_jwt_auth import AuthJWT\nfrom pydantic import BaseSettings\n"
        f"class Settings(BaseSettings):\n    authjwt_token_location: {places}\n"
        "    authjwt_cookie_csrf_protect: bool = False\n"
        "@AuthJWT.load_config\ndef load():\n    return Settings()\n"
    )
    found = by_concept({"app.py": source}).get("csrf.enabled", [])
    assert [(one.value, one.location.line) for one in found] == [(each, 5) for each in expected]
