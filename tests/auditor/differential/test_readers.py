"""Generated settings modules over every reader: static values equal the executed ones."""

import contextlib
import importlib
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path, PurePath
from typing import Any, Final

import pytest

from secaudit.facts import Unknown

_NAMES: Final = ("DEBUG", "SECRET_KEY", "HOSTS", "TTL", "DATABASE_URL", "EMPTY")
_VALUES: Final = (
    *("true", "True", "FALSE", "0", "1", "yes", "no", "on", "off", "ok", "t", "", "2", "None"),
    *("30", "-5", "1_000", "1.5", "a", "a,b", "a, b", '["a","b"]', "*", "changeme", " x ", "x # c"),
    *("postgres://user:pw@db:5432/name", "sqlite:///db.sqlite3", "http://a,http://b", "'q'", '"q"'),
    *("${TTL}", "x${SECRET_KEY}y", "$TTL", "a;b", "k=v", "(a,b)"),
)
_LINES: Final = (
    "{}={}",
    "{}={}",
    "{}={}",
    "{} = {}",
    "export {}={}",
    '{}="{}"',
    "{}='{}'",
    "  {}={}",
)

_PLAIN: Final = (
    'os.getenv("{name}")',
    'os.getenv("{name}", {text})',
    'os.environ.get("{name}", {text})',
    'os.environ["{name}"]',
    'os.getenv("{name}") or {text}',
    'os.environ.get("{name}", os.environ.get("{other}", {text}))',
    'os.getenv("{name}", "false").lower() == "true"',
    'os.getenv("{name}", "False") == "True"',
    'os.getenv("{name}", "1").lower() in ("1", "true", "yes")',
    'os.getenv("{name}") != "false"',
    'bool(os.getenv("{name}"))',
    'bool(int(os.getenv("{name}", "0")))',
    'int(os.getenv("{name}", {number}))',
    'str(os.getenv("{name}", None))',
    'os.getenv("{name}", "a,b").split(",")',
    '[item.strip() for item in os.getenv("{name}", "a, b").split(",") if item.strip()]',
    "f'x-{{os.getenv(\"{name}\", {text})}}'",
    'os.getenv("{name}", "") + os.getenv("{other}", "y")',
    'timedelta(minutes=int(os.getenv("{name}", {number})))',
    'flag("{name}")',
    'get_env("{name}", {text})',
    '"on" if os.getenv("{name}") else "off"',
    'not os.getenv("{name}")',
    'os.getenv("{name}") is not None',
    'len(os.getenv("{name}", "")) > 3',
    'os.getenv("{name}", "x")[:3]',
    'os.getenv("{name}", "a-b").replace("-", "_").upper()',
    'dict(a=os.getenv("{name}", "1"))["a"]',
    '"%s/%s" % (os.getenv("{name}", "u"), os.getenv("{other}", "v"))',
    '{{"1": "one"}}.get(os.getenv("{name}"), "other")',
    'json.loads(os.getenv("{name}", "[1, 2]"))',
    '(os.getenv("{name}") or "").startswith("a")',
    '"{name}" in os.environ',
    '"on" if "{name}" not in os.environ else os.environ["{name}"]',
    '{{**os.environ}}.get("{name}", {text})',
    'dict(os.environ, {name}={text})["{name}"]',
    'os.environ.setdefault("{name}", {text})',
    'os.environ.pop("{name}", None)',
    'sorted(name for name in os.environ if name in ("{name}", "{other}"))',
    '[value for name, value in os.environ.items() if name == "{name}"]',
    'os.environ.update({name}=os.getenv("{other}", "z")) or os.environ["{name}"]',
    '(os.environ | {{"{name}": "new"}})["{other}"]',
    'max(int(os.getenv("{name}", {number})), 10) * 60',
    'round(float(os.getenv("{name}", {number})))',
    'next((v for v in (os.getenv("{name}"), os.getenv("{other}")) if v), {text})',
    'all(os.getenv(name) for name in ("{name}", "{other}"))',
    'os.path.join("/srv", os.getenv("{name}", "data"))',
    'tuple(os.getenv("{name}", "a:b").partition(":"))',
    'set(os.getenv("{name}", "a b a").split())',
    'os.getenv("{name}", "x").encode().decode()',
    'os.getenv("{name}", "1") in {{"1", "true"}} and not os.getenv("{other}")',
    'int(os.getenv("{name}") or {number})',
    '" ".join(sorted(os.getenv("{name}", "b,a").split(",")))',
    'os.getenv("{name}", "a").ljust(3, ".")[-1]',
    'bool(os.getenv("{name}", ""))',
    'timedelta(hours=float(os.getenv("{name}", "1.5"))).total_seconds()',
)
_READERS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "os": ("", _PLAIN),
    "dotenv": ("from dotenv import load_dotenv\nload_dotenv()\n", _PLAIN),
    "dotenv-override": ("from dotenv import load_dotenv\nload_dotenv(override=True)\n", _PLAIN),
    "decouple": (
        "from decouple import Choices, Csv, config\n",
        (
            'config("{name}")',
            'config("{name}", default={text})',
            'config("{name}", default=False, cast=bool)',
            'config("{name}", default="true", cast=bool)',
            'config("{name}", default={number}, cast=int)',
            'config("{name}", default="a, b", cast=Csv())',
            'config("{name}", cast=Csv(post_process=tuple))',
            'config("{name}", default="", cast=lambda v: [s.strip() for s in v.split(",")])',
            'config("{name}", default=None)',
            'config("{name}", cast=Choices(["a", "changeme", "30"]), default="a")',
            'config("{name}", default="1", cast=float)',
            'config("{name}", default="1,2", cast=Csv(int))',
            'config("{name}", default="a;b", cast=Csv(delimiter=";", strip=" x"))',
            'config("{name}", default=0, cast=lambda v: bool(int(v)))',
            'config("{name}", default="x").upper()',
        ),
    ),
    "dotenv-values": (
        (
            'from dotenv import dotenv_values\nconfig = dotenv_values(".env")\n'
            "both = {**config, **os.environ}\n"
        ),
        (
            'config["{name}"]',
            'config.get("{name}", {text})',
            'both.get("{name}", {text})',
            '"{name}" in config',
            'both["{name}"] == config["{name}"]',
            'config.get("{name}") or {text}',
        ),
    ),
    "environ": (
        (
            "import environ\n"
            "env = environ.Env(DEBUG=(bool, True), TTL=(int, 5), HOSTS=(list, []))\n"
            "env.read_env()\n"
        ),
        (
            'env("{name}")',
            'env("{name}", default={text})',
            'env("{name}", default=None)',
            'env.bool("{name}", default=False)',
            'env.bool("{name}", True)',
            'env.int("{name}", default={number})',
            'env.list("{name}", default=["x"])',
            'env.str("{name}", {text})',
            'env.tuple("{name}", default=())',
            'env.json("{name}", default={{}})',
            'env.float("{name}", default=0.5)',
            'env.dict("{name}", default={{}})',
            'env.db("{name}", default="postgres://u:p@h:1/n")["NAME"]',
        ),
    ),
    "starlette": (
        (
            "from starlette.config import Config\n"
            "from starlette.datastructures import CommaSeparatedStrings, Secret\n"
            'config = Config(".env")\n'
        ),
        (
            'config("{name}")',
            'config("{name}", default={text})',
            'config("{name}", cast=bool, default=False)',
            'config("{name}", cast=int, default={number})',
            'list(config("{name}", cast=CommaSeparatedStrings, default="a, b"))',
            'config("{name}", default=None)',
            'config.get("{name}", cast=bool, default=True)',
            'str(config("{name}", cast=Secret, default="s"))',
            'config("{name}", cast=float, default={number})',
            'config("{name}", cast=lambda v: v.split(","), default="a,b")',
        ),
    ),
    "environs": (
        "from environs import Env\nenv = Env()\nenv.read_env()\n",
        (
            'env("{name}")',
            'env.str("{name}", {text})',
            'env.bool("{name}", False)',
            'env.int("{name}", {number})',
            'env.list("{name}", ["x"])',
            'env.float("{name}", default=0.5)',
            'env.json("{name}", default={{}})',
            'env.list("{name}", subcast=int, default=[1])',
            'env("{name}", None)',
            'env.str("{name}", default={text}).lower()',
        ),
    ),
}
_HELPERS: Final = '''\
import json
import os
from datetime import timedelta

def flag(name, default=False):
    value = os.environ.get(name)
    if value is None:
        return default
    return value.strip().lower() in {"1", "true", "yes", "on"}

def get_env(name, default=None, cast=None):
    """Read a variable."""
    value = os.getenv(name)
    if not value:
        value = default
    if cast:
        return cast(value)
    return value
'''


class Case:
    """A settings module over one reader, an env file, a process environment."""

    def __init__(self, rng: random.Random, reader: str) -> None:
        head, shapes = _READERS[reader]
        self.head = _HELPERS + head
        self.assignments = [
            f"SETTING_{index} = {self._fill(rng, rng.choice(shapes))}"
            for index in range(rng.randint(2, 6))
        ]
        names = rng.sample(_NAMES, rng.randint(0, 5))
        self.env = "".join(
            rng.choice(_LINES).format(name, rng.choice(_VALUES)) + "\n" for name in names
        )
        self.environment = {
            name: rng.choice(_VALUES) for name in rng.sample(_NAMES, rng.randint(0, 2))
        }

    @staticmethod
    def _fill(rng: random.Random, shape: str) -> str:
        name, other = rng.sample(_NAMES, 2)
        text = rng.choice(['"default"', '""', '"a,b"', '"1"'])
        number = rng.choice(["5", '"7"', '"60"'])
        return shape.format(name=name, other=other, text=text, number=number)

    @property
    def source(self) -> str:
        """Return the settings module."""
        return self.head + "\n".join(self.assignments) + "\n"

    def __str__(self) -> str:
        """Return what a failing case shows."""
        lines = "\n".join(self.assignments)
        return (
            f"{self.head.removeprefix(_HELPERS)}{lines}\n--- .env\n{self.env}\n{self.environment}"
        )


def plain(value: Any) -> Any:  # noqa: ANN401 - values of the executed module
    """Return a real value in the form the auditor reports it."""
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, set):
        return frozenset(value)
    if isinstance(value, dict | list | tuple | str | int | float | timedelta | type(None)):
        return value
    return str(value)


def executed(case: Case, path: Path) -> dict[str, Any]:
    """Run the module, each assignment by itself; one that raises has no value."""
    namespace: dict[str, Any] = {"__file__": str(path), "__name__": "settings"}
    found: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(case.head, str(path), "exec"), namespace)  # noqa: S102 - our own source
        for assignment in case.assignments:
            name = assignment.partition(" ")[0]
            with contextlib.suppress(Exception):
                exec(compile(assignment, str(path), "exec"), namespace)  # noqa: S102 - our own source
                value = plain(namespace[name])
                found[name] = value
                if isinstance(value, dict) and value:  # reported entry by entry
                    del found[name]
                    found |= {f"{name}.{key}": item for key, item in value.items()}
    return found


@pytest.mark.parametrize("reader", list(_READERS))
def test_readers_give_what_the_real_library_gives(  # noqa: PLR0913, PLR0917 - fixtures
    reader: str,
    tmp_path: Path,
    cases: Callable[[int], Iterator[tuple[int, random.Random]]],
    process: Callable[[dict[str, str], Path], contextlib.AbstractContextManager[None]],
    evaluated: Callable[..., Any],
    compare: Callable[..., Any],
) -> None:
    """Every value that the program computes is the auditor's value, and what raises is no value."""
    known = unknown = 0
    folder = tmp_path.resolve()
    for seed, rng in cases(120):
        case = Case(rng, reader)
        text = f"reader {reader}, seed {seed}\n{case}"
        (folder / ".env").write_text(case.env)
        (folder / "settings.py").write_text(case.source)  # readers look for their caller's file
        _forget_decouple()
        with process(case.environment, folder):
            real = executed(case, folder / "settings.py")
        result = evaluated({"settings.py": case.source}, case.environment)
        static = {s.name: s for s in result.facts.settings}
        values = {name: setting.program_value for name, setting in static.items()}
        for assignment in case.assignments:
            name = assignment.partition(" ")[0]
            if any(key.partition(".")[0] == name for key in real):
                values.setdefault(name, None)  # a plain None is nothing to show
            else:
                setting = static.get(name)
                told = setting is None or isinstance(setting.program_value, Unknown)
                assert told, f"{name} raises, the auditor says {values[name]!r}\n{text}"
        outcome = compare(text, real, values)
        known, unknown = known + outcome.known, unknown + outcome.unknown
    share = unknown / max(known + unknown, 1)
    sys.stdout.write(f"\n{reader}: {known} known, {share:.1%} Unknown\n")
    assert share < 0.15


def _forget_decouple() -> None:
    """Make decouple look for its file anew: it remembers the first one for the whole process."""
    decouple = importlib.import_module("decouple")  # it has no types

    decouple.config.config = None
