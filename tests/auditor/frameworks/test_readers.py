"""What readers of the environment find, and which keys they never look at."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secaudit.facts import Unknown

Values = Callable[..., dict[str, Any]]


SETTINGS = "from pydantic_settings import BaseSettings, SettingsConfigDict\n"


@pytest.mark.parametrize("sensitive", [True, False])
def test_letter_case_of_a_key_counts_where_the_reader_minds_it(
    evaluated: Callable[..., Any], *, sensitive: bool
) -> None:
    options = f'env_file=".env", extra="ignore", case_sensitive={sensitive}'
    source = SETTINGS + (
        "class Settings(BaseSettings):\n"
        f"    model_config = SettingsConfigDict({options})\n"
        '    secret_key: str = "x"\n'
        "settings = Settings()\n"
    )
    result = evaluated({"settings.py": source, ".env": "SECRET_KEY=y\n"})
    found = [seen.detail for seen in result.facts.seen("key-unread")]
    assert found == ([{"key": "SECRET_KEY", "nearest": "secret_key"}] if sensitive else [])


def test_the_process_environment_minds_letter_case(evaluated: Callable[..., Any]) -> None:
    source = (
        "import os\nfrom dotenv import load_dotenv\nload_dotenv()\n"
        "SECRET_KEY = os.environ.get('secret_key', 'x')\n"
    )
    result = evaluated({"settings.py": source, ".env": "SECRET_KEY=y\n"})
    (unread,) = result.facts.seen("key-unread")
    assert unread.detail == {"key": "SECRET_KEY", "nearest": "secret_key"}


def test_str_of_none_is_the_text_none(values: Values) -> None:
    source = 'import os\nSECRET_REFRESH_KEY = str(os.getenv("SECRET_REFRESH_KEY", None))\n'
    assert values({"settings.py": source})["SECRET_REFRESH_KEY"] == "None"


def test_an_unread_key_is_not_noted_when_names_are_computed(
    evaluated: Callable[..., Any],
) -> None:
    source = (
        "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nDEBUG = os.getenv('DEBUG')\n"
        "ALL = {k: v for k, v in os.environ.items()}\n"
    )
    assert not evaluated({"settings.py": source, ".env": "OTHER=1\n"}).facts.seen("key-unread")


def test_secrets_made_at_start_and_shown(evaluated: Callable[..., Any]) -> None:
    source = (
        "import os\nimport secrets\nSECRET_KEY = os.getenv('SECRET_KEY') or secrets.token_hex(32)\n"
        "DATABASE_URL = os.getenv('DATABASE_URL', 'postgres://u:p@db/x')\nprint(DATABASE_URL)\n"
    )
    found = evaluated({"settings.py": source}).facts
    assert found.seen("secret-per-process")[0].subject == "SECRET_KEY"
    assert found.seen("secret-logged")[0].subject == "DATABASE_URL"


def test_starting_modules_load_env_files_first(values: Values) -> None:
    files = {
        "settings.py": "import os\nDEBUG = os.getenv('DEBUG', 'no')\n",
        "main.py": "from dotenv import load_dotenv\nload_dotenv()\nimport settings\n",
        ".env": "DEBUG=yes\n",
    }
    assert values(files)["DEBUG"] == "yes"


def test_where_versions_of_environs_disagree_nothing_is_claimed(values: Values) -> None:
    source = (
        "from environs import Env\nenv = Env()\nenv.read_env({})\n"
        "A = env.str('A')\nB = env.str('B')\nC = env.str('C')\n"
    )
    files = {"settings.py": source.format(""), ".env": "A=file\nB=${A}\nC=${OTHER}c\n"}
    found = values(files, {"A": "process"})
    assert found["A"] == "process"
    assert isinstance(found["B"], Unknown)
    assert found["C"] == "c"
    files = {**files, "settings.py": source.format("override=True")}
    assert isinstance(values(files, {"A": "process"})["A"], Unknown)
    assert values(files)["A"] == "file"


def test_paths_of_django_environ(
    values: Values, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``Path`` goes up by subtraction, down by calls and ``path``, as the library does."""
    source = (
        "import environ, os\nROOT = environ.Path(__file__) - 2\nA = str(ROOT)\n"
        "B = ROOT('x', '../y')\nC = str(ROOT.path('z'))\nD = os.path.join(ROOT, '.env')\n"
        "E = str(environ.Path('conf'))\n"
    )
    found = values({"conf/settings.py": source})
    root = str(tmp_path.resolve())
    monkeypatch.chdir(root)
    namespace: dict[str, Any] = {"__file__": f"{root}/conf/settings.py"}
    exec(source, namespace)  # noqa: S102 - our own source
    assert {name: found[name] for name in "ABCDE"} == {name: namespace[name] for name in "ABCDE"}
