# ruff: noqa: E501, ISC004 - source in strings reads best line by line
"""Corners of the libraries: settings classes run for real, and odd ways to wire an application."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secaudit.facts import Setting, Unknown

Values = Callable[..., dict[str, Any]]
Concepts = Callable[..., dict[str, list[Setting]]]

START = (
    "from typing import Annotated, ClassVar, Literal, Optional, Union\nfrom enum import Enum\n"
    "from pydantic import BaseModel, Field, field_validator, model_validator\n"
    "from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict\n"
    "class Sub(BaseModel):\n    x: int = 1\n    y: str = 'y'\n"
)

CLASSES = {
    "flags that are numbers": (
        "class S(BaseSettings):\n    model_config = SettingsConfigDict(validate_default=True)\n"
        "    a: bool = 1\n    b: bool = 0.0\n    c: bool = 'off'\n    d: bool = True\n",
        {"C": "T", "D": "n"},
    ),
    "an optional model from nested variables": (
        "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter='__')\n"
        "    sub: Optional[Sub] = None\n    other: Sub | None = Sub(x=5)\n    none: Sub | None = None\n",
        {"SUB__X": "7", "OTHER__Y": "given"},
    ),
    "a model from JSON": (
        "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter='__')\n"
        "    sub: Sub = Sub()\n    maybe: Optional[Sub] = None\n",
        {"SUB": '{"x": 4}', "MAYBE": '{"x": 5, "y": "z"}', "SUB__Y": "over"},
    ),
    "a default that is a dictionary": (
        "class S(BaseSettings):\n    model_config = SettingsConfigDict(validate_default=True)\n"
        "    sub: Sub = {'x': 3}\n    maybe: Sub | None = {'y': 'd'}\n",
        {},
    ),
    "an attribute of the class": (
        "class S(BaseSettings):\n    A: ClassVar[int] = 1\n    c: int = A + 1\n",
        {"A": "9", "C": "5"},
    ),
    "an enumeration": (
        "class E(str, Enum):\n    DEV = 'dev'\n    PROD = 'prod'\n"
        "class S(BaseSettings):\n    env: E = E.DEV\n    is_prod: bool = False\n"
        "    @model_validator(mode='after')\n    def check(self):\n"
        "        self.is_prod = self.env is E.PROD\n        return self\n",
        {"ENV": "prod"},
    ),
    "a literal and its alternatives": (
        "class S(BaseSettings):\n    a: Literal['x', 'y'] = 'x'\n    b: Literal[1, 2] | None = None\n    c: Union[int, str] = 0\n",
        {"A": "y", "C": "text"},
    ),
    "validators in a row": (
        "class S(BaseSettings):\n    a: str = 'd'\n    b: list[str] = []\n"
        "    @field_validator('a')\n    @classmethod\n    def upper(cls, v):\n        return v.upper()\n"
        "    @field_validator('a')\n    @classmethod\n    def more(cls, v):\n        return v + '!'\n"
        "    @field_validator('b', mode='before')\n    @classmethod\n    def split(cls, v):\n"
        "        return v.split(',') if isinstance(v, str) else v\n",
        {"A": "given"},
    ),
    "a validator of the whole model before": (
        "class S(BaseSettings):\n    a: str = 'd'\n    b: str = 'e'\n"
        "    @model_validator(mode='before')\n    @classmethod\n    def fill(cls, data):\n"
        "        data['b'] = data.get('a', 'none') + '-b'\n        return data\n",
        {"A": "given"},
    ),
    "none by a word": (
        "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_parse_none_str='null')\n"
        "    a: Optional[str] = 'd'\n    b: Optional[int] = 1\n    c: Optional[list[str]] = ['x']\n",
        {"A": "null", "B": "5", "C": "null"},
    ),
    "lists that are not decoded": (
        "class S(BaseSettings):\n    a: Annotated[list[str], NoDecode] = []\n    b: list[str] = []\n"
        "    @field_validator('a', mode='before')\n    @classmethod\n    def split(cls, v):\n"
        "        return v.split(',') if isinstance(v, str) else v\n",
        {"A": "x,y", "B": '["z"]'},
    ),
    "either of two models": (
        "class Other(BaseModel):\n    z: int = 3\nclass S(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_nested_delimiter='__')\n    sub: Union[Sub, None] = None\n"
        "    deep: dict[str, str] = {}\n",
        {"SUB__X": "2", "SUB__Y": "given"},
    ),
    "patterns": (
        "class S(BaseSettings):\n    a: Annotated[str, Field(pattern='^x+$')] = 'xx'\n    b: str = Field('d', min_length=1, max_length=3)\n",
        {"A": "xxx", "B": "abc"},
    ),
    "annotated fields": (
        "class S(BaseSettings):\n    a: Annotated[int, Field(ge=1)] = 3\n    b: Annotated[str, Field(alias='B_ALIAS')] = 'd'\n",
        {"A": "8", "B_ALIAS": "given"},
    ),
    "inherited configuration and fields": (
        "class B(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='P_')\n    a: int = 1\n"
        "class S(B):\n    model_config = SettingsConfigDict(case_sensitive=False)\n    b: int = 2\n    a: int = 3\n",
        {"P_A": "5", "P_B": "6", "B": "7"},
    ),
    "arguments before variables": (
        "class S(BaseSettings):\n    a: int = 1\n    b: int = 2\n"
        "    def __init__(self, **values):\n        super().__init__(b=9, **values)\n",
        {"A": "5", "B": "6"},
    ),
    "collections": (
        "class S(BaseSettings):\n    a: list[int] = []\n    c: tuple[int, str] = (1, 'x')\n    d: set[str] = set()\n    e: list[Sub] = []\n",
        {"A": "[1, 2]", "C": '[5, "z"]', "D": '["q"]'},
    ),
}


def flattened(values: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Return nested dictionaries as dotted names."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict) and value:
            found |= flattened(value, f"{before}{key}.")
        else:
            found[before + key] = frozenset(value) if isinstance(value, set) else value
    return found


@pytest.mark.parametrize("name", list(CLASSES))
def test_settings_are_what_the_library_computes(
    name: str, values: Values, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text, environment = CLASSES[name]
    source = f"{START}{text}settings = S()\n"
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "settings"}
    exec(compile(source, "settings.py", "exec"), namespace)  # noqa: S102 - our own source
    real = flattened(namespace["settings"].model_dump())
    found = values({"settings.py": source}, environment)
    for key, value in real.items():
        assert key in found or value is None, key
        answer = found.get(key)
        assert answer == value, key
        assert type(answer) is type(value) or isinstance(value, str), key


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("app.add_middleware(CORSMiddleware, allow_origins=['*'])", [["*"]]),
        ("app.add_middleware(middleware_class=CORSMiddleware, allow_origins=['*'])", [["*"]]),
        ("app = CORSMiddleware(app, allow_origins=['*'])", [["*"]]),
        ("app = CORSMiddleware(app=app, allow_origins=['*'])", [["*"]]),
        ("Starlette(middleware=[Middleware(CORSMiddleware, allow_origins=['*'])])", [["*"]]),
        ("app.add_middleware()", []),
        ("options = CORSMiddleware", []),
    ],
)
def test_middleware_is_recorded_however_it_is_installed(
    by_concept: Concepts, call: str, expected: list[Any]
) -> None:
    source = (
        "from fastapi import FastAPI\nfrom starlette.applications import Starlette\n"
        "from starlette.middleware import Middleware\n"
        f"from starlette.middleware.cors import CORSMiddleware\napp = FastAPI()\n{call}\n"
    )
    found = by_concept({"main.py": source}).get("cors.origins", [])
    assert [setting.value for setting in found] == expected


def test_each_option_stands_where_it_is_written(by_concept: Concepts) -> None:
    line = "app.add_middleware(CORSMiddleware, allow_credentials=True, allow_origins=['*'])"
    source = (
        "from fastapi import FastAPI\nfrom starlette.middleware.cors import CORSMiddleware\n"
        f"app = FastAPI()\n{line}\n"
    )
    found = by_concept({"main.py": source})
    for concept, text in (("cors.credentials", "True"), ("cors.origins", "['*']")):
        (setting,) = found[concept]
        place = setting.location
        assert line[place.column - 1 : place.end_column - 1] == text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("'session', 'v'", {"cookie.secure": False, "cookie.httponly": False}),
        ("'session', 'v', secure=True", {"cookie.secure": True, "cookie.httponly": False}),
        ("key, 'v', secure=False", {"cookie.secure": False}),
        ("key, 'v'", {}),
    ],
)
def test_a_cookie_of_an_unknown_name_says_only_what_is_written(
    by_concept: Concepts, arguments: str, expected: dict[str, bool]
) -> None:
    source = (
        "from fastapi import FastAPI, Response\napp = FastAPI()\n"
        f"@app.get('/')\ndef f(response: Response, key: str):\n    response.set_cookie({arguments})\n"
    )
    found = by_concept({"main.py": source})
    told = {
        concept: settings[0].value
        for concept, settings in found.items()
        if concept in {"cookie.secure", "cookie.httponly"}
    }
    assert told == expected


@pytest.mark.parametrize(
    ("source", "environment", "expected"),
    [
        ("A = os.environ.pop('K', 'd')\nB = os.environ.get('K', 'gone')", {"K": "v"}, ["v", "gone"]),
        ("A = os.environ.pop('K', 'd')\nB = 1", {}, ["d", 1]),
        ("A = os.environ.pop('K')\nB = os.environ.get('K')", {"K": "v"}, ["v", None]),
        ("A = os.environ.setdefault('K', 'd')\nB = os.environ['K']", {}, ["d", "d"]),
        ("A = os.environ.setdefault('K', 'd')\nB = os.environ['K']", {"K": "v"}, ["v", "v"]),
        ("try:\n    A = os.environ['K']\nexcept KeyError:\n    A = 'none'\nB = 1", {}, ["none", 1]),
        ("A = os.path.join('a', '/b', 'c')\nB = os.path.join('a')", {}, ["/b/c", "a"]),
        ("A = os.getenv('K', default='d')\nB = os.getenv('J') or os.getenv('K', 'e')", {"J": ""}, ["d", "e"]),
    ],
)  # fmt: skip
def test_the_environment_is_a_dictionary(
    values: Values, source: str, environment: dict[str, str], expected: list[Any]
) -> None:
    found = values({"settings.py": f"import os\n{source}\n"}, environment)
    assert [found.get("A"), found.get("B")] == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("Elasticsearch('http://es:9200', basic_auth=('elastic', 'pw'))", ["pw"]),
        ("Elasticsearch('http://es:9200', http_auth='elastic:pw')", ["pw"]),
        ("Elasticsearch('http://es:9200', basic_auth=('elastic', 'pw', 'more'))", []),
        ("Elasticsearch('http://es:9200')", []),
    ],
)
def test_the_login_of_a_search_engine(by_concept: Concepts, call: str, expected: list[str]) -> None:
    source = f"from elasticsearch import Elasticsearch\nes = {call}\n"
    found = by_concept({"main.py": source})
    assert [one.value for one in found.get("database.password", [])] == expected


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ("'http://es:9200'", ["http://es:9200"]),
        ("['http://a:9200', 'https://b:9200']", ["http://a:9200", "https://b:9200"]),
        ("[{'host': 'es'}]", ["http://es"]),
        ("[{'host': 'es', 'scheme': 'https'}]", ["https://es"]),
        ("[{'host': 'es', 'use_ssl': True}]", ["https://es"]),
        ("[{'host': 'es', 'use_ssl': False}]", ["http://es"]),
        ("[{'host': 'es'}], use_ssl=True", ["https://es"]),
        ("['es']", []),
    ],
)
def test_the_hosts_of_a_search_engine(
    by_concept: Concepts, hosts: str, expected: list[str]
) -> None:
    source = f"from elasticsearch import Elasticsearch\nes = Elasticsearch({hosts})\n"
    found = by_concept({"main.py": source})
    assert [one.value for one in found.get("database.url", [])] == expected


@pytest.mark.parametrize(
    ("choices", "given", "expected"),
    [
        ("Choices(['a', 'b'])", "a", "a"),
        ("Choices(['1', '2'], cast=str)", "2", "2"),
        ("Choices(['1', '2'], cast=int)", "2", None),
        ("Choices(choices=[('a', 'A')])", "a", None),
    ],
)
def test_choices_of_decouple(
    values: Values, choices: str, given: str, expected: str | None
) -> None:
    source = f"from decouple import Choices, config\nA = config('K', cast={choices})\n"
    found = values({"settings.py": source}, {"K": given})["A"]
    assert found == expected or (expected is None and isinstance(found, Unknown))
