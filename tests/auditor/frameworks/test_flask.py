"""Configurations of Flask: classes, variables and Flask-Cors."""

from collections.abc import Callable
from typing import Any

from secaudit.facts import Setting, Unknown

Values = Callable[..., dict[str, Any]]
Concepts = Callable[..., dict[str, list[Setting]]]


def test_a_flask_property_read_from_the_class_is_no_value(values: Values) -> None:
    source = (
        "from flask import Flask\n"
        "class Config:\n    @property\n    def SECRET_KEY(self):\n        return 'x'\n"
        "app = Flask(__name__)\napp.config.from_object(Config)\n"
    )
    assert isinstance(values({"app.py": source})["SECRET_KEY"], Unknown)


def test_flask_cors_defaults_to_every_origin(by_concept: Concepts) -> None:
    source = (
        "from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\n"
        "CORS(app, supports_credentials=True)\napp.run(debug=True)\n"
    )
    found = by_concept({"app.py": source})
    assert found["cors.origins"][0].value == ["*"]
    assert found["cors.credentials"][0].value is True
    assert found["debug.enabled"][0].value is True
    assert found["cookie.secure"][0].value is False


def test_flask_variables_are_json_where_they_parse(values: Values) -> None:
    source = "from flask import Flask\napp = Flask(__name__)\napp.config.from_prefixed_env()\n"
    given = {"FLASK_DEBUG": "False", "FLASK_SECRET_KEY": "12345", "FLASK_A__B": "[1]"}
    found = values({"app.py": source}, given)
    assert (found["DEBUG"], found["SECRET_KEY"], found["A.B"]) == ("False", 12345, [1])


def test_names_that_flask_does_not_know(evaluated: Callable[..., Any]) -> None:
    source = (
        "from flask import Flask\n"
        "class Config:\n    session_cookie_secure = True\n    debug = False\n    DEBUG = debug\n"
        "    SESSION_COOKIES_SAMESITE = 'Lax'\n    SESSION_COOKIE_PATH = '/'\n"
        "app = Flask(__name__)\napp.config.from_object(Config)\n"
        "app.config['SECRETKEY'] = 'x'\napp.config['max_content_length'] = 1\n"
    )
    found = evaluated({"app.py": source}).facts.seen("key-unread")
    assert {one.subject: (one.detail["nearest"], one.location.line) for one in found} == {
        "session_cookie_secure": ("SESSION_COOKIE_SECURE", 3),
        "SESSION_COOKIES_SAMESITE": ("SESSION_COOKIE_SAMESITE", 6),
        "SECRETKEY": ("SECRET_KEY", 10),
        "max_content_length": ("MAX_CONTENT_LENGTH", 11),
    }
