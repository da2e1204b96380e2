# ruff: noqa: E501 - source in strings reads best line by line
"""Programs of several modules, run for real and compared; and what one module hides from another."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secaudit.facts import Unknown

Values = Callable[..., dict[str, Any]]

PROGRAMS = {
    "stars that name what they export": {
        "main.py": "from base import *\nA = ONE\nB = globals().get('_TWO', 'hidden')\nC = globals().get('THREE', 'hidden')\n",
        "base.py": "__all__ = ['ONE', '_TWO']\nONE = 1\n_TWO = 2\nTHREE = 3\n",
    },
    "stars that name nothing": {
        "main.py": "from base import *\nA = ONE\nB = globals().get('_TWO', 'hidden')\nC = json.loads('1')\n",
        "base.py": "import json\nONE = 1\n_TWO = 2\n",
    },
    "packages": {
        "main.py": "import pkg\nimport pkg.deep.inner\nfrom pkg import other as o\nA = pkg.NAME\nB = pkg.deep.inner.X\nC = o.Y\nD = pkg.deep.Z\n",
        "pkg/__init__.py": "from .deep import Z as NAME\n",
        "pkg/deep/__init__.py": "from .inner import X\nZ = X + 1\n",
        "pkg/deep/inner.py": "from ..other import Y\nX = Y * 2\n",
        "pkg/other.py": "Y = 5\n",
    },
    "relative modules": {
        "main.py": "from pkg.sub import mod\nA = mod.A\nB = mod.B\nC = mod.C\n",
        "pkg/__init__.py": "V = 'pkg'\n",
        "pkg/sib.py": "V = 'sib'\n",
        "pkg/sub/__init__.py": "V = 'sub'\n",
        "pkg/sub/mod.py": "from . import V as A\nfrom .. import V as B\nfrom ..sib import V as C\n",
    },
    "names as": {
        "main.py": "import pkg.mod as m\nfrom pkg.mod import X as Y\nA = m.X\nB = Y\nm.X = 9\nC = m.X\nD = Y\n",
        "pkg/__init__.py": "",
        "pkg/mod.py": "X = 1\n",
    },
    "a module that is run once": {
        "main.py": "import one\nimport two\nA = one.L[0:]\nB = two.N\n",
        "one.py": "L = []\nL.append(1)\n",
        "two.py": "import one\none.L.append(2)\nN = len(one.L)\n",
    },
    "names that nothing defines": {
        "main.py": "A = 1\ntry:\n    B = base.X\nexcept NameError:\n    B = 'name'\nimport base\ntry:\n    C = base.MISSING\nexcept AttributeError:\n    C = 'attribute'\n",
        "base.py": "X = 1\n",
    },
    "shadowed names": {
        "main.py": "from base import *\nX = X + 1\nfrom other import *\nA = X\ndef f(X=X):\n    return X\nB = f()\nX = 7\nC = f()\n",
        "base.py": "X = 1\n",
        "other.py": "X = 10\n",
    },
}


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_programs_have_the_values_that_python_computes(
    name: str, values: Values, tmp_path: Path
) -> None:
    files = PROGRAMS[name]
    found = values(files)
    show = "import json, main; print(json.dumps({k: getattr(main, k, None) for k in 'ABCD'}))"
    run = subprocess.run(
        [sys.executable, "-c", show],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    for letter, value in json.loads(run.stdout).items():
        answer = found.get(letter)
        assert isinstance(answer, Unknown) or answer == value, letter
    known = [letter for letter in "AB" if not isinstance(found.get(letter), Unknown)]
    assert known == ["A", "B"]


UNKNOWN = {
    "a computed attribute of a module": {"main.py": "import base\nA = base.X\n", "base.py": "def __getattr__(name):\n    return 1\n"},
    "a star of a library": {"main.py": "import base\nA = base.X\n", "base.py": "from somewhere import *\n"},
    "a star of a library here": {"main.py": "from somewhere import *\nA = X\n"},
    "an item of a function": {"main.py": "def f():\n    return 1\nA = f['x']\n"},
    "a list that grows by unknown items": {"main.py": "import somewhere\nL = [1]\nL += somewhere.items()\nA = L[0:]\n"},
    "a set that may have grown": {"main.py": "import somewhere\nS = {1}\nif somewhere.x():\n    S.add(2)\nA = 2 in S\n"},
    "a dictionary that may have shrunk": {"main.py": "import somewhere\nD = {'a': 1}\nif somewhere.x():\n    D.clear()\nA = D.get('b', 1)\n"},
    "an unknown name in a condition": {"main.py": "import somewhere\nif somewhere.x():\n    N = 1\nA = N\n"},
    "a text with an unknown part": {"main.py": "import somewhere\nA = f'x{somewhere.Y}'\n"},
    "not of something unknown": {"main.py": "import somewhere\nA = not somewhere.value()\n"},
    "a key that is unknown": {"main.py": "import somewhere\nA = {'a': 1}[somewhere.value()]\n"},
    "a slice with unknown ends": {"main.py": "import somewhere\nA = 'abc'[somewhere.value():]\n"},
    "a method of something unknown": {"main.py": "import somewhere\nA = somewhere.value().strip()\n"},
    "an unknown argument": {"main.py": "import somewhere\ndef f(x):\n    return x\nA = f(**somewhere.value())\n"},
    "a format of something unknown": {"main.py": "import somewhere\nA = '{}'.format(somewhere.value())\nB = 1\n"},
    "a percent of something unknown": {"main.py": "import somewhere\nA = '%s' % somewhere.value()\n"},
    "a join of something unknown": {"main.py": "import somewhere\nA = ','.join(['a', somewhere.value()])\n"},
    "a while of something unknown": {"main.py": "import somewhere\nA = 1\nwhile somewhere.more():\n    A += 1\n"},
    "a handler of something unknown": {"main.py": "import somewhere\ntry:\n    A = somewhere.value()\nexcept Exception:\n    A = 1\n"},
    "a match of something unknown": {"main.py": "import somewhere\nmatch somewhere.value():\n    case 1:\n        A = 1\n    case _:\n        A = 2\n"},
    "a comprehension with an unknown condition": {"main.py": "import somewhere\nA = [x for x in [1, 2] if somewhere.ok(x)]\n"},
    "a dictionary of unknown keys": {"main.py": "import somewhere\nD = {somewhere.key(): 1}\nA = D.get('a', 2)\n"},
    "an environment that a library changes": {"main.py": "import os, somewhere\nA = somewhere.read(os.environ)\n"},
}  # fmt: skip


@pytest.mark.parametrize("name", list(UNKNOWN))
def test_what_cannot_be_known_is_unknown(name: str, values: Values) -> None:
    found = values(UNKNOWN[name])
    assert isinstance(found.get("A", Unknown("")), Unknown), found
