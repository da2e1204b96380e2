"""Configuration files that code reads: the static answer equals what the real readers make."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.auditor.executing import executed

from secaudit.facts import Unknown

Process = Callable[[dict[str, str], Path], contextlib.AbstractContextManager[None]]
Values = Callable[..., dict[str, Any]]

JSON = '{"debug": true, "hosts": ["a", "*"], "jwt": {"days": 30, "key": "k\\u00e9y"}, "none": null}'
TOML = """\
debug = true
hosts = ["a", "*"]
"quoted key" = 1.5
[jwt]
days = 1_0
key = '''a
b'''
since = 2024-01-01
[[servers]]
port = 0x10
"""
YAML = """\
base: &base
  debug: yes
  days: 010
jwt:
  <<: *base
  key: 'no'
  ratio: 1e3
  empty:
hosts: [a, "*"]
since: 2024-01-01
1: one
"""
READERS = (
    ('import json\nwith open("f") as file:\n    DATA = json.load(file)\n', JSON),
    ('import json\nfrom pathlib import Path\nDATA = json.loads(Path("f").read_text())\n', JSON),
    ('import json\nwith open("f") as file:\n    DATA = json.loads(file.read())\n', JSON),
    ('import tomllib\nwith open("f", "rb") as file:\n    DATA = tomllib.load(file)\n', TOML),
    (
        'import tomllib\nfrom pathlib import Path\nDATA = tomllib.loads(Path("f").read_text())\n',
        TOML,
    ),
    ('import yaml\nwith open("f") as file:\n    DATA = yaml.safe_load(file)\n', YAML),
    (
        'import yaml\nfile = open("f")\nDATA = yaml.load(file, yaml.FullLoader)\nfile.close()\n',
        YAML,
    ),
)
INI = """\
[DEFAULT]
home = /srv
[app]
Debug = on
days = 30
key = %(home)s/key%%
long = a,
  b
[db]
password = s3
url = postgresql://${db:password}@${app:days}/$$
other = ${password}${home}
"""
GETTERS = (
    'DEBUG = cp.getboolean("app", "debug")\n'
    'DAYS = cp["app"].getint("DAYS") * 24\n'
    'MISSING = cp.get("app", "missing", fallback="fallback")\n'
    'NOTHING = cp["app"].get("missing")\n'
    'LONG = cp["app"]["long"]\n'
    'HOME = cp["app"]["home"]\n'
)


def run(source: str) -> dict[str, Any]:
    """Run a module and return its names in capitals."""
    return {name: value for name, value in executed(source).items() if name.isupper()}


def flat(data: Any, path: str = "") -> dict[str, Any]:  # noqa: ANN401 - any data
    """Return the leaves of data as statements see them: subscripts and values."""
    if isinstance(data, dict):
        inner = [flat(value, f"{path}[{key!r}]") for key, value in data.items()]
    elif isinstance(data, list):
        inner = [flat(value, f"{path}[{index}]") for index, value in enumerate(data)]
    else:
        return {path: data}
    return {name: value for one in inner for name, value in one.items()}


@pytest.mark.parametrize(("source", "text"), READERS)
def test_what_code_reads_whole_is_known_leaf_by_leaf(
    source: str, text: str, tmp_path: Path, process: Process, values: Values
) -> None:
    (tmp_path / "f").write_text(text)
    with process({}, tmp_path):
        leaves = flat(run(source)["DATA"])
        source += "".join(f"VALUE_{n} = DATA{path}\n" for n, path in enumerate(leaves))
        real = run(source)
    static = values({"settings.py": source})
    known = [name for name in real if name.startswith("VALUE_")]
    dates = {name for name in known if isinstance(static[name], Unknown)}
    assert {name: static[name] for name in known if name not in dates} == {
        name: real[name] for name in known if name not in dates
    }
    assert {type(real[name]).__name__ for name in dates} <= {"date"}


@pytest.mark.parametrize(
    "parser",
    [
        "configparser.RawConfigParser()",
        "configparser.ConfigParser(interpolation=None)",
        "configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation())",
    ],
)
def test_options_of_configparser(
    parser: str, tmp_path: Path, process: Process, values: Values
) -> None:
    text = INI if "Extended" in parser else INI.replace("%%", "%").replace("$$", "$")
    source = f'import configparser\ncp = {parser}\ncp.read(["f.ini", "g.ini"])\n{GETTERS}'
    source += 'URL = cp["db"]["url"]\nOTHER = cp.get("db", "other")\n'
    (tmp_path / "f.ini").write_text(text.replace("%(home)s", "x") if "Ext" in parser else text)
    (tmp_path / "g.ini").write_text("[app]\ndays = 7\n")
    with process({}, tmp_path):
        real = run(source)
    static = values({"settings.py": source})
    assert {name: static[name] for name in real} == real


@pytest.mark.parametrize("transform", ["", "cp.optionxform = str\n"])
def test_references_of_configparser(
    transform: str, tmp_path: Path, process: Process, values: Values
) -> None:
    text = "[DEFAULT]\nhome = /srv\n[app]\nkey = %(home)s/%(Name)s%%\nName = k\nbad = 5%\n"
    source = (
        f"import configparser\ncp = configparser.ConfigParser()\n{transform}"
        "with open('f.ini') as file:\n    cp.read_file(file)\n"
        'KEY = cp["app"]["key"]\n'
    )
    (tmp_path / "f.ini").write_text(text)
    with process({}, tmp_path):
        real = run(source)
    static = values({"settings.py": source + 'BAD = cp["app"]["bad"]\n'})
    assert static["KEY"] == real["KEY"] == "/srv/k%"
    assert isinstance(static["BAD"], Unknown)  # the real one raises


@pytest.mark.parametrize(
    "changed",
    [
        'cp.read("/etc/shop.ini")\n',
        'cp.read("absent.ini")\n',
        'cp.read_string("[app]\\ndebug = off\\n")\n',
        'cp.set("app", "debug", "off")\n',
    ],
)
def test_what_else_may_give_an_option_leaves_it_unknown(
    changed: str, tmp_path: Path, values: Values
) -> None:
    (tmp_path / "f.ini").write_text("[app]\ndebug = on\n")
    source = f'import configparser\ncp = configparser.ConfigParser()\ncp.read("f.ini")\n{changed}'
    source += 'DEBUG = cp.getboolean("app", "debug")\nOTHER = cp.get("app", "x", fallback="y")\n'
    static = values({"settings.py": source})
    assert isinstance(static["DEBUG"], Unknown)
    assert isinstance(static["OTHER"], Unknown)


def test_a_reference_that_the_program_may_expand_is_unknown(tmp_path: Path, values: Values) -> None:
    (tmp_path / "f").write_text("password: ${DB_PASSWORD}\nname: shop\n")
    source = 'import yaml\nDATA = yaml.safe_load(open("f"))\nPASSWORD = DATA["password"]\n'
    static = values({"settings.py": source + 'NAME = DATA["name"]\n'})
    assert isinstance(static["PASSWORD"], Unknown)
    assert static["NAME"] == "shop"


def test_text_that_code_changes_is_not_that_of_the_file(
    tmp_path: Path, process: Process, values: Values
) -> None:
    source = (
        "import json\nfrom pathlib import Path\ntext = Path('f').read_text()\n"
        "DATA = json.loads(text.replace('true', 'false'))\nDEBUG = DATA['debug']\n"
    )
    (tmp_path / "f").write_text(JSON)
    with process({}, tmp_path):
        assert values({"settings.py": source})["DEBUG"] is run(source)["DEBUG"] is False


@pytest.mark.parametrize(("rows", "length"), [(19_000, 3), (3, 300_000)])
def test_a_large_table_of_data_is_not_read(
    rows: int, length: int, tmp_path: Path, values: Values
) -> None:
    source = 'import json\nwith open("f") as file:\n    DATA = json.load(file)\nB = DATA["b"]\n'
    (tmp_path / "f").write_text(f'{{"rows": {[[1]] * rows}, "b": "{"x" * length}"}}')
    assert isinstance(values({"settings.py": source})["B"], Unknown)


def test_the_place_of_a_value_is_its_file(
    tmp_path: Path, by_concept: Callable[..., dict[str, list[Any]]]
) -> None:
    """A module's name in lower case is a setting as well when a file gives it."""
    (tmp_path / "shop.ini").write_text("[app]\n\ndebug = yes\n")
    source = (
        "import configparser, os\ncp = configparser.ConfigParser()\n"
        'cp.read(os.path.join(os.path.dirname(__file__), "shop.ini"))\n'
        'debug = cp["app"].getboolean("debug")\n'
    )
    (setting,) = by_concept({"settings.py": source})["debug.enabled"]
    assert (setting.value, setting.location.line) == (True, 3)
    assert setting.location.path.endswith("shop.ini")
