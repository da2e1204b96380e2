"""Names and units: what a setting is called decides what it means, and what only looks secret."""

import re
from datetime import timedelta
from typing import Any

import pytest

from secaudit.facts import Unknown
from secaudit.naming import Meaning, from_text, in_unit, meaning_of
from secaudit.naming.matching import Concepts
from secaudit.naming.phrases import LIVING, PHRASES
from secaudit.naming.tables import is_wording, speaks_of_settings
from secaudit.vocabulary import CONCEPTS

MEANINGS = {
    "SECRET_KEY": "signing.secret",
    "jwt_secret": "signing.secret",
    "security.jwt.secretKey": "signing.secret",
    "SIMPLE_JWT.SIGNING_KEY": "signing.secret",
    "FIELD_ENCRYPTION_KEY": "encryption.key",
    "STRIPE_SECRET_KEY": "provider.secret",
    "AWS_SECRET_ACCESS_KEY": "provider.secret",
    "GITHUB_TOKEN": "provider.secret",
    "POSTGRES_PASSWORD": "database.password",
    "DATABASES.default.PASSWORD": "database.password",
    "DATABASE_URL": "database.url",
    "CELERY_BROKER_URL": "database.url",
    "FIRST_SUPERUSER_PASSWORD": "admin.password",
    "smtp_password": "password",
    "DEBUG": "debug.enabled",
    "MYAPP_DEBUG": "debug.enabled",
    "SQLALCHEMY_ECHO": "debug.sql_echo",
    "LOG_LEVEL": "debug.log_level",
    "BACKEND_CORS_ORIGINS": "cors.origins",
    "CORS_ALLOW_CREDENTIALS": "cors.credentials",
    "ALLOWED_HOSTS": "hosts.allowed",
    "FORWARDED_ALLOW_IPS": "proxy.trusted",
    "VERIFY_SSL": "tls.verify",
    "SESSION_COOKIE_SECURE": "cookie.secure",
    "ACCESS_TOKEN_EXPIRE_MINUTES": "token.access_lifetime",
    "refresh_token_expire_days": "token.refresh_lifetime",
    "JWT_ALGORITHM": "token.algorithm",
    "APP_ENV": "environment",
    "CACHES.default.LOCATION": "database.url",
    "JWT_EXPIRATION_DELTA": "token.access_lifetime",
    "JWT_ACCESS_TOKEN_VALID_SECONDS": "token.access_lifetime",
    "MAX_UPLOAD_SIZE_MB": "limit.upload",
    "RATE_LIMIT_ENABLED": "limit.enabled",
    "API_AUTH_ENABLED": "access.enabled",
    "LOGIN_DISABLED": "access.enabled",
    "AWS_DEFAULT_ACL": "storage.acl",
    "STORAGES.default.OPTIONS.default_acl": "storage.acl",
    "DISABLE_CSRF": "csrf.enabled",
    "RATE_LIMIT_DISABLED": "limit.enabled",
    "celery_broker": "database.url",
    "JWT_HOURS": "token.access_lifetime",
    "ACCESS_MINUTES": "token.access_lifetime",
    "PASSWORD_HASH_SCHEME": "password.hashers",
    "SECURITY_PASSWORD_HASH": "password.hashers",
    "SECURITY_PASSWORD_LENGTH_MIN": "password.min_length",
    "AWS_S3_VERIFY": "tls.verify",
    "REST_KNOX.TOKEN_TTL": "token.access_lifetime",
    "REST_AUTH.JWT_AUTH_HTTPONLY": "cookie.httponly",
    "HSTS_ENABLED": "header.hsts",
    "refresh_token_days": "token.refresh_lifetime",
}
NOT_SECRET = (
    *("PASSWORD_RESET_PATH", "API_KEY_RATE_LIMIT", "SMS_GATEWAY_AUTH_HEADER", "COOKIE_KEY"),
    *(
        "INGRESS_TLS_SECRET",
        "SECRET_KEY_PATH",
        "TOKEN_URL",
        "PASSWORD_MIN_LENGTH",
        "JWT_SECRET_NAME",
        "API_KEY_HEADER",
    ),
    *("ACCESS_TOKEN_EXPIRE_MINUTES", "STRIPE_PUBLISHABLE_KEY", "SENTRY_DSN", "PASSWORD_POLICY"),
)


@pytest.mark.parametrize("name", list(MEANINGS))
def test_a_name_means_its_concept(name: str) -> None:
    meaning = meaning_of(name)
    assert meaning is not None
    assert meaning.concept == MEANINGS[name]


@pytest.mark.parametrize("name", ["DEBUG", "LOGIN_DISABLED"])
def test_a_number_of_an_error_or_a_level_is_no_flag(name: str) -> None:
    meaning = meaning_of(name)
    assert meaning is not None
    assert isinstance(in_unit(meaning, name, 5020), Unknown)
    assert in_unit(meaning, name, 1) == (1 if name == "DEBUG" else 0)


@pytest.mark.parametrize("name", ["DISABLE_DEBUG", "DEBUG_DISABLED", "NO_DEBUG"])
def test_a_flag_against_debug_mode_does_not_say_that_it_is_on(name: str) -> None:
    assert meaning_of(name) is None


@pytest.mark.parametrize(
    "name", ["SMTP_AUTH_ENABLED", "MAIL_AUTH_REQUIRED", "USE_PROXY_AUTH", "LDAP_AUTH_ENABLED"]
)
def test_how_the_service_signs_in_elsewhere_is_not_its_own_access(name: str) -> None:
    assert meaning_of(name) is None


@pytest.mark.parametrize("name", NOT_SECRET)
def test_a_name_that_only_looks_secret_is_none(name: str) -> None:
    meaning = meaning_of(name)
    assert meaning is None or "secret" not in meaning.concept
    assert meaning is None or "password" not in meaning.concept.partition(".")[2]


@pytest.mark.parametrize(
    "name",
    [
        *("DEFAULTS", "DEFAULT_CONFIG", "FORBIDDEN_VALUES", "REQUIRED_SETTINGS", "HELP_TEXTS"),
        *("ERROR_TEXT", "MESSAGES_EN", "TOKEN_KINDS", "LOG_LEVELS", "CORS_ERRORS"),
        *("PASSWORD_RULES", "RULES_BY_FIELD", "tokenTypes", "FIELDS", "PERMISSIONS", "EVENTS"),
    ],
)
def test_a_table_that_speaks_of_settings_holds_none(name: str) -> None:
    assert speaks_of_settings(name)


@pytest.mark.parametrize(
    "name",
    [
        *("CORS_RULES", "SESSION_COOKIE_RULES", "SECURITY_RULES", "corsRules"),
        *("MESSAGE_BROKER", "MESSAGES_DB", "ERROR_TRACKING", "CODE_STORAGE", "TYPE_SERVICE"),
        *("DATABASES", "TYPESENSE", "HELPDESK", "CACHES"),
    ],
)
def test_a_table_that_sets_something_up_holds_settings(name: str) -> None:
    """The whole phrase decides: a word of tables about settings may stand in the name of others."""
    assert not speaks_of_settings(name)


@pytest.mark.parametrize("name", ["Messages", "AuditEvents", "TokenType", "ErrorCodes"])
def test_a_class_that_lists_words_is_known_by_its_name(name: str) -> None:
    assert is_wording(name)


@pytest.mark.parametrize("name", ["DefaultConfig", "Settings", "EventSettings", "Config"])
def test_a_class_of_settings_lists_no_words(name: str) -> None:
    assert not is_wording(name)


def test_every_meaning_is_a_concept() -> None:
    meanings = {concept.removesuffix("!") for concept, _ in (*PHRASES, *LIVING)}
    assert meanings - {""} <= set(CONCEPTS)


def test_every_phrase_keeps_to_the_notation() -> None:
    """Words before a star are single ones, since the words of a name are looked at one by one."""
    text = r"(?:[a-z0-9_]|\{[a-z0-9_,]*\}|PASSWORD|STORE|PROVIDER|BYTES)+"
    among = r"\*(?:[a-z0-9]+|\{[a-z0-9,]+\}|STORE|PROVIDER)"
    notation = re.compile(rf"(?:{among})?\*{text}|{text}")
    phrases = [phrase for _, written in (*PHRASES, *LIVING) for phrase in written.split()]
    assert [phrase for phrase in phrases if not notation.fullmatch(phrase)] == []


@pytest.mark.parametrize(
    ("phrase", "names", "others"),
    [
        ("debug", ["debug"], ["app_debug", "debug_mode"]),
        ("*debug{,_mode}", ["debug", "app_debug_mode"], ["nodebug", "debug_mode_on"]),
        ("*cors*origin", ["cors_origin", "my_cors_allowed_origin"], ["origin", "mycors_origin"]),
        ("*{jwt,token}*{key,secret}", ["token_key", "jwt_x_secret"], ["key_jwt", "a_key"]),
        ("*STORE*PASSWORD", ["redis_password", "app_db_main_pwd"], ["smtp_password", "redis"]),
    ],
)
def test_a_phrase_fits_whole_words(phrase: str, names: list[str], others: list[str]) -> None:
    concepts = Concepts([("meant", phrase)])
    assert [concepts.of(name) for name in names] == ["meant"] * len(names)
    assert [concepts.of(name) for name in others] == [""] * len(others)


def test_the_first_concept_that_fits_is_meant() -> None:
    concepts = Concepts([("first", "*a_b"), ("second", "*b x_a_b"), ("", "*c"), ("third", "*c")])
    assert [concepts.of(name) for name in ("x_a_b", "x_b", "c")] == ["first", "second", ""]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ACCESS_TOKEN_EXPIRE_MINUTES", 30, timedelta(minutes=30)),
        ("ACCESS_TOKEN_EXPIRE_SECONDS", 3600, timedelta(hours=1)),
        ("access_token_lifetime_hours", 2, timedelta(hours=2)),
        ("token_expire", "30d", timedelta(days=30)),
        ("token_expire_minutes", "12 Hours", timedelta(hours=12)),
        ("token_expire", "15m", timedelta(minutes=15)),
        ("REFRESH_TOKEN_EXPIRE_DAYS", 7, timedelta(days=7)),
        ("JWT_ACCESS_TOKEN_EXPIRES", False, timedelta()),
        ("SIMPLE_JWT.ACCESS_TOKEN_LIFETIME", timedelta(days=1), timedelta(days=1)),
        ("DISABLE_AUTH", True, False),
        ("SKIP_SSL_VERIFICATION", False, True),
        ("MAX_UPLOAD_SIZE_MB", 5, 5 * 1024 * 1024),
        ("LOG_LEVEL", "debug", "DEBUG"),
    ],
)
def test_a_value_comes_in_the_unit_of_its_concept(name: str, value: Any, expected: Any) -> None:  # noqa: ANN401 - values of any type
    meaning = meaning_of(name)
    assert meaning is not None
    assert in_unit(meaning, name, value) == expected


def test_a_lifetime_without_a_unit_is_unknown() -> None:
    meaning = meaning_of("TOKEN_LIFETIME")
    assert meaning is not None
    assert isinstance(in_unit(meaning, "TOKEN_LIFETIME", 15), Unknown)


@pytest.mark.parametrize(
    ("concept", "text", "expected"),
    [
        ("debug.enabled", "True", True),
        ("debug.enabled", "off", False),
        ("cors.origins", '["https://a", "*"]', ["https://a", "*"]),
        ("cors.origins", "https://a, *", ["https://a", "*"]),
        ("token.access_lifetime", "30", 30),
        ("token.access_lifetime", "30d", "30d"),
        ("header.hsts", "false", 0),
        ("signing.secret", "true", "true"),
    ],
)
def test_a_text_is_read_as_most_loaders_would(concept: str, text: str, expected: Any) -> None:  # noqa: ANN401 - values of any type
    assert from_text(Meaning(concept, inverted=False, service=""), text) == expected


def test_a_text_that_loaders_read_differently_is_unknown() -> None:
    meaning = Meaning("debug.enabled", inverted=False, service="")
    assert isinstance(from_text(meaning, "maybe"), Unknown)
