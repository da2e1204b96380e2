"""What the rules take a text for."""

# ruff: noqa: E501 - tables read best with one case a line

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secaudit.judgement.hosts import is_internal, is_loopback, is_reserved, url_of
from secaudit.judgement.lifetimes import seconds_of, words
from secaudit.judgement.origins import is_local, is_plain_http, looseness_of, matches_any
from secaudit.judgement.provider_tokens import provider_of
from secaudit.judgement.secrets import (
    is_empty,
    is_guessable,
    is_placeholder,
    is_private_key,
    is_published,
    is_real,
    is_usable,
    text_of,
)
from secaudit.judgement.stores import is_store
from secaudit.provider_tokens import SHAPES, shapes_in

PLACEHOLDERS = [
    "!UNUSABLE", "test123", "Admin1", "dev2024", "changeme", "change-me", "change_this", "CHANGE-ME-IN-PRODUCTION", "fixme", "replace-with-yours",
    "your-secret-key", "your_jwt_secret_here", "<your key>", "<secret>", "[your key]", "secret",
    "supersecret", "super secret", "t0p-s3cr3t", "you-will-never-guess", "dev", "devtoken", "test",
    "dummy", "fake", "foo", "default", "insecure", "unset", "__UNSET__", "placeholder", "not-real",
    "this-is-not-real-0123", "***", "*** REPLACE ***", "!!!SET ME!!!", "---", "AAAAAAAAAAAAAAAA",
    "xxxxxxxx", "admin", "adminpass", "password", "postgres", "root", "guest", "minioadmin",
    "123456", "1234567890", "abcdefghijklmnopqrstuvwxyz", "os.getenv('SECRET_KEY')", "${SECRET_KEY}",
    "change-me-to-a-random-secret-string-at-least-32-chars",
    "my-very-long-secret-key-for-this-application", "dev-secret-key-32-bytes-long!!!!",
    "your-256-bit-secret", "secret-key-goes-here", "jwt_secret_key", "supersecretkey123",
    "jwtsecret", "authsecret", "local-dev-key", "test-key-for-unit-tests-only", "sk-...",
    "django-insecure-change-me", "dont-use-this-in-production", "please-use-a-random-string",
    "super-secure-jwt-signature-2024", "insert-your-key-here", "SetYourKeyHere",
]  # fmt: skip
REAL = [
    "Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i", "5c1f0e0a94be7cd2157d928267a8b6574c94e8100a7e1f5dbb7df74c9",
    "9f!kq2@xz7v$w4mn8^b3c6t0pd5rj1hs", "q3ZkT8wLr5Xn0cVb", "w7Rk2vQx9LpT", "k9Xw2LqZ7v",
    "xJ3kV9qLmN0bR7tYwE2sZ5uHcA8fGdP1oI6", "correct horse battery staple", "Tr0ub4dor&3-xkcd-936",
    "sk_test_4eC39HqLyjWDarjtT1zdp7dc", "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "hNfL2x/9kQ+J7sWvYzP0bTgRmC4dEaU8oI1uXl3w5K6=",
    "example.authentication.services.user_secret_key",  # a function that gives it
]  # fmt: skip


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_placeholder(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", REAL)
def test_no_placeholder(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize("text", ["/run/secrets/auth", "/etc/keys/secret.pem"])
def test_the_path_of_a_secret_is_none(text: str) -> None:
    assert not is_placeholder(text)
    assert not is_usable(text)
    assert is_placeholder("/secret")


def test_a_dotted_name_is_no_secret_either() -> None:
    assert not is_usable("example.authentication.services.user_secret_key")
    assert is_usable("k9.Xw2L.qZ7v")


@pytest.mark.parametrize(
    "text",
    [
        *("@vault:auth/secret", "vault:secret/data/app#key", "op://vault/item", "ssm:/app/key"),
        *("ref+awssecrets://app/key", "projects/acme/secrets/key/versions/1"),
        "arn:aws:secretsmanager:eu-west-1:1:secret:app",
    ],
)
def test_a_reference_to_a_secret_manager_is_neither_secret_nor_placeholder(text: str) -> None:
    assert not is_placeholder(text)
    assert not is_usable(text)


def test_empty_is_no_placeholder() -> None:
    assert not is_placeholder("  ")


@pytest.mark.parametrize("text", ["", "  ", "None", "null", "undefined"])
def test_empty(text: str) -> None:
    assert is_empty(text)


def test_zero_is_not_empty() -> None:
    assert not is_empty("0")


@pytest.mark.parametrize(
    "text",
    [
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        " 09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7 ",
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
        "c292a0a3aa32397cdb050e233733900f",
        "a-string-secret-at-least-256-bits-long",
        "django-insecure-8&l#0ws%2c0d@z!v6k5r1q^e9x7y3t4u",
        "1x0000000000000000000000000000000AA",  # captchas that let everybody or nobody pass
        "2x0000000000000000000000000000000AA",
        "3x0000000000000000000000000000000AA",
        "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe",
    ],
)
def test_published(text: str) -> None:
    assert is_published(text)


@pytest.mark.parametrize("text", REAL)
def test_not_published(text: str) -> None:
    assert not is_published(text)


@pytest.mark.parametrize(
    ("password", "user", "expected"),
    [
        ("postgres", "", True), ("admin123", "", True), ("Password1!", "", True),
        ("123456", "", True), ("app", "app", True), ("orders", "orders", True), ("abc", "", True),
        ("orders", "billing", False), ("q3ZkT8wLr5Xn0cVb", "app", False), ("123456789", "", True),
        ("48151623429", "", False), ("kx7q", "", False), ("kx7", "", True),
        ("acme123", "acme", True), ("acme123", "", False),
    ],
)  # fmt: skip
def test_guessable(password: str, user: str, expected: bool) -> None:  # noqa: FBT001 - of a table
    assert is_guessable(password, user) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i", True),
        ("change-me-to-something-else-1A", False),
        ("Vd9xTqf2mWJ7hZsK4rLc", True),
        ("Vd9xTqf2mWJ7hZsK4rL", False),
        ("short1A", False),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaB1", False),
        ("https://Vd9xTqf2mWJ7hZsK4rLc0uYbN", False),
        ("onlylowercaselettersinhere", False),
    ],
)
def test_real(text: str, expected: bool) -> None:  # noqa: FBT001 - of a table
    assert is_real(text) is expected


def test_private_key() -> None:
    assert is_private_key("-----BEGIN EC PRIVATE KEY-----\nMHcC\n")
    assert not is_private_key("-----BEGIN PUBLIC KEY-----\nMHcC\n")


def test_text_of() -> None:
    assert text_of(b"key") == "key"
    assert text_of(12) is None


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("AKIAQ3EGRIZ7XH2MFT5K", "AWS"),
        ("AKIAIOSFODNN7EXAMPLE", ""),
        ("ghp_aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA3", "GitHub"),
        ("ghp_" + "x" * 36, ""),
        ("glpat-a8Df3kLq9ZxW2mNb7VcR", "GitLab"),
        ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "Stripe"),
        ("sk_test_4eC39HqLyjWDarjtT1zdp7dc", ""),
        ("sk-ant-api03-q9Zx7LmN2bVcR4tYwE8sKd", "Anthropic"),
        ("sk-proj-q9Zx7LmN2bVcR4tYwE8sKdHfJg3PaQ5u", "OpenAI"),
        ("xoxb-2837465910-a9Kd8Lq3Zx7VmN2b", "Slack"),
        ("1x00000000000000000000AA", ""),
        ("hello world", ""),
    ],
)
def test_provider(text: str, provider: str) -> None:
    assert provider_of(text) == provider


@given(st.data())
def test_every_token_holds_a_mark_of_its_shape(data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from(SHAPES))
    pattern = data.draw(st.sampled_from([one for one in (shape.likely, shape.certain) if one]))
    token = data.draw(st.from_regex(pattern.pattern, fullmatch=True))
    assert shape in shapes_in(token)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("postgresql+asyncpg://app:pw@db.acme.io:5432/x?ssl=false", ("postgresql", "app", "pw", "db.acme.io")),
        ("redis://:pw@cache:6379/0", ("redis", "", "pw", "cache")),
        ("sqlite:///./app.db", ("sqlite", "", "", "")),
        ("http://[::1]:80/", ("http", "", "", "::1")),
        ("https://A.Example", ("https", "", "", "a.example")),
    ],
)  # fmt: skip
def test_url(text: str, parts: tuple[str, ...]) -> None:
    url = url_of(text)
    assert url is not None
    assert url[:4] == parts


def test_url_options_are_found_in_any_case() -> None:
    url = url_of("postgresql://db/x?SSLMode=Disable#f")
    assert url is not None
    assert url.option("sslmode") == "disable"
    assert url.option("ssl") == ""


@pytest.mark.parametrize("text", ["plain text", "a:b", 12, None, "*"])
def test_no_url(text: Any) -> None:  # noqa: ANN401 - anything is asked
    assert url_of(text) is None


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1.2.3", "::1", "", "/run/pg", "a.localhost"]
)
def test_loopback(host: str) -> None:
    assert is_loopback(host)
    assert is_internal(host)


@pytest.mark.parametrize(
    "host", ["db", "10.0.0.5", "192.168.1.1", "172.20.0.1", "db.internal", "x.svc.cluster.local"]
)
def test_internal(host: str) -> None:
    assert is_internal(host)
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "host", ["db.acme.io", "172.32.0.1", "8.8.8.8", "localhost.acme.io", "11.0.0.1"]
)
def test_outside(host: str) -> None:
    assert not is_internal(host)


def test_reserved() -> None:
    assert is_reserved("api.example.com")
    assert is_reserved("x.invalid")
    assert not is_reserved("myexample.com")


@pytest.mark.parametrize(
    "pattern", [".*", "^.*$", ".+", "https?://.*", "^https?://.*$", "https://.*", r"http.*", "(.*)"]
)
def test_matches_any(pattern: str) -> None:
    assert matches_any(pattern)
    assert looseness_of(pattern, anchored=True)


@pytest.mark.parametrize(
    ("pattern", "anchored", "loose"),
    [
        (r"https://[a-z0-9-]+\.acme\.io", True, False),
        (r"^https://.*\.acme\.io$", False, False),
        (r"https://.*\.acme\.io", True, False),
        (r"https://.*acme\.io", True, True),
        (r"https?://.*evil.test", True, True),
        (r"https://app.acme.io", True, True),
        (r"https://[a-z0-9-]+\.acme\.io", False, True),
        (r"^https://[a-z0-9-]+\.acme\.io\Z", False, False),
        (r"http://localhost:\d+", True, False),
        (r"https://(www|app)\.acme\.io", True, False),
    ],
)
def test_looseness(pattern: str, anchored: bool, loose: bool) -> None:  # noqa: FBT001 - of a table
    assert bool(looseness_of(pattern, anchored=anchored)) is loose


def test_origins() -> None:
    assert is_plain_http("http://app.acme.io")
    assert not is_plain_http("http://localhost:3000")
    assert is_plain_http("http://10.0.0.8")
    assert not is_plain_http("http://frontend:5173")
    assert not is_plain_http("https://app.acme.io")
    assert is_local("http://127.0.0.1:3000")
    assert not is_local("https://app.acme.io")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(timedelta(days=8), 691_200.0), (None, 0.0), (False, 0.0), (timedelta(), 0.0), (15, None)],
)
def test_seconds(value: Any, seconds: float | None) -> None:  # noqa: ANN401 - anything is asked
    assert seconds_of(value) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(691_200, "8 days"), (86_400, "1 day"), (3_600, "1 hour"), (5_400, "1.5 hours"), (90, "1.5 minutes"), (1, "1 second"), (0, "0 seconds")],
)  # fmt: skip
def test_words(seconds: float, text: str) -> None:
    assert words(seconds) == text


@pytest.mark.parametrize(
    ("image", "port", "expected"),
    [
        ("postgres:17", "5432:5432", True), ("redis", "6379", True),
        ("bitnami/postgresql:16", "5432", True), ("docker.io/library/mongo:7", "27017", True),
        ("mongo-express:1", "8081:8081", False), ("rediscommander/redis-commander", "8081", False),
        ("dpage/pgadmin4", "5050:80", False), ("nginx:1", "80:80", False),
        ("acme/api", "5432:5432", False), ("", "5432:5432", True), ("", "8000:8000", False),
    ],
)  # fmt: skip
def test_store(image: str, port: str, expected: bool) -> None:  # noqa: FBT001 - of a table
    assert is_store(image, port) is expected
