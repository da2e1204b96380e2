"""What a value's place and meaning are when it reaches its use by a detour."""

from collections.abc import Callable
from typing import Any

import pytest

from secaudit.facts import Unknown

SERVICE = (
    "import jwt\nimport os\n{before}class Service{base}:\n    algorithm = 'none'\n"
    "    def __init__(self):\n        self.key = os.environ['KEY']\n"
    "    def decode(self, token):\n"
    "        return jwt.decode(token, self.key, algorithms=[self.algorithm])\n{after}"
)
ByConcept = Callable[..., dict[str, list[Any]]]


@pytest.mark.parametrize(
    "after", ["", "service = Service()\n", "def make():\n    return Service()\n"]
)
def test_a_method_that_nobody_calls_sees_the_attributes_of_its_class(
    after: str, by_concept: ByConcept
) -> None:
    source = SERVICE.format(before="", base="", after=after)
    found = by_concept({"service.py": source}, {"KEY": "given"})
    (algorithms,) = found["token.algorithms"]
    assert algorithms.value == ["none"]
    assert "given" in [one.value for one in found["signing.secret"]]


@pytest.mark.parametrize(
    ("before", "base", "after"),
    [
        ("", "", "class Other(Service):\n    algorithm = 'HS256'\n"),
        ("from .absent import Base\n", "(Base)", ""),
    ],
)
def test_a_class_that_others_may_say_more_of_is_not_known(
    before: str, base: str, after: str, by_concept: ByConcept
) -> None:
    source = SERVICE.format(before=before, base=base, after=after)
    (algorithms, *_) = by_concept({"service.py": source})["token.algorithms"]
    assert isinstance(algorithms.value, Unknown)


def test_the_parameter_of_a_static_method_is_no_object(by_concept: ByConcept) -> None:
    source = SERVICE.format(before="", base="", after="").replace(
        "    def decode(self, token)", "    @staticmethod\n    def decode(self, token)"
    )
    (algorithms,) = by_concept({"service.py": source})["token.algorithms"]
    assert isinstance(algorithms.value, Unknown)


CORS = "from fastapi.middleware.cors import CORSMiddleware\nfrom fastapi import FastAPI\n"
ADD = "app = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=origins)\n"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("origins = ['https://a.example']\norigins.append('*')\n", 4),
        ("origins = ['https://a.example']\norigins += [\n    '*']\norigins.append('b')\n", 4),
        ("origins = [\n    'https://a.example',\n    '*']\norigins.append('b')\n", 3),
    ],
)
def test_a_wildcard_stands_where_code_adds_it(code: str, line: int, by_concept: ByConcept) -> None:
    (origins,) = by_concept({"main.py": CORS + code + ADD})["cors.origins"]
    assert "*" in origins.value
    assert origins.at("*".__eq__).location.line == line


def test_an_entry_of_a_given_dictionary_stands_where_the_dictionary_is_given(
    evaluated: Callable[..., Any],
) -> None:
    source = CORS + (
        "from typing import Any\nfrom pydantic_settings import BaseSettings\n"
        "class Settings(BaseSettings, env_file='.env'):\n    policy: dict[str, Any] = {}\n"
        "settings = Settings()\napp = FastAPI()\n"
        "app.add_middleware(CORSMiddleware, **settings.policy)\n"
    )
    env = '# comment\nPOLICY={"allow_origins": ["*"], "allow_credentials": true}\n'
    result = evaluated({"main.py": source, ".env": env})
    places = {one.concept: one.location for one in result.facts.settings}
    for concept in ("cors.origins", "cors.credentials"):
        assert (places[concept].path.rpartition("/")[2], places[concept].line) == (".env", 2)


def test_a_prefix_tells_whose_password_a_field_holds(by_concept: ByConcept) -> None:
    source = (
        "from pydantic_settings import BaseSettings\n"
        "class Db(BaseSettings, env_prefix='DB_'):\n    password: str = 'x'\n"
        "class Other(BaseSettings, env_prefix='OTHER_'):\n    password: str = 'y'\n"
        "db, other = Db(), Other()\n"
    )
    found = by_concept({"settings.py": source}, {"DB_PASSWORD": "given"})
    assert [one.value for one in found["database.password"]] == ["given"]
    assert [one.value for one in found["password"]] == ["y"]


FRONT = (
    "import os\nfrom dotenv import load_dotenv\nload_dotenv()\n"
    "front = os.getenv('FRONT_URL', 'https://a.example')\n"
)


@pytest.mark.parametrize(
    ("code", "given", "layer", "line"),
    [
        ("origins = [front]\n", "*", "env-file", 1),
        ("origins = [front, 'https://b.example']\n", "*", "env-file", 1),
        ("origins = (*[front], 'https://b.example')\n", "*", "env-file", 1),
        ("open_ = '*'\norigins = ['https://b.example', open_]\n", "", "assignment", 7),
        ("origins = [front, '*']\n", "https://c.example", "assignment", 7),  # the list's own
        ("origins = [front, '*']\n", "*", "assignment", 7),  # two at fault
        ("other = '*'\norigins = [front, other]\n", "*", "assignment", 8),
        ("origins = [front + '*']\n", "", "assignment", 7),  # what code makes of it
    ],
)
def test_an_element_of_a_list_stands_where_it_is_given(
    code: str, given: str, layer: str, line: int, by_concept: ByConcept
) -> None:
    files = {"main.py": CORS + FRONT + code + ADD, ".env": f"FRONT_URL={given}\n"}
    (origins, *_) = by_concept(files)["cors.origins"]
    placed = origins.at("*".__eq__)
    assert "*" in placed.value
    assert (placed.candidates[0].layer, placed.location.line) == (layer, line)
    assert placed == origins or placed.used[0] == origins.location


def test_an_element_that_no_file_gives_leaves_the_list_as_the_place(by_concept: ByConcept) -> None:
    source = CORS + FRONT + "origins = [front]\n" + ADD
    (origins, *_) = by_concept({"main.py": source}, {"FRONT_URL": "*"})["cors.origins"]
    assert origins.at("*".__eq__) == origins
