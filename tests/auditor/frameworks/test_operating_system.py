"""What code does with ``os.environ`` reaches what it reads later, as it does in Python."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from secaudit.facts import Setting, Unknown

Values = Callable[..., dict[str, Any]]

WRITES = (
    "os.environ['A'] = 'new'",
    "os.environ.update(A='new')",
    "os.environ.update({'A': 'new', 'B': 'other'}, B='last')",
    "os.environ.update([('A', 'new'), ('C', 'c')])",
    "os.environ.update(os.environ)",
    "os.environ |= {'A': 'new'}",
    "os.environ.setdefault('A', 'new')",
    "del os.environ['A']",
    "os.environ.pop('A')",
    "os.environ.pop('B', None)",
    "os.environ.clear()",
    "for name, value in {'A': 'new'}.items():\n    os.environ.setdefault(name, value)",
    "def change():\n    os.environ['A'] = 'new'\nchange()",
    "def change():\n    os.environ['A'] = 'new'",
    "if 'B' in os.environ:\n    del os.environ['B']",
    "if os.environ.get('A') == 'given':\n    os.environ.update(A='new')",
)
READS = """
X1 = os.environ.get("A", "absent")
X2 = os.getenv("B", "absent")
X3 = "A" in os.environ
X4 = "B" not in os.environ
X5 = {**{"A": "before"}, **os.environ}.get("A")
X6 = sorted(name for name in os.environ if name in ("A", "B", "C"))
X7 = {name: value for name, value in os.environ.items() if name == "A"} == {"A": "new"}
X8 = dict(os.environ, A="mine")["A"]
X9 = (os.environ | {"B": "joined"})["B"]
"""


@pytest.mark.parametrize("given", [{}, {"A": "given"}, {"A": "given", "B": "too"}])
@pytest.mark.parametrize("write", WRITES)
def test_a_change_is_seen_by_all_that_read_later(
    write: str, given: dict[str, str], values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = f"import os\n{write}\n{READS}"
    monkeypatch.setattr(os, "environ", os.environ.copy())
    os.environ.clear()
    os.environ.update(given)
    real: dict[str, Any] = {}
    try:
        exec(compile(source, "settings.py", "exec"), real)  # noqa: S102 - our own source
    except KeyError:
        assert write in {"del os.environ['A']", "os.environ.pop('A')"}
        return
    found = values({"settings.py": source}, given)
    for name in ("X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8", "X9"):
        assert found[name] == real[name], name


@pytest.mark.parametrize(
    "write",
    [
        "os.environ.update(elsewhere.variables())",
        "os.environ |= elsewhere.variables()",
        "os.environ[elsewhere.NAME] = 'x'",
        "if elsewhere.FLAG:\n    os.environ.setdefault('A', 'x')",
        "if elsewhere.FLAG:\n    os.environ.update(A='x')",
    ],
)
def test_a_change_that_is_not_known_makes_what_it_may_reach_unknown(
    write: str, values: Values
) -> None:
    settings = (
        "import os\nfrom pydantic_settings import BaseSettings\n"
        "class Settings(BaseSettings):\n    a: str = 'default'\n"
        "B = os.getenv('A', 'absent')\nC = 'A' in os.environ\n"
    )
    files = {"settings.py": f"import os\nimport elsewhere\n{write}\n{settings}"}
    found = values(files)
    assert [isinstance(found[name], Unknown) for name in "aBC"] == [True, True, True]
    files = {"settings.py": settings, "main.py": f"import os\nimport elsewhere\n{write}\n"}
    assert isinstance(values(files)["B"], Unknown), "another module reads it"


def test_what_is_set_after_an_unknown_change_is_known(values: Values) -> None:
    source = "import os\nimport elsewhere\nos.environ.update(elsewhere.variables())\n"
    found = values({"settings.py": source + "os.environ['A'] = '1'\nB = os.environ['A']\n"})
    assert found["B"] == "1"


def test_a_text_that_is_only_looked_for_is_the_one_to_change(
    by_concept: Callable[..., dict[str, list[Setting]]],
) -> None:
    source = (
        "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nDEBUG = 'DEBUG' in os.environ\n"
    )
    (debug,) = by_concept({"settings.py": source, ".env": "DEBUG=False\n"})["debug.enabled"]
    assert debug.value is True
    assert debug.location.path.endswith(".env")


def test_entries_before_a_spread_that_is_not_known_are_not_known(values: Values) -> None:
    source = (
        "import elsewhere\n"
        "A = {'x': 1, **elsewhere.entries, 'y': 2}\nB = A['x']\nC = A['y']\n"
        "D = {'x': 1}\nD.update(elsewhere.entries)\nE = D['x']\n"
        "F = dict({'x': 1}, **elsewhere.entries)['x']\n"
        "G = {'x': 1} | {**elsewhere.entries}\nH = G['x']\n"
    )
    found = values({"settings.py": source})
    assert found["C"] == 2
    assert [isinstance(found[name], Unknown) for name in "BEFH"] == [True] * 4
