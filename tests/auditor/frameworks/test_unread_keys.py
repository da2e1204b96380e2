"""Keys of env files that nothing reads where the file's loader puts them."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("reader", "unread"),
    [
        (
            "class S(BaseSettings):\n    model_config = {'env_file': '.env'}\n    own: str = ''",
            1,
        ),
        ("from starlette.config import Config\nOWN = Config('.env')('OWN')", 1),
        ("from decouple import config\nOWN = config('OWN')", 1),
        ("from decouple import config\nOWN = config('OWN')\nKEY = config('API_KEY', '')", 0),
        ("from dotenv import dotenv_values\nOWN = dotenv_values('.env')['OWN']", 0),
        ("from dotenv import load_dotenv\nload_dotenv()\nOWN = os.environ['OWN']", 0),
        ("from environs import env\nenv.read_env()\nOWN = env('OWN')", 0),
    ],
)
def test_a_key_that_only_the_process_is_asked_for_has_no_effect_in_a_file(
    reader: str, unread: int, evaluated: Callable[..., Any]
) -> None:
    source = f"from pydantic_settings import BaseSettings\nimport os\n{reader}\n"
    source += "OTHER = os.getenv('API_KEY', 'fallback')\n"
    files = {"settings.py": source, ".env": "OWN=1\nAPI_KEY=given\n"}
    seen = evaluated(files).facts.seen("key-unread")
    assert [one.detail for one in seen] == [{"key": "API_KEY", "nearest": "API_KEY"}] * unread
    assert not evaluated(files, {"API_KEY": "from the process"}).facts.seen("key-unread")


@pytest.mark.parametrize(
    ("key", "nearest"), [("VITE_API_URL", ""), ("PIP_API_URL", ""), ("SHOP_API_URL", "API_URL")]
)
def test_a_key_of_another_program_is_no_slip(
    key: str, nearest: str, evaluated: Callable[..., Any]
) -> None:
    files = {
        "settings.py": (
            "import os\nfrom dotenv import load_dotenv\nload_dotenv()\n"
            "URL = os.getenv('API_URL', '/')\n"
        ),
        ".env": f"{key}=/v1\n",
    }
    (seen,) = evaluated(files).facts.seen("key-unread")
    assert seen.detail["nearest"] == nearest
