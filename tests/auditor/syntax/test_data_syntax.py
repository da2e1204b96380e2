"""TOML, JSON and INI: the libraries' values, each with its place in the file."""

import configparser
import json as stdlib_json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secaudit.budget import Budget
from secaudit.errors import AuditError
from secaudit.facts import Unknown
from secaudit.syntax import ini, json, toml
from secaudit.syntax.text import TemplateError
from secaudit.syntax.tree import Mapping, Node, Scalar, Sequence, leaves, plain

TOML = '''\
title = "x" # c
[a.b]
"quoted key".c = 'é' # d
list = [1, [2, 3], # e
  "x]", ]
table = { x = 1, y.z = """
two
lines""" }
[[a.items]]
n = 0x10
[[a.items]]
n = 1979-05-27 07:32:00
[[a.items.sub]]
d = -1_000.5e3
'''


def lines_of(text: str, node: Node) -> str:
    """Return the text of a node's span."""
    place = node.location
    rows = text.splitlines(keepends=True)[place.line - 1 : place.end_line]
    rows[-1] = rows[-1][: place.end_column - 1]
    rows[0] = rows[0][place.column - 1 :]
    return "".join(rows)


def scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Mapping):
        return [one for _, value in node.items.values() for one in scalars(value)]
    if isinstance(node, Sequence):
        return [one for item in node.items for one in scalars(item)]
    return [node]


def test_toml_values_are_found_again_in_the_text() -> None:
    document = toml.parse(TOML.encode(), "/p/s.toml")
    found = scalars(document)
    assert len(found) == 11
    for scalar in found:
        again = tomllib.loads(f"k = {lines_of(TOML, scalar)}")["k"]
        assert scalar.value in {again, str(again)}
    assert plain(document) == {
        **tomllib.loads(TOML),
        "a": {
            **tomllib.loads(TOML)["a"],
            "items": [{"n": 16}, {"n": "1979-05-27 07:32:00", "sub": [{"d": -1000500.0}]}],
        },
    }


names = st.sampled_from(["a", "b-c", '"d e"', "'f'", "g.h", "1"])
texts = st.sampled_from(['"x"', "'y#'", '"""m\nn"""', "'''o'''", '"\\""', '"""q"""""'])
numbers = st.sampled_from(["1", "-2.5e3", "true", "0x1f", "1979-05-27", "07:32:00", "inf"])
simple = st.one_of(texts, numbers)
arrays = st.lists(simple, max_size=3).map(lambda items: f"[ {' , '.join(items)} ]")
tables = st.tuples(simple, arrays).map(lambda pair: f"{{ p = {pair[0]}, q.r = {pair[1]} }}")
entries = st.tuples(names, st.one_of(simple, arrays, tables)).map(" = ".join)
headers = st.sampled_from(["[t]", "[t.u] # c", "[[v]]", "[[v]]", "[ w . x ]", "[v.z]"])
documents = st.lists(st.one_of(entries, entries, headers, st.just("# note")), max_size=8)


@settings(max_examples=300, deadline=None)
@given(rows=documents, end=st.sampled_from(["\n", "\r\n"]))
def test_generated_toml(rows: list[str], end: str) -> None:
    text = end.join(rows)
    try:
        expected = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError:
        with pytest.raises(AuditError):
            toml.parse(text.encode(), "/p/s.toml")
        return
    document = toml.parse(text.encode(), "/p/s.toml")
    assert str(plain(document)) == str(_texts(expected))
    for scalar in scalars(document):
        written = lines_of(text, scalar).replace("\r\n", "\n")
        assert str(tomllib.loads(f"k = {written}")["k"]) == str(scalar.value)


def _texts(value: Any) -> Any:  # noqa: ANN401 - any data
    """Return TOML data with dates and times as text."""
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value if isinstance(value, str | bool | int | float) else str(value)


data = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(value=data, indent=st.sampled_from([None, 2]), ascii_only=st.booleans())
def test_generated_json(value: Any, indent: int | None, *, ascii_only: bool) -> None:  # noqa: ANN401 - any data
    text = stdlib_json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    node = json.parse(text.encode(), "/p/c.json")
    assert plain(node) == value
    for scalar in scalars(node):
        assert stdlib_json.loads(scalar.raw) == scalar.value


@pytest.mark.parametrize(
    "text", ["", "{", "[1,]", '{"a" 1}', "[" * 5000, '{"a":' * 5000, "1 2", "nul", '"\\x"', "[1 2]"]
)
def test_bad_json_is_a_located_error(text: str) -> None:
    with pytest.raises(AuditError) as caught:
        json.parse(text.encode(), "/p/c.json")
    assert caught.value.line == 1


@pytest.mark.parametrize("text", ["a", "a = ", "[a", "a = [" + "[" * 5000, "a = 1\na = 2", "=1"])
def test_bad_toml_is_an_error(text: str) -> None:
    with pytest.raises(AuditError):
        toml.parse(text.encode(), "/p/c.toml")


def test_data_templates_are_told_apart() -> None:
    with pytest.raises(TemplateError):
        toml.parse(b"a = {{ name }}\n", "/p/c.toml")
    with pytest.raises(TemplateError):
        json.parse(b'{"a": {{ name }}}', "/p/c.json")
    with pytest.raises(TemplateError):
        ini.parse(b"{% if x %}\n[a]\nb = 1\n{% endif %}\n", "/p/c.ini")


INI = """\
# comment
[DEFAULT]
debug = true
[app]
secret: a b ; c
lines = one
    two
empty =
; note
Name = %(debug)s
[other]
debug = false
"""


def test_ini_equals_configparser() -> None:
    parser = configparser.RawConfigParser()
    parser.read_string(INI)
    document = ini.parse(INI.encode(), "/p/c.ini")
    assert list(document.items) == ["app", "other"]
    for section in parser.sections():
        node = document.get(section)
        assert isinstance(node, Mapping)
        mine = {key.lower(): value for key, value in plain(node).items()}
        assert isinstance(mine.pop("name", Unknown("")), Unknown)
        expected = dict(parser[section])
        expected.pop("name", None)
        assert mine == expected


def test_ini_places() -> None:
    document = ini.parse(INI.encode(), "/p/c.ini")
    spans = {".".join(path): node.location[1:] for path, _, node in leaves(document, Budget(1000))}
    assert spans["app.secret"] == (5, 9, 5, 16)
    assert spans["app.lines"] == (6, 9, 7, 8)
    assert spans["app.debug"] == (3, 9, 3, 13)


@pytest.mark.parametrize("text", ["a = 1\n", "[s]\n = 1\n", "[s]\n[\n"])
def test_bad_ini_is_an_error(text: str) -> None:
    with pytest.raises(AuditError):
        ini.parse(text.encode(), "/p/c.ini")
