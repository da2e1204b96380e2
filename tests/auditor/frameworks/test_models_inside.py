"""Models inside settings, and what objects of models offer beside their fields."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.auditor.executing import executed

from secaudit.facts import Unknown

HEAD = (
    "from pydantic import AnyHttpUrl, BaseModel, Field\n"
    "from pydantic_settings import BaseSettings\n"
    "class Inner(BaseModel):\n    host: str = Field('h', alias='HostName')\n    port: int = 1\n"
    "class Part(BaseSettings, env_prefix='PART_'):\n    where: str = 'part'\n"
    "class Settings(BaseSettings, env_nested_delimiter='__'):\n"
    "    inner: Inner = Inner()\n    part: Part = Part()\n    url: AnyHttpUrl | str = ''\n"
    "    label: str = 'l'\n"
)
CODE = {
    "dump": "X = Settings().model_dump()['label']\n",
    "nested dump": "X = Settings().model_dump()['part']['where']\n",
    "old dump": "X = {**Settings().dict()}['label']\n",
    "copy": "X = Settings().model_copy(update={'label': 'new'}).label\n",
    "plain copy": "X = Settings().model_copy().label\n",
    "getattr": "X = getattr(Settings(), 'ABSENT', 'default')\n",
    "getattr of a field": "X = getattr(Settings(), 'label', 'default')\n",
    "hidden": "try:\n    X = Settings().ABSENT\nexcept AttributeError:\n    X = 'none'\n",
    "isinstance": "X = isinstance(Settings().url, str)\n",
    "alias": "X = Settings().inner.host\n",
    "variable of its own": "X = Settings().part.where\n",
}


@pytest.mark.filterwarnings("ignore:The `dict` method is deprecated")
@pytest.mark.parametrize("name", CODE)
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"LABEL": "env", "URL": "http://a.example"},
        {"PART_WHERE": "own", "INNER__HOST": "name"},
        {"INNER__HostName": "alias", "PART": '{"where": "given"}', "PART_WHERE": "own"},
    ],
)
def test_an_object_answers_as_it_does_for_the_program(
    name: str,
    given: dict[str, str],
    values: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for key, text in given.items():
        monkeypatch.setenv(key, text)
    real = executed(HEAD + CODE[name])["X"]
    assert values({"settings.py": HEAD + CODE[name]}, given)["X"] == real


@pytest.mark.parametrize(
    "code",
    [
        "X = Settings().model_dump(exclude={'label'})['label']\n",
        "import other\nX = Settings().model_copy(update=other.load()).label\n",
        "class More(Settings, extra='allow'):\n    pass\nX = More().ABSENT\n",
        "class More(Settings):\n    def __getattr__(self, name):\n        return 1\nX = More().Y\n",
    ],
)
def test_what_depends_on_more_than_its_fields_is_unknown(
    code: str, values: Callable[..., dict[str, Any]]
) -> None:
    assert isinstance(values({"settings.py": HEAD + code})["X"], Unknown)
