# ruff: noqa: E501 - source in strings reads best line by line
"""Hostile programs: evaluation ends soon, in bounded memory, without a traceback."""

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from secaudit.facts import Unknown

HOSTILE = {
    "a giant power": "A = 9 ** 9 ** 9",
    "a giant shift": "A = 1 << 10 ** 9",
    "a giant text": "A = 'a' * 10 ** 10",
    "a giant list": "A = [0] * 10 ** 10",
    "a growing text": "A = 'a'\nfor i in range(100):\n    A = A + A",
    "a growing list": "A = [1]\nfor i in range(100):\n    A = A + A",
    "a list in itself": "A = [1]\nA.append(A)\nB = str(A)\nC = A == A",
    "a dictionary in itself": "A = {}\nA['x'] = A\nB = A['x']['x']",
    "an endless loop": "A = 0\nwhile True:\n    A += 1",
    "an endless loop of nothing": "while 1:\n    pass\nA = 1",
    "endless recursion": "def f(n):\n    return f(n + 1)\nA = f(0)",
    "mutual recursion": "def f():\n    return g()\ndef g():\n    return f()\nA = f()",
    "exponential recursion": "def f(n):\n    return f(n - 1) + f(n - 1) if n else 1\nA = f(40)",
    "nested loops": "A = 0\nfor i in range(9999):\n    for j in range(9999):\n        A += 1",
    "a nested comprehension": "A = [i for i in range(9999) for j in range(9999)]",
    "a wide format": "A = f'{1:1000000000}'\nB = '%1000000000d' % 1\nC = '{:1000000000}'.format(1)",
    "a wide justification": "A = 'x'.ljust(10 ** 10)\nB = 'x'.zfill(10 ** 10)",
    "a replacement that grows": "A = ('a' * 50000).replace('a', 'b' * 50000)",
    "a join that grows": "A = ('b' * 50000).join(['a'] * 9999)",
    "deep nesting": "A = " + "[" * 90 + "]" * 90,
    "a long sum": "A = " + " + ".join(["1"] * 900),
    "a class of itself": "class C:\n    pass\nC.x = C\nA = C.x.x.x",
    "a property of itself": "class C:\n    @property\n    def x(self):\n        return self.x\nA = C().x",
    "a validator that calls itself": "from pydantic import model_validator\n"
    "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: str = 'x'\n"
    "    @model_validator(mode='after')\n    def f(self):\n        S()\n        return self\nS()",
    "a model in itself": "from typing import Optional\nfrom pydantic import BaseModel\n"
    "from pydantic_settings import BaseSettings\nclass M(BaseModel):\n    m: 'Optional[M]' = None\n"
    "class S(BaseSettings):\n    m: M = M()\n    model_config = {'env_nested_delimiter': '__'}\n",
    "a dependency of itself": "from typing import Annotated\nfrom fastapi import Depends\n"
    "def f(a: 'A', b: C):\n    return b\nC = Annotated[int, Depends(lambda: f)]\n"
    "def g(c: D):\n    return c\nD = Annotated[int, Depends(g)]\n",
    "a base class of itself": "class C(C):\n    pass\nA = 1",
    "a decorator of itself": "def d(f):\n    return d(f)\n@d\ndef f():\n    return 1\nA = f()",
    "many digits": "A = int('9' * 100000)",
    "a pattern that takes forever": "from pydantic import Field\nfrom pydantic_settings import BaseSettings\n"
    "class S(BaseSettings):\n    a: str = Field('a' * 40 + '!', pattern=r'(a+)+$')\n",
    "a star of nothing": "from . import *\nfrom .. import *\nfrom ....... import x\nA = 1",
    "odd subscripts": "A = {}[[]]\nB = [][{}]\nC = {}[{}]\nD = ()['x']",
    "odd calls": "A = len()\nB = isinstance(1)\nC = getattr(1)\nD = max()\nE = map()\nF = zip()\nG = int(1, 2, 3)",
    "odd methods": "A = 'x'.join(1)\nB = [].pop(5)\nC = {}.pop()\nD = 'x'.split(1)\nE = [1].insert(0)",
    "unpacking": "A, B = 1\nC, D = [1]\n*E, F = []",
    "environment games": "import os\nA = os.getenv()\nB = os.environ[1]\nos.environ[1] = 2\n"
    "C = os.environ.get([])\ndel os.environ['x']",
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_code_ends_soon_and_small(name: str, evaluated: Callable[..., Any]) -> None:
    tracemalloc.start()
    started = time.process_time()
    try:
        evaluated({"settings.py": HOSTILE[name] + "\n"})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - started < 20
    assert peak < 200 * 1024 * 1024


def test_reaching_the_limit_is_a_problem(evaluated: Callable[..., Any]) -> None:
    result = evaluated({"settings.py": HOSTILE["nested loops"] + "\n"})
    assert ["limit" in problem.message for problem in result.problems] == [True]


@pytest.mark.parametrize(
    "exit_",
    ["if not page.items:\n            break", "if page.last():\n            return size"],
)
def test_a_loop_that_unknown_values_end_takes_no_steps_of_others(
    exit_: str, evaluated: Callable[..., Any]
) -> None:
    """Business code counts pages until a database has no more: nobody knows when that is."""
    work = "        kind = [kind.upper(), size, page.items[0]][0]\n" * 9
    source = (
        "from store import query\n"
        "def every(kind):\n    size = 0\n    while True:\n        page = query(kind, size)\n"
        f"        {exit_}\n        size += 1\n{work}"
        "TIMES = every('x')\n"
    )
    result = evaluated({"settings.py": source})
    assert result.problems == ()
    assert not [one for one in result.facts.settings if isinstance(one.value, int)]


def test_business_code_that_nobody_calls_is_looked_at_once_for_the_same_arguments(
    evaluated: Callable[..., Any],
) -> None:
    steps = "".join(
        f"def step_{i}(order, kind):\n    return [step_{i + 1}(order, kind) for _ in (1, 2, 3)]\n"
        for i in range(12)
    )
    source = (
        "from flask import Flask\n"
        f"{steps}def step_12(order, kind):\n    app = Flask(kind)\n    app.debug = order.debug\n"
        "    app.secret_key = 'changeme'\n    return app\n"
    )
    result = evaluated({"shop.py": source})
    assert result.problems == ()
    assert [one.value for one in result.facts.of("signing.secret")] == ["changeme"]


def test_a_limit_does_not_hide_what_came_before(values: Callable[..., dict[str, Any]]) -> None:
    found = values({"settings.py": f"DEBUG = True\n{HOSTILE['nested loops']}\n"})
    assert found["DEBUG"] is True


def test_what_is_too_large_is_unknown(values: Callable[..., dict[str, Any]]) -> None:
    found = values({"settings.py": HOSTILE["a giant power"] + "\n"})
    assert isinstance(found["A"], Unknown)


def test_what_a_module_takes_is_not_on_the_budget_of_its_importer(
    evaluated: Callable[..., Any],
) -> None:
    heavy = "def work():\n    n = 0\n    for i in range(1999):\n        n = n + i * 2 - i\n    return n\n"
    files = {
        "heavy.py": heavy + "".join(f"V{i} = work()\n" for i in range(6)),
        "settings.py": "def load():\n    import heavy\n    n = heavy.V0\n    return n + 1\n\n\nA = load()\n",
    }
    done = evaluated({name: files[name] for name in reversed(files)})
    (setting,) = [one for one in done.facts.settings if one.name == "A"]
    assert (setting.program_value, done.problems) == (sum(range(1999)) + 1, ())
