"""Names a slip away from a framework's setting are told only when nothing reads them."""

from collections.abc import Callable
from typing import Any

import pytest

FLASK = (
    "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
    "app.config['SECRET_KEYS'] = os.environ['SECRET_KEYS']\n"
)
DJANGO = (
    "import os\nSECRET_KEYS = os.environ.get('SECRET_KEYS')\nROOT_URLCONF = 'x'\n"
    "MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']\n"
)


@pytest.mark.parametrize("source", [FLASK, DJANGO])
def test_a_name_that_only_the_environment_gives_is_noted(
    source: str, evaluated: Callable[..., Any]
) -> None:
    (seen,) = evaluated({"settings.py": source}).facts.seen("key-unread")
    assert seen.detail == {"key": "SECRET_KEYS", "nearest": "SECRET_KEY"}


@pytest.mark.parametrize(
    ("source", "read"),
    [
        (FLASK, "print(app.config['SECRET_KEYS'])\n"),
        (FLASK, "print(app.config.get('SECRET_KEYS', []))\n"),
        (DJANGO, "print(SECRET_KEYS)\n"),
        (DJANGO, "from django.conf import settings\nprint(settings.SECRET_KEYS)\n"),
        (DJANGO, "from django.conf import settings\nprint(getattr(settings, 'SECRET_KEYS'))\n"),
    ],
)
def test_a_setting_of_the_project_s_own_is_no_slip(
    source: str, read: str, evaluated: Callable[..., Any]
) -> None:
    assert not evaluated({"settings.py": source + read}).facts.seen("key-unread")
