"""Env files that nobody knows: what they may give is Unknown, what others give before is not."""

from collections.abc import Callable
from typing import Any

import pytest

from secaudit.facts import Unknown

DOTENV = "import os\nimport other\nfrom dotenv import dotenv_values, load_dotenv\n"
READ = "A = os.getenv('A', 'default')\n"
FIELDS = "    a: str = 'default'\nsettings = S()\n"
PYDANTIC = (
    "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass S(BaseSettings):\n"
)
LOADERS = {
    "path": DOTENV + "load_dotenv(other.path())\n" + READ,
    "stream": DOTENV + "load_dotenv(stream=other.text())\n" + READ,
    "arguments": DOTENV + "load_dotenv(**other.options())\n" + READ,
    "django-environ": "import other\nfrom environ import Env\nenv = Env()\n"
    "env.read_env(other.path())\nA = env('A', default='default')\n",
    "django-environ class": "import other\nfrom environ import Env\nEnv.read_env(other.path())\n"
    "A = Env()('A', default='default')\n",
    "environs": "import other\nfrom environs import env\nenv.read_env(other.path())\n"
    "A = env('A', default='default')\n",
    "decouple": "import other\nfrom decouple import Config, RepositoryEnv\n"
    "config = Config(RepositoryEnv(other.path()))\nA = config('A', default='default')\n",
    "decouple ini": "import other\nfrom decouple import Config, RepositoryIni\n"
    "config = Config(RepositoryIni(other.path()))\nA = config('A', default='default')\n",
    "decouple secrets": "from decouple import Config, RepositorySecret\n"
    "config = Config(RepositorySecret())\nA = config('A', default='default')\n",
    "starlette": "import other\nfrom starlette.config import Config\n"
    "config = Config(other.path())\nA = config('A', default='default')\n",
    "pydantic": "import other\n"
    + PYDANTIC
    + "    model_config = SettingsConfigDict(env_file=other.path())\n"
    + FIELDS,
    "pydantic after": "import other\nfrom dotenv import load_dotenv\nload_dotenv(other.path())\n"
    + PYDANTIC
    + FIELDS,
    "pydantic 1": "import other\nfrom pydantic.v1 import BaseSettings\nclass S(BaseSettings):\n"
    "    class Config:\n        env_file = other.path()\n" + FIELDS,
    "pydantic 1 after": "import other\nfrom dotenv import load_dotenv\nload_dotenv(other.path())\n"
    "from pydantic.v1 import BaseSettings\nclass S(BaseSettings):\n" + FIELDS,
}


def value_of_a(found: dict[str, Any]) -> Any:  # noqa: ANN401 - a value of any type
    """Return the value of the one setting, whichever way its name is written."""
    return found["A"] if "A" in found else found["a"]


@pytest.mark.parametrize("loader", LOADERS)
def test_a_variable_that_an_unknown_file_may_give_is_unknown(
    loader: str, values: Callable[..., dict[str, Any]]
) -> None:
    assert isinstance(value_of_a(values({"settings.py": LOADERS[loader]})), Unknown)


@pytest.mark.parametrize(
    "loader", sorted(LOADERS.keys() - {"arguments"})
)  # they may say to override
def test_the_process_comes_before_a_file_that_nobody_knows(
    loader: str, values: Callable[..., dict[str, Any]]
) -> None:
    assert value_of_a(values({"settings.py": LOADERS[loader]}, {"A": "given"})) == "given"


@pytest.mark.parametrize(
    "code",
    [
        DOTENV + "load_dotenv(other.path(), override=True)\n" + READ,
        DOTENV + "load_dotenv('.env', override=other.flag())\n" + READ,
        LOADERS["django-environ class"].replace("path()", "path(), overwrite=True"),
    ],
)
def test_an_unknown_file_that_overrides_makes_given_variables_unknown(
    code: str, values: Callable[..., dict[str, Any]]
) -> None:
    assert isinstance(values({"settings.py": code}, {"A": "given"})["A"], Unknown)


def test_what_was_read_before_stays_known(values: Callable[..., dict[str, Any]]) -> None:
    found = values(
        {"settings.py": DOTENV + READ + "load_dotenv(other.path())\nB = 'A' in os.environ"}
    )
    assert found["A"] == "default"
    assert isinstance(found["B"], Unknown)


def test_a_default_set_after_an_unknown_file_may_not_count(
    values: Callable[..., dict[str, Any]],
) -> None:
    code = DOTENV + "load_dotenv(other.path())\nos.environ.setdefault('A', 'late')\n" + READ
    assert isinstance(values({"settings.py": code})["A"], Unknown)
    forced = code.replace("os.environ.setdefault('A', 'late')", "os.environ['A'] = 'late'")
    assert values({"settings.py": forced})["A"] == "late"


@pytest.mark.parametrize("path", ["'missing.env'", "'/etc/app/missing.env'", "os.getenv('FILE')"])
def test_a_known_file_that_is_absent_gives_nothing(
    path: str, values: Callable[..., dict[str, Any]]
) -> None:
    assert values({"settings.py": DOTENV + f"load_dotenv({path})\n" + READ})["A"] == "default"


def test_a_file_that_a_branch_may_read_makes_what_it_gives_unknown(
    values: Callable[..., dict[str, Any]],
) -> None:
    code = DOTENV + "if other.flag():\n    load_dotenv('x.env')\nB = os.getenv('B')\n" + READ
    files = {"settings.py": code, "x.env": "A=file\n"}
    found = values(files)
    assert isinstance(found["A"], Unknown)
    assert found["B"] is None
    assert values(files, {"A": "given"})["A"] == "given"


def test_a_function_that_nobody_calls_reads_its_file_for_itself_only(
    values: Callable[..., dict[str, Any]],
) -> None:
    code = (
        "import os\nimport other\nfrom dotenv import load_dotenv\nfrom flask import Flask\n"
        "def main():\n    load_dotenv(other.path())\n    print(os.getenv('B', 'default'))\n"
        "def create_app():\n    app = Flask(__name__)\n"
        "    app.config['A'] = os.getenv('A', 'default')\n    return app\n"
    )
    found = values({"settings.py": code})
    assert found["A"] == "default"
    assert isinstance(found.get("B", Unknown("")), Unknown)


SECRETS = PYDANTIC + "    model_config = SettingsConfigDict(env_file='.env', secrets_dir={!r})\n"


def test_a_folder_of_secrets_comes_behind_files_that_nobody_knows(
    values: Callable[..., dict[str, Any]],
) -> None:
    code = "import other\n" + SECRETS.format("secrets").replace("'.env'", "other.path()") + FIELDS
    files = {"settings.py": code, "secrets/a": "from the folder\n"}
    assert isinstance(values(files)["a"], Unknown)
    assert values(files, {"a": "given"})["a"] == "given"


def test_nested_keys_that_an_unknown_file_may_add_make_the_field_unknown(
    values: Callable[..., dict[str, Any]],
) -> None:
    code = (
        "import other\n" + PYDANTIC + "    model_config = SettingsConfigDict(\n"
        "        env_file=other.path(), env_nested_delimiter='__')\n"
        "    a: dict[str, str] = {}\n    b: str = 'b'\nsettings = S()\n"
    )
    found = values({"settings.py": code}, {"A__X": "1", "B": "given"})
    assert isinstance(found["a"], Unknown)
    assert found["b"] == "given"
