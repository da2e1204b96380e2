"""Details of the file formats: where they end, whose entry wins, what an error names."""

from collections.abc import Callable
from typing import Any

import pytest

from secaudit.errors import AuditError
from secaudit.syntax import dockerfile, ini, json, python, requirements, toml, yaml
from secaudit.syntax.text import TemplateError
from secaudit.syntax.tree import MAX_DEPTH, Mapping, Node, plain

Parse = Callable[[bytes, str], Any]


def of_yaml(text: str) -> Any:  # noqa: ANN401 - any document
    (document,) = yaml.parse(text.encode(), "/p/c.yml", "1.1")
    return plain(document)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: -1:30\n", {"a": -90}),
        ("a: 1:30\n", {"a": 90}),
        ("1: x\ntrue: y\n", {"1": "x", "true": "y"}),
        ("b: &b {x: 1, y: 2}\na:\n  <<: *b\n  y: 3\n",
         {"b": {"x": 1, "y": 2}, "a": {"x": 1, "y": 3}}),
        ("a:\n  <<: 5\n  y: 3\n", {"a": {"y": 3}}),
        ("a:\n  <<: [{x: 1}, {x: 2, y: 2}]\n", {"a": {"x": 1, "y": 2}}),
        ("a: 1\nb: 2\na: 3\n", {"b": 2, "a": 3}),
    ],
)  # fmt: skip
def test_entries_of_yaml(text: str, expected: dict[str, Any]) -> None:
    found = of_yaml(text)
    assert found == expected
    assert list(found) == list(expected)


def test_words_for_nothing_and_long_numbers() -> None:
    long = "1" * 5000
    for schema in ("1.1", "compose"):
        text = f"a: null\nb: ~\nc: {long}\nd: 'null'\n"
        (document,) = yaml.parse(text.encode(), "/p/c.yml", schema)
        assert plain(document) == {"a": None, "b": None, "c": long, "d": "null"}


def test_an_alias_of_itself_is_told_with_its_line() -> None:
    with pytest.raises(AuditError, match="refers to itself") as caught:
        of_yaml("x: 1\na: &a\n  b: 1\n  c: *a\n")
    assert caught.value.line == 2  # of the anchor


def nested(depth: int, opening: str, closing: str) -> str:
    return opening * depth + closing * depth


@pytest.mark.parametrize(
    ("parse", "before"),
    [(json.parse, ""), (yaml.parse, ""), (toml.parse, "a = ")],
)
def test_nesting_ends_at_one_depth(parse: Parse, before: str) -> None:
    parse((before + nested(MAX_DEPTH, "[", "]")).encode(), "/p/f")
    with pytest.raises(AuditError, match="nested too deeply"):
        parse((before + nested(MAX_DEPTH + 3, "[", "]")).encode(), "/p/f")


def test_many_short_lists_of_toml_are_not_deep() -> None:
    text = "".join(f"a{number} = [[1], [2]]\n" for number in range(MAX_DEPTH))
    assert len(toml.parse(text.encode(), "/p/f.toml").items) == MAX_DEPTH


def place_of(node: Node, *path: str) -> tuple[int, ...]:
    for name in path:
        assert isinstance(node, Mapping)
        node = node.items[name][1]
    return node.location[1:]


def test_places_in_tight_toml() -> None:
    document = toml.parse(b"t={a=1,b=2}\nl=[1,2]\nu=3\n", "/p/f.toml")
    assert place_of(document, "t") == (1, 3, 1, 12)
    assert place_of(document, "t", "b") == (1, 10, 1, 11)
    assert place_of(document, "l") == (2, 3, 2, 8)
    assert place_of(document, "u") == (3, 3, 3, 4)


@pytest.mark.parametrize("text", [" {} \n", "\n\t[1]\n\n", " 1 "])
def test_blanks_around_json_are_no_text_behind_it(text: str) -> None:
    json.parse(text.encode(), "/p/f.json")


BROKEN: list[tuple[Parse, str]] = [
    (json.parse, '{"a": \n  }'),
    (dockerfile.parse, "FROM a\n???\n"),
    (ini.parse, "[a]\nb = 1\n=\n"),
    (python.parse, "A = (\n  1 +\n"),
    (toml.parse, "a = 1\nb = =\n"),
    (yaml.parse, "a: [1\nb: 2\n"),
]


@pytest.mark.parametrize(("parse", "text"), BROKEN)
def test_what_is_no_template_is_an_error_and_no_template(parse: Parse, text: str) -> None:
    with pytest.raises(AuditError) as caught:
        parse(text.encode(), "/p/f")
    assert not isinstance(caught.value, TemplateError)
    with pytest.raises(TemplateError):
        parse((text + "{% if x %}").encode(), "/p/f")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[DEFAULT]\na = 1\n", {"DEFAULT": {"a": "1"}}),
        ("[DEFAULT]\na = 1\n[x]\nb = 2\nA = 3\n", {"x": {"b": "2", "A": "3"}}),
        ("[DEFAULT]\na = 1\n[x]\nb = 2\n", {"x": {"a": "1", "b": "2"}}),
    ],
)
def test_defaults_of_ini_files(text: str, expected: dict[str, Any]) -> None:
    assert plain(ini.parse(text.encode(), "/p/f.ini")) == expected


def test_an_indented_instruction_stands_where_it_stands() -> None:
    file = dockerfile.parse(b"FROM a\n  ENV  KEY=v\n", "/p/Dockerfile")
    (stage,) = file.stages
    (instruction,) = stage.instructions
    assert instruction.location[1:3] == (2, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\\ b", "a b"), ('"a\\"b"', 'a"b'), ("a\\$b", "a\\$b"), ("'a$b'", "a\\$b"), ("''", "")],
)
def test_words_of_dockerfiles(text: str, expected: str) -> None:
    file = dockerfile.parse(f"FROM a\nENV KEY={text}\n".encode(), "/p/Dockerfile")
    ((_, word),) = file.stages[0].instructions[0].pairs
    assert word is not None
    assert word.value == expected


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ([".env"], True), (["# .env", ""], False), ([".env", "!.env"], False), (["!.env"], False),
        (["*", "!.env*"], False), (["**/.env"], True), ([""], False), ([" "], False),
    ],
)  # fmt: skip
def test_what_a_dockerignore_keeps_out(patterns: list[str], expected: bool) -> None:  # noqa: FBT001 - of a table
    assert dockerfile.ignored(".env", patterns) is expected


def test_only_the_first_two_lines_declare_an_encoding() -> None:
    latin = "# -*- coding: latin-1 -*-\n"
    text = "A = 'é'\n".encode("latin-1")
    python.parse(b"#!/usr/bin/python\n" + latin.encode() + text, "/p/a.py")
    for before in (b"#!\n#\n", b"B = 1\n"):
        with pytest.raises(AuditError):
            python.parse(before + latin.encode() + text, "/p/a.py")
    python.parse(b"# encoding is said nowhere\nA = 1\n", "/p/a.py")


def test_requirements_go_on_behind_a_backslash_and_end_with_the_file() -> None:
    lines = requirements.parse(b"a==1 \\\n  --hash=x # c\nb # d\n\nc", "/p/requirements.txt")
    assert [[word.value for word in words] for words in lines] == [
        ["a==1", "--hash=x"],
        ["b"],
        ["c"],
    ]
    assert lines[2][0].location[1:] == (5, 1, 5, 2)


def test_a_module_with_nul_characters_is_told_so() -> None:
    with pytest.raises(AuditError, match="NUL characters"):
        python.parse(b"A = '\0'\n", "/p/a.py")
