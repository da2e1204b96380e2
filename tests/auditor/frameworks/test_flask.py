"""Configurations of Flask: classes, variables and Flask-Cors."""

from collections.abc import Callable
from typing import Any

import pytest

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
        "CORS(app, supports_credentials=True)\napp.secret_key = 'k'\napp.run(debug=True)\n"
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


APP = "from flask import Flask\napp = Flask(__name__{})\n{}"


def test_a_file_that_flask_reads_as_python(values: Values, evaluated: Callable[..., Any]) -> None:
    files = {
        "app.py": APP.format("", "app.config.from_pyfile('conf/live.cfg')\n"),
        "conf/live.cfg": "SECRET_KEY = 'x'\nSESSION_COOKIE_SECURE = not False\nlower = 1\n",
    }
    assert values(files) == {
        "SECRET_KEY": "x",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": None,
    }
    names = [one.name for one in evaluated(files).facts.settings]
    assert names.count("SECRET_KEY") == 1


def test_a_file_of_the_instance_folder_replaces_what_code_writes(values: Values) -> None:
    source = "app.config.from_mapping(SECRET_KEY='dev')\napp.config.from_pyfile('c.py', {})\n"
    files = {
        "app.py": APP.format(", instance_relative_config=True", source.format("silent=True")),
        "instance/c.py": "SECRET_KEY = 'own'\n",
        "c.py": "SECRET_KEY = 'another'\n",
    }
    assert values(files)["SECRET_KEY"] == "own"


@pytest.mark.parametrize(
    ("package", "beside"), [("shop", ""), ("src/shop", "src/"), ("shop/web", "")]
)
def test_the_instance_folder_of_a_package_stands_beside_it(
    values: Values, package: str, beside: str
) -> None:
    source = "app.secret_key = 'dev'\napp.config.from_pyfile('c.cfg', silent=True)\n"
    files = {
        "shop/__init__.py": "",
        f"{package}/__init__.py": APP.format(", instance_relative_config=True", source),
        f"{package}/instance/c.cfg": "SECRET_KEY = 'inside'\n",
    }
    assert values(files)["SECRET_KEY"] == "dev"
    files[f"{beside}instance/c.cfg"] = "SECRET_KEY = 'own'\n"
    assert values(files)["SECRET_KEY"] == "own"


def test_an_instance_folder_that_code_names(values: Values) -> None:
    source = "app.secret_key = 'dev'\napp.config.from_pyfile({}, silent=True)\n"
    given = "import os\nPLACE = {}\n" + APP.format(
        ", instance_path=PLACE, instance_relative_config=True", source
    )
    here = "os.path.join(os.path.dirname(os.path.abspath(__file__)), 'own')"
    files = {"own/c.cfg": "SECRET_KEY = 'own'\n", "instance/c.cfg": "SECRET_KEY = 'beside'\n"}
    assert values({**files, "app.py": given.format(here, "'c.cfg'")})["SECRET_KEY"] == "own"
    unknown = given.format("open('x').readline()", "'c.cfg'")
    assert "SESSION_COOKIE_SECURE" not in values({**files, "app.py": unknown})
    joined = APP.format("", source.format("os.path.join(app.instance_path, 'c.cfg')"))
    assert values({**files, "app.py": f"import os\n{joined}"})["SECRET_KEY"] == "beside"


def test_the_path_of_a_configuration_file_is_the_shortest(evaluated: Callable[..., Any]) -> None:
    files = {
        "shop/__init__.py": APP.format("", "app.config.from_pyfile('../live.cfg')\n"),
        "live.cfg": "SECRET_KEY = 'x'\n",
    }
    (key,) = [one for one in evaluated(files).facts.settings if one.name == "SECRET_KEY"]
    assert key.location.path.endswith("/live.cfg")
    assert ".." not in key.location.path


def test_a_variable_that_names_the_file(values: Values, by_concept: Concepts) -> None:
    files = {"live.cfg": "DEBUG = True\n"}
    source = "app.secret_key = 'k'\napp.config.from_envvar('CONF', silent=True)\n"
    files["app.py"] = APP.format("", source)
    assert values(files, {"CONF": "live.cfg"})["DEBUG"] is True
    assert "cookie.secure" in by_concept(files)  # no file at all
    files["app.py"] = files["app.py"].replace(", silent=True", "")
    assert "cookie.secure" not in by_concept(files)  # one that is not known


def test_what_flask_gives_a_key_that_nobody_writes(values: Values) -> None:
    source = (
        "config = app.config\nA = config['MAX_FORM_PARTS']\nB = config.get('SECRET_KEY', 'x')\n"
        "C = config.get('ELSE', 'x')\nD = config['ELSE']\n"
    )
    found = values({"app.py": APP.format("", source)})
    assert (found["A"], found["B"], found["C"]) == (1000, None, "x")
    assert isinstance(found["D"], Unknown)


def test_a_cap_is_missed_where_files_are_taken(by_concept: Concepts) -> None:
    takes = "from flask import request\ndef f():\n    return request.files['a']\n"
    assert "limit.body" not in by_concept({"app.py": APP.format("", "")})
    (cap,) = by_concept({"app.py": APP.format("", takes)})["limit.body"]
    assert (cap.value, cap.candidates[0].layer) == (None, "library-default")
    source = APP.format("", "app.config['MAX_CONTENT_LENGTH'] = 1\n" + takes)
    assert [one.value for one in by_concept({"app.py": source})["limit.body"]] == [1]


def test_without_a_key_there_is_no_session_cookie(by_concept: Concepts) -> None:
    assert "cookie.secure" not in by_concept({"app.py": APP.format("", "")})
    assert "cookie.secure" not in by_concept({"app.py": APP.format("", "app.secret_key = None\n")})
    found = by_concept({"app.py": APP.format("", "app.secret_key = 'k'\n")})
    assert found["cookie.secure"][0].value is False


def test_a_token_in_a_header_is_in_no_cookie(by_concept: Concepts) -> None:
    weak = "app.config.update(JWT_COOKIE_CSRF_PROTECT=False, JWT_COOKIE_SECURE=False)\n"
    for places in ("", "app.config['JWT_TOKEN_LOCATION'] = ['headers']\n"):
        found = by_concept({"app.py": APP.format("", weak + places)})
        assert not {"csrf.enabled", "cookie.secure"} & set(found)
    cookies = "app.config['JWT_TOKEN_LOCATION'] = ['headers', 'cookies']\n"
    found = by_concept({"app.py": APP.format("", weak + cookies)})
    assert [found[one][0].value for one in ("csrf.enabled", "cookie.secure")] == [False, False]
    (absent,) = by_concept({"app.py": APP.format("", cookies)})["cookie.secure"]
    assert absent.candidates[0].layer == "library-default"


def test_more_ways_to_fill_a_configuration(values: Values, by_concept: Concepts) -> None:
    source = (
        "app.config |= {'SESSION_COOKIE_SECURE': True, 'A': 1}\napp.config.setdefault('A', 2)\n"
        "app.config.setdefault('B', 3)\napp.config.setdefault('SESSION_COOKIE_HTTPONLY', False)\n"
        "app.config['MAX_FORM_MEMORY_SIZE'] = None\n"
    )
    files = {"app.py": APP.format("", source)}
    found = values(files)
    assert (found["SESSION_COOKIE_SECURE"], found["A"], found["B"]) == (True, 1, 3)
    assert "SESSION_COOKIE_HTTPONLY" not in found
    assert [one.value for one in by_concept(files)["limit.body"]] == [None]


def test_an_application_of_quart(by_concept: Concepts) -> None:
    source = (
        "from quart import Quart\nfrom quart_cors import cors\n"
        "app = cors(Quart(__name__), allow_origin='https://a.io')\napp.secret_key = 'x'\n"
        "app.config['SESSION_COOKIE_SECURE'] = False\n"
    )
    found = by_concept({"app.py": source})
    assert found["cors.origins"][0].value == ["https://a.io"]
    assert found["signing.secret"][0].value == "x"
    assert found["cookie.secure"][0].value is False
    (default,) = by_concept({"app.py": source.replace("allow_origin=", "max_age=")})["cors.origins"]
    assert default.value == ["*"]


def test_talisman_replaces_what_the_configuration_says_of_the_cookie(values: Values) -> None:
    source = (
        "from flask_talisman import Talisman\napp.secret_key = 'k'\n"
        "app.config.update(SESSION_COOKIE_SECURE=False, SESSION_COOKIE_HTTPONLY=False)\n"
    )

    def cookie(more: str) -> list[Any]:
        found = values({"app.py": APP.format("", source + more)})
        names = ("SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE")
        return [found[name] for name in names]

    assert cookie("Talisman(app)\n") == [True, "Lax"]
    assert cookie("Talisman(app, session_cookie_samesite='Strict')\n") == [True, "Strict"]
    assert cookie("Talisman(app, session_cookie_http_only=False)\n") == [False, "Lax"]


def test_talisman_makes_the_cookie_secure_outside_debug_mode(by_concept: Concepts) -> None:
    source = (
        "from flask_talisman import Talisman\napp.secret_key = 'k'\n"
        "app.config['SESSION_COOKIE_SECURE'] = False\nTalisman(app{})\n{}"
    )

    def secure(arguments: str, more: str = "") -> set[Any]:
        found = by_concept({"app.py": APP.format("", source.format(arguments, more))})
        return {one.value for one in found["cookie.secure"]}

    assert secure("") == {True}  # what Talisman is told, by default
    assert secure(", session_cookie_secure=False") == {False}
    assert secure("", "app.debug = True\n") == {True, False}
