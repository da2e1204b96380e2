# ruff: noqa: E501 - source in strings reads best line by line
"""Corners of the language, run for real and compared; and where the evaluator must not guess."""

from collections.abc import Callable
from typing import Any

import pytest

from secaudit.facts import Unknown

from .test_language import agree

SNIPPETS = {
    "text methods": "A = 'Ab'.swapcase()\nB = 'x'.zfill(3) + 'x'.ljust(3) + 'x'.rjust(3) + 'x'.center(3)\nC = 'a-b-c'.rsplit('-', 1)\nD = 'a\\nb'.splitlines()\nE = 'abc'.find('c')\nF = 'x'.encode()\nG = b'x'.decode()\nH = 'prefix-x'.removeprefix('prefix-')\nI = 'a.b.c'.rpartition('.')\nJ = b'\\x01'.hex()\nK = b'a,b'.split(b',')",
    "replacing": "A = 'aXbX'.replace('X', '--')\nB = 'ab'.replace('', '.')\nC = 'aXbX'.replace('X', '-', 1)",
    "formats": "A = '{}-{}'.format('a', 1)\nB = '{a}{b}'.format(a=1, b='x')\nC = '{0}{0}'.format('y')\nD = 'a.b {}'.format('x')\nE = 'http://{}'.format('h')\nF = '{}:{}'.format('h', 80)",
    "percents": "A = '%s:%d' % ('h', 80)\nB = '%(a)s' % {'a': 'x'}\nC = '%s' % 'x'\nD = '%03d' % 7\nE = '100%%' % ()\nF = '%s' % ([1],)",
    "joining": "A = '/'.join(['a', 'b'])\nB = ''.join('ab')\nC = b','.join([b'a', b'b'])",
    "number methods": "A = (255).bit_length()\nB = (1.0).is_integer()\nC = (0.5).as_integer_ratio()",
    "numbers": "A = 7 / 2\nB = -7 // 2\nC = 2 ** 10\nD = 6 & 3\nE = 6 | 3\nF = 6 ^ 3\nG = 256 >> 4\nH = ~5\nI = +True\nJ = 2 ** -1\nK = 1 << 12\nL = 3 * 'ab'\nM = b'a' * 2\nN = -1 * 'a'",
    "large numbers": "A = 10 ** 600\nB = 1 << 4000",
    "division by zero": "try:\n    A = 1 / 0\nexcept ZeroDivisionError:\n    A = 'zero'\ntry:\n    B = 1 + 'x'\nexcept TypeError:\n    B = 'type'",
    "set operations": "A = sorted({1, 2} | {2, 3})\nB = sorted({1, 2} & {2, 3})\nC = sorted({1, 2} - {2, 3})\nD = len({1, 2} | {1, 2})\nE = sorted(frozenset([1]) | frozenset([2]))",
    "set methods": "S1 = {1}\nS1.add(2)\nS1.add(2)\nS1.update([2, 3])\nS1.discard(1)\nS1.discard(9)\nA = sorted(S1)\nB = len(S1)\nS1.remove(2)\nC = sorted(S1)",
    "dictionary operations": "A = {'a': 1} | {'b': 2, 'a': 3}\nB = {'a': 1}\nB |= {'c': 2}\nC = 'a' in B\nD = 'z' in B\nE = 'z' not in B\nF = len(B)\nG = sorted(B.keys())",
    "dictionary views": "D1 = {'a': 1, 'b': 2}\nA = [k for k in D1]\nB = [v for v in D1.values()]\nC = [[k, v] for k, v in D1.items()]\nD = dict(D1)['b']\nE = list(D1.copy())\nF = D1.get('z')\nG = D1.get('a', 5)\nD2 = {}\nD2.update([('x', 1)], y=2)\nH = sorted(D2)\nI = D2.setdefault('x', 7)",
    "popping a missing key": "D1 = {}\ntry:\n    A = D1.pop('x')\nexcept KeyError:\n    A = 'missing'\nB = D1.pop('x', 'given')\ntry:\n    C = D1['y']\nexcept KeyError:\n    C = 'none'",
    "list methods": "L1 = [3, 1]\nL1.extend((4,))\nL1.insert(1, 9)\nA = L1[:]\nB = L1.index(9)\nC = L1.count(7)\ntry:\n    L1.remove(77)\n    D = 1\nexcept ValueError:\n    D = 2\nE = L1.pop(1)\nF = L1[:]\nL1.reverse()\nG = L1[0:]\nH = [1] + [2]\nI = (1,) + (2,)",
    "list items": "L1 = [1, 2, 3]\nL1[0] = 5\nA = L1[:]\nC = L1[-1]\ntry:\n    D = L1[9]\nexcept IndexError:\n    D = 'index'\nE = 3 in L1\nF = 9 not in L1",
    "augmented": "A = 1\nA += 2\nA *= 5\nA -= 1\nA //= 2\nB = 'a'\nB += 'b'\nC = (1,)\nC += (2,)",
    "unpacking": "A, *B = 'abc'\n*C, D = [1, 2, 3]\n(E, F), G = (1, 2), 3\n[H, I] = 4, 5\nJ, *K, L = 1, 2\nM = N = 3",
    "unpacking what does not fit": "try:\n    A, B = [1]\nexcept ValueError:\n    A = B = 'value'",
    "identity": "x = 1\nA = x is None\nB = True is True\nC = True is not False\nL1 = []\nD = L1 is L1\nF = 1 == True\nG = None == False",
    "order": "A = 'a' < 'b' <= 'b'\nB = [1, 2] < [1, 3]\nC = (1, 2) >= (1, 2)\nD = 1 < 2 > 1 != 3\nE = not 1 < 0\nF = 2 > 2\nG = 2 <= 1",
    "membership": "A = 'b' in 'abc'\nB = 'x' not in 'abc'\nC = 1 in (1, 2)\nD = 3 not in [1]\nE = b'a' in b'ab'\nF = 'a' in {'a': 1}\nG = 'b' in {'a'}",
    "truth": "A = bool({})\nB = bool([0])\nC = bool(0.0)\nD = 'x' and ''\nE = None or 0 or 'z'\nF = not ''\nG = bool(())\nH = 1 and 2 and 3",
    "conditional expressions": "A = 'y' if [] else 'n'\nB = 'y' if {'a': 1} else 'n'\nC = 'y' if not None else 'n'",
    "while with else": "A = 0\nwhile A < 3:\n    A += 1\nelse:\n    B = 'done'\nC = 0\nwhile True:\n    C += 1\n    if C == 2:\n        continue\n    if C > 4:\n        break\nelse:\n    C = 99",
    "for with else": "for i in [1, 2]:\n    if i == 5:\n        break\nelse:\n    A = 'else'\nfor i in [1, 2]:\n    if i == 2:\n        B = i\n        break\nelse:\n    B = 'else'\nC = i\nfor D in []:\n    pass\nelse:\n    D = 'empty'",
    "nested loops": "A = []\nfor i in range(3):\n    for j in range(3):\n        if j > i:\n            break\n        if j == 1:\n            continue\n        A.append((i, j))\nB = len(A)",
    "ranges": "A = list(range(3))\nB = list(range(1, 6, 2))\nC = list(range(3, 0, -1))\nD = len(range(5))\nE = [i for i in range(10) if i % 2 if i > 3]",
    "comprehensions": "A = {x for x in 'aab'}\nB = {k: v for k, v in [('a', 1)]}\nC = [[y for y in range(x)] for x in range(3)]\nD = [x for x in [1, 2] for x in [x * 2]]\nE = [a + b for a, b in [(1, 2), (3, 4)]]\nF = {k: v for k, v in {'a': 1, 'b': 2}.items() if v > 1}",
    "sorting and summing": "E = sorted([3, 1, 2])",
    "functions with defaults": "def f(a, b=[], *, c='x', **k):\n    return [a, b, c, sorted(k)]\nA = f(1)\nB = f(1, 2, c=3)\nC = f(a=1, z=5)\ndef g(a, /, b):\n    return a - b\nD = g(5, 3)\nE = g(5, b=1)",
    "keyword-only defaults": "def f(*, a, b=2, c=3):\n    return a + b * c\nA = f(a=1)\nB = f(a=1, c=1)\nC = f(b=5, a=0)",
    "arguments in stars": "def f(a, b, c=0):\n    return [a, b, c]\nA = f(*[1, 2])\nB = f(*(1,), **{'b': 2, 'c': 3})\nC = f(1, *[2], c=4)",
    "calls that do not fit": "def f(a):\n    return a\ntry:\n    A = f()\nexcept TypeError:\n    A = 'few'\ntry:\n    B = f(1, 2)\nexcept TypeError:\n    B = 'many'\ntry:\n    C = f(b=1)\nexcept TypeError:\n    C = 'other'",
    "early returns": "def f(x):\n    for i in range(5):\n        if i == x:\n            return i * 10\n    return 'none'\nA = f(3)\nB = f(9)\ndef g():\n    pass\nC = g() is None",
    "returns from try": "def f(x):\n    try:\n        return int(x)\n    except ValueError:\n        return -1\n    finally:\n        L1.append(x)\nL1 = []\nA = f('5')\nB = f('x')\nC = L1[:]",
    "raising and catching": "class Bad(Exception):\n    pass\ndef f(x):\n    if x:\n        raise Bad('no')\n    return 'ok'\ntry:\n    A = f(1)\nexcept Bad:\n    A = 'caught'\nB = f(0)\ntry:\n    raise ValueError('x')\nexcept (KeyError, ValueError) as error:\n    C = 'tuple'\ntry:\n    pass\nexcept Exception:\n    D = 1\nelse:\n    D = 2\nfinally:\n    E = 3",
    "handlers that raise": "try:\n    try:\n        int('x')\n    except ValueError:\n        raise KeyError('y')\nexcept KeyError:\n    A = 'key'\ntry:\n    try:\n        int('x')\n    finally:\n        B = 'cleanup'\nexcept ValueError:\n    C = 'value'\ntry:\n    assert False\nexcept AssertionError:\n    D = 'assert'",
    "suppressing": "from contextlib import suppress\nA = 1\nwith suppress(ValueError):\n    A = int('x')\n    A = 3\nB = A",
    "default factories": "def f(x, cache={}):\n    cache[x] = True\n    return len(cache)\nA = f(1)\nB = f(2)",
    "class bodies": "class P:\n    A = 1\n    if A:\n        B = 2\n    for i in range(2):\n        C = i\n    D = [x for x in range(2)]\nA = P.B\nB = P.C\nC = P.D\nD = P.__name__",
    "instances": "class P:\n    k = 'class'\n    def __init__(self, v=1, *, w=2):\n        self.v = v\n        self.w = w\n    def total(self):\n        return self.v + self.w\n    def set(self, v):\n        self.v = v\n        return self\nA = P().total()\nB = P(5, w=1).total()\nC = P().set(9).v\nD = P().k\np = P()\np.k = 'own'\nE = p.k\nF = P.k\nG = getattr(p, 'missing', 'd')",
    "missing attributes": "class P:\n    pass\ntry:\n    A = P().x\nexcept AttributeError:\n    A = 'none'\ntry:\n    B = P.x\nexcept AttributeError:\n    B = 'none'\nC = getattr(P, 'x', 5)",
    "static and class methods of instances": "class P:\n    n = 3\n    @staticmethod\n    def s(x):\n        return x + 1\n    @classmethod\n    def c(cls):\n        return cls.n\nclass Q(P):\n    n = 4\nA = P().s(1)\nB = Q().c()\nC = Q.c()\nD = Q.s(2)",
    "calling up": "class P:\n    def __init__(self):\n        self.x = 1\n    def f(self, a=1):\n        return a\nclass Q(P):\n    def __init__(self):\n        super().__init__()\n        self.y = 2\n    def f(self, a=5):\n        return super().f(a) * 10\nA = Q().x + Q().y\nB = Q().f()\nC = P.f(Q(), 7)\nD = Q().__class__.__name__",
    "diamonds": "class O:\n    v = 'o'\nclass A1(O):\n    pass\nclass B1(O):\n    v = 'b'\nclass C1(A1, B1):\n    pass\nA = C1.v\nB = C1().v",
    "cached properties": "from functools import cached_property\nclass P:\n    n = 0\n    @cached_property\n    def x(self):\n        return 'x'\n    @property\n    def y(self):\n        return self.x * 2\np = P()\nA = p.x\nB = p.y",
    "dataclasses": "from dataclasses import dataclass, field\n@dataclass\nclass P:\n    a: int\n    b: str = 'x'\n    c: list = field(default_factory=lambda: [1])\n@dataclass\nclass Q(P):\n    d: int = 4\nA = P(1).b\nB = P(1, 'y').b\nC = P(a=2).c\nD = Q(1, d=5).d\nE = Q(7).a\nF = P(1).a",
    "dataclass defaults": "from dataclasses import dataclass\n@dataclass\nclass P:\n    a: int = 1\n    def double(self):\n        return self.a * 2\nA = P().double()\nB = P.a\nC = P(5).double()",
    "named tuples": "from typing import NamedTuple\nclass P(NamedTuple):\n    a: int\n    b: str = 'x'\nA = P(1).a\nB = P(1).b\nC = P(1, 'y').b\nD = P(b='z', a=2).b",
    "enumerations": "from enum import Enum, IntEnum\nclass E1(str, Enum):\n    A = 'a'\n    B = 'b'\nclass N1(IntEnum):\n    LOW = 1\n    HIGH = 2\nA = E1.A.value\nB = E1('b').name\nC = E1.A == 'a'\nD = E1['B'].value\nE = E1.A is E1.A\nF = N1.HIGH > N1.LOW\nG = E1.A is not E1('a')\nI = E1.A is E1.B\nJ = N1.LOW is N1(1)\nx = 'a'\nK = E1.A is x\nL = x is not E1.A\nH = 'a' in [E1.A.value]",
    "unknown members": "from enum import Enum\nclass E1(Enum):\n    A = 1\ntry:\n    A = E1('x')\nexcept ValueError:\n    A = 'value'",
    "patterns": "def f(v):\n    match v:\n        case 'a' | 'b':\n            return 'letter'\n        case 1 | 2:\n            return 'number'\n        case None:\n            return 'none'\n        case [x, y]:\n            return f'pair {x}{y}'\n        case str():\n            return 'text'\n        case _ if v == 9:\n            return 'nine'\nA = f('a')\nB = f('b')\nC = f(2)\nD = f(None)",
    "patterns that bind": "match 'x':\n    case 'y':\n        A = 1\n    case ('x' | 'z') as V:\n        A = V",
    "walrus": "A = [y for x in [1, 2, 3] if (y := x * 2) > 2]\nif (n := len('abc')) > 2:\n    B = n\nC = (m := 5) + m",
    "f-strings": "x = 3.14159\nA = f'{x:.2f}'\nB = f'{\"a\"!r}'\nC = f'{{}}'\nD = f'{1 + 1}'\nE = f'{\"a\":>3}'\nw = 5\nG = f'{w=}'",
    "slices": "A = 'abcdef'[1:4]\nB = [1, 2, 3, 4][1:]\nC = (1, 2, 3)[::-1]\nD = 'abc'[-1]\nE = b'abc'[0]\nF = [1, 2, 3][:-1]\nG = 'abc'[5:]\nH = [1, 2, 3][slice(1, 2)] if False else 0",
    "times": "from datetime import datetime, timedelta\nA = timedelta(days=1, hours=2)\nB = timedelta(minutes=90).total_seconds()\nC = timedelta(days=2) / 2\nD = -timedelta(seconds=5)\nE = timedelta(days=1) == timedelta(hours=24)\nF = timedelta(weeks=1).days\nG = timedelta(seconds=90).seconds\nH = timedelta(1)\nI = timedelta(days=1) - timedelta(hours=1)\nJ = 2 * timedelta(minutes=1)\nK = int(timedelta(minutes=2).total_seconds())",
    "conversions": "A = int('0x1f', 16)\nB = int(3.9)\nC = float('1e3')\nD = str(True)\nE = list({'a': 1})\nF = tuple([1, 2])\nG = set([1, 1])\nH = int('  42 ')\nI = bool('')\nJ = str(b'x', 'utf-8')\nL = dict(a=1)['a']\nM = frozenset([1])\nN = int(True)\nO = str(1.0)",
    "failing conversions": "try:\n    A = int('1.5')\nexcept ValueError:\n    A = 'v'\ntry:\n    B = float('x')\nexcept ValueError:\n    B = 'v'\ntry:\n    C = int(None)\nexcept TypeError:\n    C = 't'\ntry:\n    D = int([])\nexcept TypeError:\n    D = 't'",
    "built-in functions": "A = len({'a': 1})\nB = max('a', 'b')\nC = min([3, 2])\nD = abs(-2.5)\nE = round(2.567, 2)\nH = chr(97)\nI = ord('a')\nK = any([])\nL = all([])\nN = max(1, 2, 3)",
    "filtering": "A = list(filter(None, ['a', '', 'b']))\nB = list(map(lambda x: x * 2, [1, 2]))\nC = list(filter(lambda x: x > 1, [1, 2]))",
    "json": "import json\nA = json.loads('[1, \"x\", null]')\nD = json.loads('{\"a\": {\"b\": [1]}}')['a']['b'][0]",
    "deleting": "A = 1\ndel A\nC = {'a': 1, 'b': 2}\ndel C['a']\ntry:\n    D = A\nexcept NameError:\n    D = 'gone'",
    "nested changes": "D1 = {'a': {'b': []}}\nD1['a']['b'].append(1)\nD1['a']['c'] = 2\nD1.setdefault('x', []).append(5)\nA = D1['a']['b']\nB = D1['x']\nC = D1['a']['c']\nD = D1.get('a').get('c')\nE = D1['a'].get('z', {}).get('y', 7)",
    "globals": "X1 = 1\ndef f():\n    X1 = 5\n    return X1\nA = f()\nB = X1\ndef g():\n    return globals()['X1']\nC = g()\nglobals()['D'] = 4\nE = 'X1' in globals()",
    "assertions and pass": "assert True\npass\nA = 1\n...\n'text'\nB = 2",
    "chained calls": "A = 'a,b , c'.split(',')[1].strip().upper()\nB = ' x '.strip() or 'd'\nC = [s.strip() for s in 'a, b'.split(',') if s.strip()]\nD = ('x' if 0 else 'y').upper()",
    "context managers": "class P:\n    def __enter__(self):\n        return 5\n    def __exit__(self, *a):\n        return False\nwith open(__file__ if False else '/dev/null') as f, suppress_nothing() if False else open('/dev/null'):\n    A = 1",
    "paths": "from pathlib import Path, PurePosixPath\nP1 = Path('/a/b/c.tar.gz')\nA = P1.name\nB = P1.stem\nC = P1.suffix\nD = str(P1.parent)\nE = str(P1.parents[1])\nF = str(P1 / 'x' / 'y')\nH = P1.as_posix()\nI = str(Path('a').joinpath('b', 'c'))\nJ = str(P1 / '/z')",
    "typing": "from typing import cast, List, Optional, TYPE_CHECKING\nA = cast(int, 5)\nx: Optional[int] = None\nB = x is None\nif TYPE_CHECKING:\n    C = 1\nelse:\n    C = 2",
    "type tests": "A = isinstance(1, (str, int))\nB = isinstance(None, str)\nC = isinstance({}, dict)\nD = isinstance(True, bool)\nE = isinstance('x', bytes)\nF = isinstance((1,), tuple)\nclass P:\n    pass\nH = isinstance(P(), P)",
}


@pytest.mark.parametrize("name", list(SNIPPETS))
def test_snippet_has_the_values_that_python_computes(
    name: str, values: Callable[..., dict[str, Any]]
) -> None:
    agree(SNIPPETS[name], values)


# Not all of it is followed, but what is said must be so.
DIFFICULT = {
    "large numbers": "A = 2 ** 4000 + 1\nB = 10 ** 2000",
    "built-in functions": "A = pow(2, 3)\nB = divmod(7, 2)[1]\nC = hex(255)\nD = callable(len)\nE = min({'b': 1, 'a': 2})\nF = sum([1, 2], 3)\nG = sorted([1, 2], reverse=True)\nH = list(reversed('ab'))\nI = issubclass(bool, int)\nJ = type('x') is str",
    "iterators": "A = [i for i, _ in enumerate('ab', 1)]\nB = list(zip('ab', [1, 2]))\nC = next(iter([5]))\nD = dict(zip('a', 'b'))",
    "deleted items": "A = [1, 2, 3]\ndel A[0]\nB = A[0:]\nC = A[-1]\nD = 3 in A\nE = len(A)\nF = {'a': 1}\ndel F['a']\nG = F.get('a', 2)\nH = 'a' in F",
    "repeated lists": "A = [0] * 2\nB = (1,) * 3\nC = 2 * [1]\nD = [1] == [1]",
    "paths": "from pathlib import Path\nA = str(Path('a/b.txt').with_suffix('.md'))\nB = Path('a').is_absolute()\nC = str(Path('a/b').with_name('n'))\nD = Path('a/b').parts",
    "records": "from types import SimpleNamespace\nn = SimpleNamespace(a=1)\nA = n.a\nB = getattr(n, 'b', 2)",
    "partial functions": "from functools import partial, reduce\ndef f(a, b):\n    return a - b\nA = partial(f, 5)(3)\nB = reduce(f, [1, 2])",
    "patterns that bind": "match 5:\n    case int() as N:\n        A = N\n    case _:\n        A = 0\nmatch {'a': 1}:\n    case {'a': x}:\n        B = x\nmatch (1, 2):\n    case (x, y):\n        C = y",
    "generic calls": "A = list[int]([1])\nB = dict[str, int](a=1)",
    "fall-through": "def f(v):\n    match v:\n        case str():\n            return 'text'\n        case _ if v == 9:\n            return 'nine'\n    return 'rest'\nA = f('x')\nB = f(9)\nC = f(8)",
    "generators": "def f():\n    yield 1\nA = list(f())\nB = sum(x for x in f())",
    "text of objects": "A = f'{[1]}{dict(a=1)}'\nB = str({'a': 1})\nC = '{:>5}|{!r}'.format('x', 'y')\nD = '{0.real}'.format(1)\nE = '%s' % {'a': 1}\nclass P:\n    def __repr__(self):\n        return 'p'\nF = '{}'.format(P())\nG = f'{P()}'\nH = '%s' % P()",
}


@pytest.mark.parametrize("name", list(DIFFICULT))
def test_what_is_known_is_right(name: str, values: Callable[..., dict[str, Any]]) -> None:
    namespace: dict[str, Any] = {}
    exec(compile(DIFFICULT[name], "snippet.py", "exec"), namespace)  # noqa: S102 - our own source
    found = values({"snippet.py": DIFFICULT[name]})
    for letter, value in found.items():
        assert isinstance(value, Unknown) or value == namespace[letter], letter
