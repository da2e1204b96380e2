"""YAML: typed as the reading program types it, with places, and bounded on hostile input."""

import random
import time
from itertools import pairwise
from typing import Any

import pytest
import yaml as pyyaml  # type: ignore[import-untyped]  # its types are a package of their own

from secaudit.budget import Budget
from secaudit.errors import AuditError
from secaudit.facts import Unknown
from secaudit.syntax.text import TemplateError
from secaudit.syntax.tree import MAX_VISITS, Mapping, Sequence, leaves, plain
from secaudit.syntax.yaml import Schema, parse


def load(text: str, schema: Schema = "1.1") -> Any:  # noqa: ANN401 - any document
    (document,) = parse(text.encode(), "/p/c.yml", schema)
    return plain(document)


def test_application_files_are_yaml_1_1() -> None:
    text = "a: no\nb: 017\nc: 1_000\nd: 12:30\ne: 1e3\nf: ~\ng: 'no'\nh: 0x1F\ni: 1.5e+3\n"
    expected = {"a": False, "b": 15, "c": 1000, "d": 750, "e": "1e3", "f": None, "g": "no"}
    assert load(text) == {**expected, "h": 31, "i": 1500.0}


def test_compose_files_are_typed_as_compose_does() -> None:
    assert load("a: no\nb: 017\nc: 1e3\nd: true\n", "compose") == {
        "a": "no",
        "b": 15,
        "c": 1000.0,
        "d": True,
    }


def test_plain_scalars_equal_pyyaml() -> None:
    pieces = ["0", "1", "7", "9", "_", ".", "e", "E+", "-", "+", ":", "x", "b", "o", "a", "yes"]
    pieces += ["No", "on", "OFF", "true", "null", "~", "59"]
    chance = random.Random(1)  # noqa: S311 - generated test input
    compared = 0
    for _ in range(1500):
        text = "k: " + "".join(chance.choices(pieces, k=chance.randint(1, 5)))
        try:
            expected = pyyaml.safe_load(text)
        except (pyyaml.YAMLError, ValueError):
            continue
        if isinstance(expected, dict) and isinstance(expected.get("k"), str | int | float):
            compared += 1
            assert repr(load(text)) == repr(expected), text
    assert compared > 1000


def test_anchors_merge_keys_and_order_of_precedence() -> None:
    text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  a: 9\n"
    assert load(text)["z"] == {"a": 9, "b": 2, "c": 4}


def test_an_anchor_that_is_used_again_is_no_warning() -> None:
    """It would show lines of the file, with what they hold, on stderr."""
    assert load("a: &x 1\nb: &x 2\nc: *x\n") == {"a": 1, "b": 2, "c": 2}


def test_unknown_tags_and_templates_are_unknown_values() -> None:
    text = "a: !vault abc\nb: {{ name }}\nc: 'x {{ y }}'\nd: !!str 1\ne: !reset null\n"
    (document,) = parse(text.encode(), "/p/c.yml")
    found = plain(document)
    assert all(isinstance(found[key], Unknown) for key in "abc")
    assert found["d"] == "1"
    assert isinstance(document, Mapping)
    entry = document.get("e")
    assert entry is not None
    assert entry.tag == "!reset"


def test_places() -> None:
    text = "a:\r\n  - 'é x'\r\n  - |\r\n    t\r\n    u\r\nb: ü\r\n"
    (document,) = parse(text.encode(), "/p/c.yml")
    assert isinstance(document, Mapping)
    sequence, scalar = document.get("a"), document.get("b")
    assert isinstance(sequence, Sequence)
    assert sequence.items[0].location[1:] == (2, 5, 2, 10)
    assert sequence.items[1].location[1:] == (3, 5, 5, 6)
    assert scalar is not None
    assert scalar.location[1:] == (6, 4, 6, 5)


def test_a_large_file_is_read_as_a_small_one_is() -> None:
    part = (
        's%d:\n  # note\n  plain: value %d\n  number: 0%d\n  quoted: "a\\tb"\n'
        "  deep:\n    - {a: [x, y]}\n"
        "    - 'é'\n  block: |\n    one\n    two\n  anchor: &a%d [1]\n  alias: *a%d\n  empty: ''\n"
    )
    text = "".join(part % ((number,) * 5) for number in range(100))
    small = parse(text.encode(), "/p/c.yml")
    comment = "# filler\n" * 40_000
    (large,), (known,) = parse((text + comment).encode(), "/p/c.yml"), small
    assert isinstance(large, Mapping)
    assert isinstance(known, Mapping)
    large.items.pop("s99")  # ends where the comments do
    assert {**large.items, "s99": known.items["s99"]} == known.items


def test_what_only_one_parser_reads_is_read_in_a_large_file() -> None:
    (node,) = parse(("a: {b:1}\n" + "# filler\n" * 40_000).encode(), "/p/c.yml")
    assert plain(node) == {"a": {"b:1": None}}
    with pytest.raises(AuditError):
        parse(("a: {b\n" + "# filler\n" * 40_000).encode(), "/p/c.yml")


def test_alias_bomb_is_bounded() -> None:
    names = "abcdefghijklmnop"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in pairwise(names):
        lines.append(f"{name}: &{name} [{', '.join(['*' + before] * 9)}]")
    started = time.process_time()
    (document,) = parse("\n".join(lines).encode(), "/p/c.yml")
    plain(document)
    assert len(list(leaves(document, Budget(MAX_VISITS)))) <= len(names)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]",
        "a: &a\n  b: *a",
        "[" * 5000,
        "{a: " * 5000,
        "- " * 5000 + "a",
        "? " * 5000 + "a",
        "\n".join(" " * depth + "a:" for depth in range(600)),
        "a: [",
        "a: b: c",
        "\t- x",
        "a: *nothing",
        "\x01",
    ],
)
def test_hostile_documents_are_errors(text: str) -> None:
    with pytest.raises(AuditError):
        parse(text.encode(), "/p/c.yml")


def test_templates_are_told_apart() -> None:
    with pytest.raises(TemplateError):
        parse(b"{% if x %}\na: 1\n  b: 2\n{% endif %}\n", "/p/c.yml")
