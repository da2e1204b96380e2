"""Values that a reader cannot turn into its type: start-up stops, and the line is reported."""

from collections.abc import Callable
from typing import Any

import pytest

from secaudit.facts import Unknown

_PYDANTIC = (
    "from pydantic import Field\nfrom pydantic_settings import BaseSettings\n"
    "class S(BaseSettings):\n    model_config = {'env_file': '.env'}\n"
)
_ENVIRONS = "from environs import Env\nenv = Env()\nenv.read_env()\n"
_STARLETTE = "from starlette.config import Config\nconfig = Config('.env')\n"


@pytest.mark.parametrize(
    ("source", "text", "kind"),
    [
        (_PYDANTIC + "    debug: bool = False", "perhaps", "bool"),
        (_PYDANTIC + "    debug: list[int] = []", '[1, "a"]', "list[int]"),
        (_PYDANTIC + "    debug: list[int] = []", "1,2", "list[int]"),
        ("from decouple import config\nX = config('DEBUG', cast=bool)", "perhaps", "bool"),
        ("from decouple import config\nX = config('DEBUG', cast=int)", "1.5", "int"),
        (
            "from decouple import config, Csv\nX = config('DEBUG', cast=Csv(int))",
            "1,a",
            "list",
        ),
        (
            "from decouple import config, Choices\nX = config('DEBUG', cast=Choices(['a', 'b']))",
            "c",
            "choice",
        ),
        (_ENVIRONS + "X = env.bool('DEBUG')", "perhaps", "bool"),
        (_ENVIRONS + "X = env.int('DEBUG', 5)", "5s", "int"),
        (_ENVIRONS + "X = env.json('DEBUG')", "{", "json"),
        (_ENVIRONS + "X = env.list('DEBUG', subcast=int)", "1,b", "list"),
        (_STARLETTE + "X = config('DEBUG', cast=bool, default=False)", "yes", "bool"),
        (_STARLETTE + "X = config('DEBUG', cast=int)", "abc", "int"),
        (
            "import environ\nenv = environ.Env()\nenv.read_env('.env')\nX = env.int('DEBUG')",
            "abc",
            "int",
        ),
    ],
)
def test_a_value_that_does_not_convert_is_noted_where_it_stands(
    source: str, text: str, kind: str, evaluated: Callable[..., Any]
) -> None:
    result = evaluated({"settings.py": source + "\n", ".env": f"DEBUG={text}\n"})
    (seen,) = result.facts.seen("value-undecodable")
    assert (seen.subject, seen.detail["type"]) == ("DEBUG", kind)
    assert seen.location.path.endswith(".env")
    assert text not in seen.detail["reason"]
    (setting,) = result.facts.settings
    assert setting.error is not None


def test_a_value_of_the_process_is_noted_where_it_is_read(evaluated: Callable[..., Any]) -> None:
    source = "from decouple import config\nX = config('DEBUG', cast=bool)\n"
    (seen,) = evaluated({"settings.py": source}, {"DEBUG": "no way"}).facts.seen(
        "value-undecodable"
    )
    assert (seen.location.path.rpartition("/")[2], seen.location.line) == ("settings.py", 2)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (_PYDANTIC + "    debug: str = Field('x', min_length=20)", "debug"),
        (_PYDANTIC + "    debug: str = Field('x', pattern='^a')", "debug"),
    ],
)
def test_a_constraint_is_a_guard(source: str, name: str, evaluated: Callable[..., Any]) -> None:
    result = evaluated({"settings.py": source + "\n", ".env": "DEBUG=short\n"})
    assert not result.facts.seen("value-undecodable")
    assert [one.name for one in result.facts.settings if one.error is not None] == [name]


def test_a_handler_catches_what_a_cast_raises(values: Callable[..., dict[str, Any]]) -> None:
    source = (
        "from decouple import config\n"
        "try:\n    X = config('PORT', cast=int)\nexcept ValueError:\n    X = 80\n"
    )
    assert values({"settings.py": source, ".env": "PORT=http\n"})["X"] == 80


@pytest.mark.parametrize(
    "read",
    [
        "env.str(elsewhere.NAME + 'x', 'fallback')",
        "env.str()",
        "env.str('A', 'fallback', validate=elsewhere.check)",
        "Env(elsewhere=True).str('A', 'fallback')",
    ],
)
def test_a_reader_that_is_asked_for_something_unknown_knows_nothing(
    read: str, values: Callable[..., dict[str, Any]]
) -> None:
    source = f"import elsewhere\nfrom environs import Env\nenv = Env()\nX = {read}\n"
    assert isinstance(values({"settings.py": source}, {"A": "given"})["X"], Unknown)


@pytest.mark.parametrize("prefix", ["elsewhere.PREFIX + '_'", ""])
def test_a_prefix_that_is_not_known_leaves_no_variable_known(
    prefix: str, values: Callable[..., dict[str, Any]]
) -> None:
    source = (
        "import elsewhere\nfrom environs import Env\nenv = Env()\n"
        f"with env.prefixed({prefix}):\n    X = env.str('A', 'fallback')\n"
        "Y = env.str('A', 'fallback')\n"
    )
    found = values({"settings.py": source}, {"A": "given"})
    assert isinstance(found["X"], Unknown)
    assert found["Y"] == "given"
