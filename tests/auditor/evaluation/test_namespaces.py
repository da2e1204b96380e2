"""Folders without ``__init__.py``, ``globals()`` and symbols of modules that are not there."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from secaudit.facts import Unknown

IMPORTS = {
    "from pay import security\nX = security.KEY\n",
    "from pay.security import KEY as X\n",
    "import pay.security\nX = pay.security.KEY\n",
    "import pay.security as other\nX = other.KEY\n",
    "import pay.deep.one\nimport pay.deep.two\nX = pay.deep.one.KEY + pay.deep.two.KEY\n",
    "from pay.deep import one\nX = one.KEY\n",
    "from pay.deep.three import X\n",
}
FILES = {
    "pay/security.py": "KEY = 'a'\n",
    "pay/deep/one.py": "KEY = 'b'\n",
    "pay/deep/two.py": "KEY = 'c'\n",
    "pay/deep/three.py": "from . import one\nfrom ..security import KEY\nX = one.KEY + KEY\n",
}


@pytest.fixture
def importing(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder that Python imports from; its modules are forgotten afterwards."""
    before = set(sys.modules)
    sys.path.insert(0, str(tmp_path))
    yield tmp_path
    sys.path.remove(str(tmp_path))
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.parametrize("code", sorted(IMPORTS))
def test_modules_in_folders_without_init_are_found(
    code: str, importing: Path, evaluated: Callable[..., Any]
) -> None:
    text = f"{code}Y = X + '!'\n"
    result = evaluated({**FILES, "main.py": text})
    namespace: dict[str, Any] = {}
    exec(compile(text, str(importing / "main.py"), "exec"), namespace)  # noqa: S102 - our own source
    assert namespace["Y"] in [one.program_value for one in result.facts.settings]


GLOBALS = {
    "globals().update({'DEBUG': True, 'X': 1})\n",
    "globals()['DEBUG'] = True\n",
    "vars().update(DEBUG=True)\n",
    "locals()['DEBUG'] = 1 == 1\n",
    "for name, value in {'DEBUG': True}.items():\n    globals()[name] = value\n",
    "def load():\n    globals().update(DEBUG=True)\nload()\n",
    "del DEBUG\nglobals().setdefault('DEBUG', True)\n",
    "OTHER = globals().get('DEBUG', 'none')\nDEBUG = OTHER == False\n",
    "DEBUG = 'KEY' in globals()\n",
    "globals().pop('DEBUG')\nDEBUG = 'DEBUG' not in globals()\n",
}


@pytest.mark.parametrize("code", sorted(GLOBALS))
def test_what_globals_is_given_are_names_of_the_module(
    code: str, values: Callable[..., dict[str, Any]]
) -> None:
    source = f"KEY = 'k'\nDEBUG = False\n{code}"
    namespace: dict[str, Any] = {}
    exec(compile(source, "settings.py", "exec"), namespace)  # noqa: S102 - our own source
    found = values({"settings.py": source})
    assert found["DEBUG"] is namespace["DEBUG"] is True
    assert found["KEY"] == "k"


def test_unknown_names_may_replace_those_that_were_there(
    values: Callable[..., dict[str, Any]],
) -> None:
    source = "import other\nDEBUG = False\nglobals().update(other.load())\nKEY = 'k'\nX = ABSENT\n"
    found = values({"settings.py": source})
    assert isinstance(found["DEBUG"], Unknown)
    assert isinstance(found["X"], Unknown)
    assert found["KEY"] == "k"


def test_the_names_of_a_function_are_not_those_of_its_module(
    values: Callable[..., dict[str, Any]],
) -> None:
    source = "DEBUG = False\ndef load():\n    locals().update(DEBUG=True)\nload()\n"
    assert values({"settings.py": source})["DEBUG"] is False


def test_a_constant_of_a_module_that_is_not_there_is_unknown(
    by_concept: Callable[..., dict[str, list[Any]]],
) -> None:
    source = "from absent import DOCS\nfrom fastapi import FastAPI\napp = FastAPI(docs_url=DOCS)\n"
    (docs,) = by_concept({"main.py": source})["docs.url"]
    assert isinstance(docs.value, Unknown)
