# ruff: noqa: E501 - source in strings reads best line by line
"""The evaluator computes what Python computes: every snippet is run for real and compared."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from secaudit.facts import Unknown

SNIPPETS = {
    "arithmetic": "A = 60 * 24 * 8\nB = 7 // 2 + 7 % 4 - 2 ** 3\nC = -A / 2\nD = 1 << 4 | 1",
    "text": 'A = "a" + "b" * 3\nB = "%s-%d" % ("x", 3)\nC = "{}/{}".format("u", 1)\nD = "abc"[1:]',
    "f-strings": 'A = 3\nB = f"x{A}y{A + 1!r}z{A:03d}"\nC = f"{[1, 2]}"',
    "methods": 'A = " a,b ".strip().split(",")\nB = ",".join(["a", "b"])\nC = "Ab".lower().upper()',
    "truth": 'A = "" or "x"\nB = "a" and "b"\nC = not []\nD = 1 < 2 < 3\nE = "a" in "abc"',
    "conditions": 'A = 1 if "x" else 2\nif A == 1:\n    B = "one"\nelif A == 2:\n    B = "two"',
    "lists": "A = [1, 2]\nA.append(3)\nA += [4]\nA.insert(0, 0)\nA.remove(2)\nB = A[1:]\nC = [*A, 9]",
    "dictionaries": 'A = {"a": 1, **{"b": 2}}\nA["c"] = 3\nA.update(d=4)\nA.pop("a")\nB = A.get("z", 5)',
    "lists that shrink": "L1 = [1, 2, 3, 4]\nA = L1.pop()\nB = L1.pop(0)\nC = L1.pop(-1)\nD = L1[:]\n"
    "E = [5, 6, 5].index(5)\nF = [5, 6, 5].count(5)\nG1 = [7]\nG2 = G1.copy()\nG2.append(8)\n"
    "G = G1[0:]\nH = G2[0:]\nG1.clear()\nI = len(G1)\nJ = [1, 2]\nJ.reverse()\nJ.extend('ab')",
    "dictionaries that change": "D1 = {'a': 1}\nA = D1.setdefault('a', 5)\nB = D1.setdefault('b', 6)\n"
    "C = D1.pop('a')\nD = D1.pop('z', 7)\nE = sorted(D1.items())\nF = list(D1.values())\n"
    "D2 = D1.copy()\nD2.clear()\nG = len(D1)\nH = len(D2)\nD1.update([('c', 8)], d=9)\nI = sorted(D1)\n"
    "J = dict([('a', 1)], b=2)['b']\nK = {**{'a': 1}, 'a': 2, **{'b': 3}}['a']",
    "sets": 'A = sorted({"b", "a"})\nB = len({1, 1, 2})',
    "tuples": "A, (B, *C) = 1, (2, 3, 4)\nD = (1, 2) + (3,)",
    "loops": "A = []\nfor i in range(5):\n    if i == 3:\n        break\n    A.append(i)\nelse:\n    A.append(9)",
    "while": "A = 0\nwhile True:\n    A += 1\n    if A > 3:\n        break",
    "comprehensions": "A = [i * j for i in (1, 2) for j in (3, 4) if i + j > 4]\nB = {k: 1 for k in 'ab'}",
    "generators": "A = any(x > 1 for x in [1, 2])\nB = all([True, False])\nC = sum([1, 2])",
    "functions": "def f(a, b=2, *c, d=4, **e):\n    return [a, b, list(c), d, sorted(e)]\nA = f(1)\n"
    "B = f(1, 3, 5, d=6, z=7)",
    "recursion": "def f(n):\n    return 1 if n < 2 else n * f(n - 1)\nA = f(5)",
    "closures": "def outer(x):\n    def inner(y):\n        return x + y\n    return inner\nA = outer(1)(2)",
    "lambdas": "A = (lambda v: [s.strip() for s in v.split(',')])('a, b')\nB = list(map(str, [1, 2]))",
    "classes": "class P:\n    X = 1\n    Y = X + 1\nclass Q(P):\n    X = 5\nA = Q.X\nB = Q.Y",
    "objects": "class P:\n    def __init__(self, a):\n        self.a = a\n    @property\n"
    "    def b(self):\n        return self.a * 2\nA = P(2).b",
    "methods of classes": "class P:\n    @classmethod\n    def make(cls):\n        return cls.N\n"
    "    @staticmethod\n    def twice(x):\n        return 2 * x\n    N = 4\nA = P.make()\nB = P.twice(3)",
    "inheritance": "class A1:\n    V = 'a'\nclass B1(A1):\n    pass\nclass C1(A1):\n    V = 'c'\n"
    "class D1(B1, C1):\n    pass\nA = D1.V",
    "super": "class P:\n    def f(self):\n        return 1\nclass Q(P):\n    def f(self):\n"
    "        return super().f() + 1\nA = Q().f()",
    "dataclasses": "from dataclasses import dataclass, field\n@dataclass\nclass P:\n    a: int = 1\n"
    "    b: list = field(default_factory=list)\nA = P(a=2).a\nB = P().b",
    "enumerations": "from enum import Enum\nclass E(str, Enum):\n    DEV = 'dev'\n    PROD = 'prod'\n"
    "A = E.DEV.value\nB = E('prod') == E.PROD\nC = E['DEV'].value",
    "enumerations that are no texts": "from enum import Enum\nclass E(Enum):\n    DEV = 'dev'\n"
    "A = E.DEV == 'dev'\nB = E.DEV != 'dev'\nC = E.DEV in ('dev', 'x')\nD = E.DEV in [E.DEV]\n"
    "F = E('dev') == E.DEV\nG = 'dev' in [E.DEV]",
    "members of enumerations": "from enum import Enum\nclass E(str, Enum):\n    DEV = 'dev'\n    PROD = 'prod'\n"
    "    @property\n    def debug(self):\n        return self in (self.DEV,)\n    @classmethod\n    def of(cls, text):\n"
    "        return cls(text.lower())\n    def __str__(self):\n        return self.value.upper()\n"
    "A = E.DEV.debug\nB = E.PROD.debug\nC = E.of('PROD').value\nD = str(E.DEV)\nF = f'{E.PROD}'\nG = E.DEV.upper()\n"
    "H = E('dev') is E.DEV\nI = E.DEV is not E.PROD\nJ = E['DEV'].name\nK = isinstance(E.DEV, str)",
    "loops over enumerations": "from enum import Enum\nclass E(Enum):\n    A1 = 1\n    B1 = 2\n    ALIAS = 1\n"
    "A = [m.name for m in E]\nB = len(E)\nC = sorted(E.__members__)\nD = E.ALIAS is E.A1\nF = 2 in [m.value for m in E]\n"
    "G = str(E.B1)\nH = bool(E(1))\nI = [m.value for m in list(E)]",
    "counted enumerations": "from enum import IntEnum, StrEnum, auto\nclass N(IntEnum):\n    X = auto()\n    Y = 7\n    Z = auto()\n"
    "class S(StrEnum):\n    ONE = auto()\n    TWO = 'Two'\nA = N.Z + 1\nB = N.X == 1\nC = S.ONE == 'one'\nD = str(S.TWO)\nF = f'{S.ONE}'",
    "secrets that are no texts": "from pydantic import SecretStr\nS1 = SecretStr('a')\n"
    "A = S1 == 'a'\nB = S1 != 'a'\nC = S1 in ('a', 'b')\nD = S1 == SecretStr('a')\n"
    "E = len(S1)\nF = S1.get_secret_value() == 'a'\nG = 'a' in [S1]\nH = S1 in [SecretStr('a')]",
    "paths that are no texts": "from pathlib import Path\nP1 = Path('a')\nA = P1 == 'a'\nB = P1 != 'a'\n"
    "C = P1 == Path('a')\nD = P1 in ('a', 'b')\nE = str(P1) == 'a'\nF = P1 / 'b' == Path('a/b')",
    "exceptions": "try:\n    A = int('x')\nexcept (TypeError, ValueError):\n    A = 1\nelse:\n    A = 2\n"
    "finally:\n    B = 3",
    "exceptions of another kind": "try:\n    try:\n        A = int('x')\n        B = 1\n    except KeyError:\n        A = 1\n"
    "    B = 2\nexcept ValueError:\n    A = 3\n    B = 4",
    "missing keys": "try:\n    A = {}['x']\nexcept LookupError:\n    A = 'missing'",
    "match": "V = 'b'\nmatch V:\n    case 'a' | 'b' if V == 'b':\n        A = 1\n    case _:\n        A = 2",
    "walrus": "A = y if (y := 5) > 3 else 0",
    "durations": "from datetime import timedelta\nA = timedelta(days=7)\nB = timedelta(hours=1) * 2\n"
    "C = A.total_seconds()\nD = A > timedelta(days=1)",
    "json": 'import json\nA = json.loads(\'{"a": [1, true]}\')["a"]',
    "quoting": "from urllib.parse import quote, quote_plus\nA = quote('a b/c')\nB = quote_plus('p@ss')",
    "paths": "import os\nA = os.path.join('a', 'b')\nB = os.path.dirname('/x/y')",
    "globals": "N = 1\ndef f():\n    global N\n    N = 2\nf()\nA = N",
    "caching": "from functools import lru_cache\nC = []\n@lru_cache\ndef f():\n    C.append(1)\n    return 5\n"
    "f()\nf()\nA = len(C)",
    "names of enclosing functions": "def f():\n    v = 1\n    def g():\n        nonlocal v\n        v += 1\n"
    "        def h():\n            nonlocal v\n            v *= 10\n        h()\n    g()\n    return v\nA = f()",
    "growing in place": "A = [1]\nB = A\nB += (2,)\nC = {1}\nD = C\nD |= {1, 2}\nE = {'a': 1}\nF1 = E\nF1 |= {'b': 2}\nF = sorted(E)\n"
    "G = (1,)\nH = G\nH += (2,)\nI = [3]\nI += 'ab'",
    "too few to unpack": "try:\n    X, *Y, Z = [1]\nexcept ValueError:\n    A = 'refused'\nB, *C = [1]",
    "arguments that are no fields": "from dataclasses import dataclass\n@dataclass\nclass P:\n    a: int = 1\n"
    "try:\n    P(1, 2)\nexcept TypeError:\n    A = 'refused'\ntry:\n    P(b=2)\nexcept TypeError:\n    B = 'refused'",
    "fields by position": "from dataclasses import KW_ONLY, dataclass, field\nfrom typing import ClassVar\n@dataclass\nclass P:\n"
    "    kind: ClassVar[str] = 'k'\n    made: int = field(init=False, default=5)\n    debug: bool = True\n    _: KW_ONLY\n"
    "    secure: bool = True\np = P(False, secure=False)\nA = p.debug\nB = p.secure\nC = p.kind\nD = p.made\n"
    "try:\n    P(False, False)\nexcept TypeError:\n    E = 'refused'",
    "conversions of f-strings": "A = f'{3!r:>4}'\nB = f'{\"a\"!s:^5}'\nV1 = '\\u00e9'\nC = f'{V1!a}'\nD = f'{3!r}'",
    "setters": "class P:\n    kept = True\n    @property\n    def debug(self):\n        return self.kept\n    @debug.setter\n"
    "    def debug(self, value):\n        self.kept = not value\np = P()\nA = p.debug\np.debug = True\nB = p.debug",
    "what records do after their fields": "from dataclasses import InitVar, dataclass\n@dataclass\nclass P:\n    key: str = 'x'\n"
    "    more: InitVar[int] = 3\n    def __post_init__(self, more):\n        self.n = more * 2\n        if self.key == 'x':\n"
    "            self.key = 'y'\nA = P().key\nB = P('z').key\nC = P(more=4).n",
    "attributes of a class's own making": "class P:\n    def __getattr__(self, name):\n        return name + '!'\nA = P().debug",
    "setattr on a class": "class P:\n    pass\nsetattr(P, 'X', 3)\nA = P.X\nB = P().X",
    "setattr": "class P:\n    pass\np = P()\nsetattr(p, 'x', 3)\nA = p.x\nB = getattr(p, 'y', 4)",
    "deleting": "A = {'a': 1, 'b': 2}\ndel A['a']\nB = list(A)",
    "isinstance": "A = isinstance('x', str)\nB = isinstance([1], (list, tuple))\nC = isinstance(True, int)",
    "nested data": "A = {'default': {'HOST': 'x'}}\nA['default']['PORT'] = 1\nB = A['default']['PORT']",
    "text tests": "A = 'abc'.startswith('a')\nB = 'x=1'.partition('=')[2]\nC = 'a.b'.replace('.', '_')",
    "conversions": "A = int('7')\nB = str(5)\nC = bool('False')\nD = float('1.5')\nE = list('ab')\nF = repr('x')",
    "exceptions of the project": "class E1(ValueError):\n    pass\nclass E2(E1):\n    pass\ntry:\n    raise E2('x')\n"
    "except E1:\n    A = 1\ntry:\n    raise E1\nexcept KeyError:\n    B = 1\nexcept ValueError:\n    B = 2\n"
    "class E3(Exception):\n    pass\ntry:\n    raise E3\nexcept ValueError:\n    C = 1\nexcept Exception:\n    C = 2",
    "exceptions and their bases": "try:\n    raise FileExistsError\nexcept IOError:\n    A = 1\ntry:\n    raise SystemExit(1)\n"
    "except Exception:\n    B = 1\nexcept BaseException:\n    B = 2\ntry:\n    [].pop()\nexcept IndexError:\n    C = 1\n"
    "try:\n    None.foo\nexcept AttributeError:\n    D = 1\ntry:\n    open('absent.txt')\nexcept FileNotFoundError:\n    E = 1\n"
    "from pathlib import Path\ntry:\n    F = Path('absent.txt').read_text()\nexcept OSError:\n    F = 1\n"
    "try:\n    {}['a']\nexcept LookupError:\n    G = 1\ntry:\n    {1}.pop()\n    H = set().pop()\nexcept KeyError:\n    H = 1",
    "assignment expressions": "A = [y for x in [1, 2] if (y := x * 2) > 2]\nB = y\ndef f():\n    _ = [(z := i) for i in range(3)]\n"
    "    return z\nC = f()\nif (n := 3) > 2:\n    D = n",
    "comprehensions in classes": "class P:\n    X = [1, 2]\n    Y = [x * 2 for x in X]\n    Z = {str(x): x for x in X}\n"
    "A = P.Y\nB = P.Z['1']",
    "deleted attributes": "class P:\n    X = 1\np = P()\np.a = 1\ndel p.a\nA = getattr(p, 'a', 'gone')\ndel P.X\n"
    "B = getattr(P, 'X', 'gone')",
    "identity": "V = 'x'\nA = None is None\nB = V is not None\nC = (V == 'x') is True\nD = [] is True",
    "slices": "A = [1, 2, 3, 4][::2]\nB = 'abcdef'[-2:]\nC = (1, 2, 3)[1]",
    "chained assignment": "A = B = [1]\nA.append(2)",
    "growth in place": "A = B = [1]\nA += [2]\nB += (3,)\nC1 = {1}\nC2 = C1\nC2 |= {2, 1}\nC = sorted(C1)\n"
    "D = E = (1,)\nD += (2,)\nF = frozenset([1])\nG1 = F\nG1 |= {2}\nclass P:\n    X = [1]\n"
    "H = P.X\nP.X += [2]\nI = [0]\nI += I",
    "annotated": "A: int = 5\nB: 'list[str]' = ['x']",
    "conditional import": "try:\n    import json\nexcept ImportError:\n    json = None\nA = json is not None",
    "min and max": "A = min(3, 1)\nB = max([1, 4, 2])\nC = abs(-3)\nD = round(1.6)",
    "zip-free loops": "A = ''\nfor k, v in {'a': 1, 'b': 2}.items():\n    A += f'{k}{v}'",
}


def plain(value: Any) -> Any:  # noqa: ANN401 - values of the executed snippet
    """Return a real value in the form the auditor reports it."""
    return frozenset(value) if isinstance(value, set) else value


def agree(source: str, values: Callable[..., dict[str, Any]]) -> None:
    """Check that the evaluator has the values that Python computes for names of one letter."""
    namespace: dict[str, Any] = {}
    exec(compile(source, "snippet.py", "exec"), namespace)  # noqa: S102 - our own source
    found = values({"snippet.py": source})
    for letter, value in namespace.items():
        if len(letter) != 1 or not letter.isupper() or isinstance(value, type):
            continue
        if isinstance(value, dict) and value:  # reported entry by entry
            for key, item in value.items():
                if not isinstance(item, dict):
                    assert found[f"{letter}.{key}"] == plain(item)
            continue
        assert letter in found or value is None, f"{letter} is missing"
        answer = found.get(letter)
        assert answer == plain(value), letter
        assert type(answer) is type(plain(value)), letter


def test_how_far_a_generator_runs_is_not_known(values: Callable[..., dict[str, Any]]) -> None:
    source = "A = any((last := n) > 1 for n in [1, 2, 3])\nB = last\n"
    found = values({"snippet.py": source})
    assert (found["A"], type(found["B"])) == (True, Unknown)


@pytest.mark.parametrize("name", list(SNIPPETS))
def test_snippet_has_the_values_that_python_computes(
    name: str, values: Callable[..., dict[str, Any]]
) -> None:
    agree(SNIPPETS[name], values)


UNKNOWN = {
    "a library call": "import somewhere\nA = somewhere.value()",
    "a library constant in a test": "import somewhere\nA = 1 if somewhere.FLAG else 2",
    "a changed list": "import somewhere\nL = [1]\nif somewhere.x():\n    L.append(2)\nA = L[0:]",
    "a branch": "import somewhere\nif somewhere.x():\n    A = 1\nelse:\n    A = 2",
    "a return under a condition": "import somewhere\ndef f():\n    if somewhere.x():\n        return 1\n"
    "    return 2\nA = f()",
    "a loop over unknown items": "import somewhere\nA = 0\nfor i in somewhere.items():\n    A = 1",
    "a wrapped function": "def twice(f):\n    return lambda: f() * 2\n@twice\ndef f():\n    return 1\nA = f()",
    "a masked secret": "from pydantic import SecretStr\nA = f'{SecretStr(chr(97))}'",
    "a secret among unknown ones": "import somewhere\nfrom pydantic import SecretStr\n"
    "A = SecretStr('a') in [somewhere.value(), 'a']",
    "an identity of unknown ones": "import somewhere\nA = somewhere.value() is None",
    "random": "import secrets\nA = secrets.token_urlsafe(32)",
    "an unknown base class": "from somewhere import Base\nclass C(Base):\n    pass\nA = C().x",
    "a generator": "def f():\n    yield 1\nA = f()",
    "a coroutine": "async def f():\n    return 1\nA = f()",
    "an object that decides its truth": "class P:\n    def __bool__(self):\n        return False\nA = bool(P())",
    "an object with a length": "class P:\n    def __len__(self):\n        return 0\nA = 1 if P() else 2",
    "what a metaclass adds": "class M(type):\n    def __getattr__(cls, name):\n        return name\n"
    "class P(metaclass=M):\n    pass\nA = P.x",
    "what a base adds to its children": "class P:\n    def __init_subclass__(cls):\n        cls.x = 1\nclass Q(P):\n    pass\nA = Q.x",
    "a name bound under a condition": "import somewhere\ndef f():\n    v = 1\n    def g():\n        nonlocal v\n"
    "        if somewhere.x():\n            v = 2\n    g()\n    return v\nA = f()",
    "an enumeration that counts in its own way": "from enum import Flag, auto\nclass F(Flag):\n    X = auto()\nA = F.X.value",
    "a text that differs between versions of Python": "from enum import Enum\nclass E(str, Enum):\n    X = 'x'\nA = f'{E.X}'",
    "what setattr sets under a condition": "import somewhere\nclass P:\n    X = 1\nif somewhere.x():\n    setattr(P, 'X', 2)\nA = P.X",
    "a comparison with a library symbol": "import somewhere\nA = somewhere.X == 'x'",
}


@pytest.mark.parametrize("name", list(UNKNOWN))
def test_what_cannot_be_known_is_unknown(name: str, values: Callable[..., dict[str, Any]]) -> None:
    found = values({"snippet.py": UNKNOWN[name] + "\n"})
    assert isinstance(found.get("A", Unknown("")), Unknown), name


def test_both_branches_that_agree_give_a_value(values: Callable[..., dict[str, Any]]) -> None:
    source = "import somewhere\nif somewhere.x():\n    A = 1\nelse:\n    A = 1\nB = A + 1\n"
    assert values({"snippet.py": source})["B"] == 2


def test_a_branch_that_raises_leaves_the_other(values: Callable[..., dict[str, Any]]) -> None:
    source = "import somewhere\nA = 1\nif somewhere.x():\n    A = 2\n    raise ValueError\n"
    assert values({"snippet.py": source})["A"] == 1


def test_a_statement_that_raises_does_not_hide_later_ones(
    values: Callable[..., dict[str, Any]],
) -> None:
    found = values({"snippet.py": "A = int('x')\nB = 2\n"})
    assert isinstance(found.get("A", Unknown("")), Unknown)
    assert found["B"] == 2


def test_names_cross_modules(values: Callable[..., dict[str, Any]]) -> None:
    files = {
        "main.py": "from pkg.base import *\nfrom pkg import other\nA = NAME + other.get()\n",
        "pkg/__init__.py": "",
        "pkg/base.py": "NAME = 'n'\n_HIDDEN = 1\n",
        "pkg/other.py": "from . import deep\n\ndef get():\n    return deep.VALUE\n",
        "pkg/deep.py": "VALUE = 'v'\n",
    }
    assert values(files)["A"] == "nv"


def test_imports_in_circles_end(values: Callable[..., dict[str, Any]]) -> None:
    files = {"a.py": "import b\nA = 1\n", "b.py": "import a\nB = 2\n"}
    found = values(files)
    assert (found["A"], found["B"]) == (1, 2)


def test_functions_that_nothing_calls_change_nothing(
    values: Callable[..., dict[str, Any]],
) -> None:
    source = "L = [1]\nclass C:\n    X = 1\ndef f():\n    L.append(2)\n    C.X = 2\nA = C.X\n"
    found = values({"snippet.py": source})
    assert found["L"] == [1]
    assert found["A"] == 1


def test_a_duration_is_a_duration(values: Callable[..., dict[str, Any]]) -> None:
    source = "from datetime import timedelta\nA = timedelta(minutes=30)\n"
    assert values({"snippet.py": source})["A"] == timedelta(minutes=30)
