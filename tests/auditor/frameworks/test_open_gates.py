# ruff: noqa: E501 - source in strings reads best line by line
"""Checks of access that an empty credential or a switch turns off, and what only looks like one."""

from typing import Any

import pytest

HEAD = """\
import os
from fastapi import HTTPException
from flask import abort
KEYS = [one for one in os.getenv("API_KEYS", "").split(",") if one]
API_KEY = os.getenv("API_KEY", "")
CHECK_TOKENS = os.getenv("CHECK_TOKENS", "no") == "yes"
LOGIN_CLOSED = os.getenv("LOGIN_CLOSED", "no") == "yes"
CAPTCHA_KEY = os.getenv("CAPTCHA_KEY", "")
LIMIT = os.getenv("LIMIT", "")
LOGIN_KEY_OFF = os.getenv("LOGIN_KEY_OFF", "no") == "yes"


def check(key, response):
"""


def gates(evaluated: Any, body: str, **given: str) -> list[tuple[str, int]]:  # noqa: ANN401
    """Return name and line of the checks that do not take place, and what they are found by."""
    settings = evaluated({"app.py": HEAD + body}, given).facts.settings
    return [
        (one.name, one.location.line)
        for one in settings
        if one.concept == "access.enabled" and one.value is False
    ]


OPEN = {
    "and": "    if KEYS and key not in KEYS:\n        raise HTTPException(401)\n",
    "inside": "    if KEYS:\n        if key not in KEYS:\n            abort(403)\n",
    "before": "    if not KEYS:\n        return None\n    if key not in KEYS:\n        abort(401)\n",
    "or": "    if not KEYS or key in KEYS:\n        return True\n    abort(401)\n",
    "tuple": "    if KEYS and key not in KEYS:\n        return 'no', 401\n",
    "named": (
        "    if KEYS and key not in KEYS:\n"
        "        raise HTTPException(status_code=status.HTTP_403_FORBIDDEN)\n"
    ),
    "class": "    if KEYS and key not in KEYS:\n        raise Unauthorized('key')\n",
}


@pytest.mark.parametrize("body", OPEN.values(), ids=OPEN)
def test_an_empty_list_of_keys_asks_nobody(evaluated: Any, body: str) -> None:  # noqa: ANN401
    assert gates(evaluated, body) == [("KEYS", 4)]
    assert gates(evaluated, body, API_KEYS="") == [("KEYS", 4)]
    assert gates(evaluated, body, API_KEYS="one,two") == []


def test_an_empty_key_asks_nobody(evaluated: Any) -> None:  # noqa: ANN401
    body = "    if API_KEY and key != API_KEY:\n        raise HTTPException(401)\n"
    assert gates(evaluated, body) == [("API_KEY", 5)]


def test_a_credential_and_a_switch_are_told_apart(evaluated: Any) -> None:  # noqa: ANN401
    body = "    if {0} and key != {0}:\n        raise HTTPException(401)\n"
    for name, service in (("API_KEY", "credential"), ("CHECK_TOKENS", "")):
        settings = evaluated({"app.py": HEAD + body.format(name)}).facts.settings
        assert [one.service for one in settings if one.concept == "access.enabled"] == [service]


def test_a_switch_that_is_off_is_the_finding(evaluated: Any) -> None:  # noqa: ANN401
    body = "    if not CHECK_TOKENS:\n        return\n    if key != 'x':\n        abort(401)\n"
    assert gates(evaluated, body) == [("CHECK_TOKENS", 6)]
    assert gates(evaluated, body, CHECK_TOKENS="yes") == []


@pytest.mark.parametrize(
    "body",
    [
        "    if key not in KEYS:\n        raise HTTPException(401)\n",
        "    if not KEYS:\n        raise HTTPException(401)\n    if key not in KEYS:\n        abort(401)\n",
        "    if not KEYS:\n        return\n    if key in KEYS:\n        response.x = 1\n",
        "    if LOGIN_CLOSED and key != 'admin':\n        raise HTTPException(403)\n",
        "    if LOGIN_CLOSED:\n        raise HTTPException(403)\n",
        "    if CAPTCHA_KEY and key != CAPTCHA_KEY:\n        raise HTTPException(403)\n",
        "    if LIMIT and key > LIMIT:\n        raise HTTPException(403)\n",
        "    if API_KEY and response.spent:\n        raise HTTPException(403)\n",
        "    if key and key not in KEYS:\n        raise HTTPException(401)\n",
        "    if KEYS and key not in KEYS:\n        raise HTTPException(422)\n",
        "    if KEYS:\n        if key not in KEYS:\n            abort(401)\n        abort(403)\n",
        "    if KEYS:\n        if key not in KEYS:\n            return None\n",
        "    if KEYS or key not in KEYS:\n        raise HTTPException(401)\n",
        "    if not KEYS and key in KEYS:\n        return True\n    abort(401)\n",
        "    if LOGIN_KEY_OFF and key != LOGIN_KEY_OFF:\n        raise HTTPException(403)\n",
    ],
)
def test_what_only_looks_like_an_open_check(evaluated: Any, body: str) -> None:  # noqa: ANN401
    assert gates(evaluated, body) == []


def test_an_unknown_key_is_no_finding(evaluated: Any) -> None:  # noqa: ANN401
    source = (
        "from vault import API_KEY\n\n\ndef check(key):\n"
        "    if API_KEY and key != API_KEY:\n        raise HTTPException(401)\n"
    )
    settings = evaluated({"app.py": source}).facts.settings
    assert [one for one in settings if one.concept == "access.enabled"] == []
