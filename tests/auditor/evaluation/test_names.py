"""How names are split, what only sounds secret, and values in the unit of their name."""

from datetime import timedelta
from typing import Any

import pytest

from secaudit.facts import Unknown
from secaudit.naming import Meaning, from_text, in_unit, meaning_of, normalised, sounds_secret
from secaudit.naming.lifetimes import lifetime, living, tells_unit


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("jwt.SigningKey", "jwt_signing_key"),
        ("oauth2Secret", "oauth2_secret"),
        ("OAUTH2SECRET", "oauth2secret"),
        ("SECRET-KEY", "secret_key"),
        ("--secret-key", "secret_key"),
        ("secret_key", "secret_key"),
    ],
)
def test_normalised(name: str, expected: str) -> None:
    assert normalised(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SESSION_COOKIE_SECURE", "session"),
        ("CSRF_COOKIE_SECURE", "csrf"),
        ("POSTGRES_PASSWORD", "postgresql"),
        ("OPENSEARCH_PASSWORD", "opensearch"),
        ("SMTP_PASSWORD", ""),
    ],
)
def test_what_a_name_configures(name: str, expected: str) -> None:
    meaning = meaning_of(name)
    assert meaning is not None
    assert meaning.service == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SECRET", True), ("app.signing-key", True), ("my-key", True), ("DB_PASS", True),
        ("KEYBOARD", False), ("monkey", False), ("pass_through", False), ("MasterKey", True),
    ],
)  # fmt: skip
def test_names_that_sound_secret(name: str, expected: bool) -> None:  # noqa: FBT001 - of a table
    assert sounds_secret(name) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("access_token_expire_minutes", "access_token"),
        ("access_token_expires_in", "access_token"),
        ("jwt_expiration_delta", "jwt"),
        ("jwt_delta", "jwt"),
        ("jwt_hours", "jwt"),
        ("access_token_days", "access_token"),
        ("access_token_s", ""),
        ("backup_days", ""),
        ("expire_minutes", ""),
        ("password_reset_token_expire_minutes", ""),
    ],
)
def test_what_lives(name: str, expected: str) -> None:
    assert living(name) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("token_ttl", 60, timedelta(minutes=1)),
        ("token_expire_ms", 1500, timedelta(seconds=1.5)),
        ("token_expire_minutes", 15, timedelta(minutes=15)),
        ("token_expire_weeks", 2, timedelta(weeks=2)),
        ("token_expire", 15, Unknown("a lifetime without a unit")),
        ("token_expire", 86_399, Unknown("a lifetime without a unit")),
        ("token_expire", 86_400, timedelta(days=1)),  # a day at least, whatever the unit
        ("token_expire", -1, Unknown("a lifetime without a unit")),
        ("token_expire", 0, timedelta()),
        ("token_expire", False, timedelta()),
        ("token_expire", None, None),
        ("token_expire", True, Unknown("not a lifetime")),
        ("token_expire_minutes", "15", Unknown("not a lifetime")),
        ("token_expire_weeks", 10**9, timedelta.max),
        ("token_expire", timedelta(days=1), timedelta(days=1)),
    ],
)
def test_lifetimes(name: str, value: Any, expected: Any) -> None:  # noqa: ANN401 - any type
    assert lifetime(name, value) == expected


def test_names_that_tell_a_unit() -> None:
    assert tells_unit("session_lifetime_hours")
    assert not tells_unit("session_lifetime")


FLAG = Meaning("debug.enabled", inverted=False, service="")
INVERTED = Meaning("csrf.enabled", inverted=True, service="")
BODY = Meaning("limit.body", inverted=False, service="")


@pytest.mark.parametrize(
    ("meaning", "name", "value", "expected"),
    [
        (FLAG, "DEBUG", True, True),
        (FLAG, "DEBUG", 1, True),
        (FLAG, "DEBUG", 0, False),
        (FLAG, "DEBUG", 2, Unknown("not a flag")),
        (FLAG, "DEBUG", "on", "on"),
        (INVERTED, "DISABLE_CSRF", True, False),
        (INVERTED, "DISABLE_CSRF", 0, True),
        (INVERTED, "DISABLE_CSRF", "on", Unknown("not a flag")),
        (FLAG, "DEBUG", Unknown("given"), Unknown("given")),
        (INVERTED, "DISABLE_CSRF", Unknown("given"), Unknown("given")),
        (BODY, "MAX_BODY_MB", 2, 2 * 1024 * 1024),
        (BODY, "MAX_BODY_KB", 2, 2048),
        (BODY, "MAX_BODY_SIZE", 2, 2),
        (BODY, "MAX_BODY_MB", True, True),
        (BODY, "MAX_BODY_MB", "2", "2"),
        (Meaning("debug.log_level", inverted=False, service=""), "LOG_LEVEL", "debug", "DEBUG"),
        (Meaning("debug.log_level", inverted=False, service=""), "LOG_LEVEL", 10, 10),
        (Meaning("limit.page", inverted=False, service=""), "PAGE_MB", 2, 2),
    ],
)
def test_values_in_their_unit(meaning: Meaning, name: str, value: Any, expected: Any) -> None:  # noqa: ANN401 - any type
    found = in_unit(meaning, name, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("concept", "text", "expected"),
    [
        ("debug.enabled", " Yes ", True),
        ("debug.enabled", "disabled", False),
        ("debug.enabled", "", False),
        ("debug.enabled", "maybe", Unknown("not a flag that every loader reads alike")),
        ("debug.enabled", 1, 1),
        ("limit.page", " -20", -20),
        ("limit.page", "20px", Unknown("not a number")),
        ("limit.page", "1" * 16, Unknown("not a number")),
        ("cors.origins", "a, b,,", ["a", "b"]),
        ("cors.origins", ' ["a", "b"]', ["a", "b"]),
        ("cors.origins", "['a', b]", ["a", "b"]),
        ("cors.origins", "*", ["*"]),
        ("signing.secret", " x ", " x "),
    ],
)
def test_texts_where_no_code_reads_them(concept: str, text: Any, expected: Any) -> None:  # noqa: ANN401 - any type
    assert from_text(Meaning(concept, inverted=False, service=""), text) == expected
