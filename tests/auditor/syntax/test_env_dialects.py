"""Every recorded case of what the real loaders make of an env file."""

import json
from pathlib import Path
from typing import Any

import pytest

from secaudit.errors import AuditError
from secaudit.facts import Unknown
from secaudit.syntax import dotenv

DATA = json.loads((Path(__file__).parents[2] / "data" / "env_dialects.json").read_text())
CASES = [
    pytest.param(case["input"], dialect, group["values"], id=f"{case['name']} - {dialect}")
    for case in DATA["cases"]
    for group in case["expected"]
    for dialect in group["dialects"]
]


def values(text: str, dialect: str, *, override: bool = True) -> dict[str, Any]:
    """Return what the file defines, as the recorded results write it."""
    file = dotenv.parse(text.encode(), "/p/.env", dialect)
    if file.failure:
        return {"refused": True}
    resolved = dotenv.effective(dotenv.resolve(file, DATA["environment"].get, override=override))
    return {
        key: {"unknown": True} if isinstance(item.value, Unknown) else item.value
        for key, item in resolved.items()
    }


@pytest.mark.parametrize(("text", "dialect", "expected"), CASES)
def test_recorded_case(text: str, dialect: str, expected: dict[str, Any]) -> None:
    assert values(text, dialect) == expected


def test_spans_point_at_key_and_value() -> None:
    text = 'A=1\n  export KEY = "v é" # why\n'
    entry = dotenv.parse(text.encode(), "/p/.env", "python-dotenv").entries[1]
    assert entry.key_location[1:] == (2, 10, 2, 13)
    assert entry.value_location[1:] == (2, 16, 2, 21)
    assert entry.raw == '"v é"'
    assert entry.location[1:] == (2, 10, 2, 21)


def test_columns_do_not_count_the_byte_order_mark_nor_bytes() -> None:
    entry = dotenv.parse("\ufeffÄ=ü1\r\nB=2".encode(), "/p/.env", "python-dotenv").entries
    assert entry[0].value_location[1:] == (1, 3, 1, 5)
    assert entry[1].value_location[1:] == (2, 3, 2, 4)


def test_an_empty_value_is_an_insertion_point_behind_the_equals_sign() -> None:
    for dialect in dotenv.DIALECTS:
        entry = dotenv.parse(b"A=\nB=1\n", "/p/.env", dialect).entries[0]
        assert entry.value_location[1:] == (1, 3, 1, 3), dialect


@pytest.mark.parametrize(
    ("text", "dialect", "key", "reason"),
    [
        ("DEBUG = False\n", "django-environ", "DEBUG", "blank before the equals sign"),
        ("  DEBUG=False\n", "django-environ", "DEBUG", "indented"),
        ('SECRET="abc\nB=1\n', "python-dotenv", "SECRET", "never closed"),
        ('SECRET="abc" def\n', "python-dotenv", "SECRET", "text after the value"),
        ("DEBUG: false\n", "decouple", "DEBUG", "no equals sign"),
        ("DEBUG = False\n", "bash", "DEBUG", "blank before the equals sign"),
        ("NAME=two words\n", "bash", "NAME", "run as a command"),
    ],
)
def test_dropped_lines_are_told_with_their_key(
    text: str, dialect: str, key: str, reason: str
) -> None:
    (dropped,) = dotenv.parse(text.encode(), "/p/.env", dialect).dropped
    assert dropped.key == key
    assert reason in dropped.reason
    assert dropped.location.line == 1


def test_comments_and_blank_lines_are_not_dropped_lines() -> None:
    text = b"# c\n\n   # d\nA=1\n"
    for dialect in set(dotenv.DIALECTS) - {"django-environ", "django-environ-comments"}:
        assert dotenv.parse(text, "/p/.env", dialect).dropped == (), dialect


def test_load_dotenv_lets_the_environment_win_inside_references() -> None:
    text = "OSVAR=file\nA=${OSVAR}\n"
    assert values(text, "python-dotenv")["A"] == "file"
    assert values(text, "python-dotenv", override=False)["A"] == "fromos"
    assert values(text, "compose")["A"] == "fromos"
    assert values(text, "bash")["A"] == "file"


def test_absent_references_are_named() -> None:
    file = dotenv.parse(b"A=${NOPE}\nB=${NOPE:-x}\n", "/p/.env", "python-dotenv")
    first, second = dotenv.resolve(file, lambda _: None)
    assert (first.value, first.absent) == ("", ("NOPE",))
    assert (second.value, second.absent) == ("x", ())


def test_an_unknown_variable_makes_the_value_unknown() -> None:
    file = dotenv.parse(b"A=x${HOST}\nB=${A}\n", "/p/.env", "python-dotenv")
    first, second = dotenv.resolve(file, lambda _: Unknown("not given"))
    assert first.value == Unknown("not given")
    assert second.value == Unknown("not given")


@pytest.mark.parametrize("text", ["A={{ name }}", "A='{{x.y | upper}}'", "A=a{% if b %}c"])
def test_a_templated_value_is_unknown(text: str) -> None:
    assert values(text, "python-dotenv") == {"A": {"unknown": True}}
    assert values('A={"a": {"b": 1}}', "decouple") == {"A": '{"a": {"b": 1}}'}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=${E:-d}", "d"),
        ("A=${E-d}", ""),
        ("A=${E:+d}", ""),
        ("A=${E+d}", "d"),
        ("A=${U:-a${OSVAR}b}c", "afromosbc"),
        ("A=${U:-${V:-deep}}", "deep"),
        ("A=$OSVAR/x$$y", "fromos/x$y"),
        ("A=5$", "5$"),
        ('A="\\$OSVAR"', "$OSVAR"),
        ('A="\\0101\\t\\q"', "A\t\\q"),
        ("A='$OSVAR'", "$OSVAR"),
        ("A: yaml", "yaml"),
        ("A=# c", "# c"),
        ("A= # c", "# c"),
    ],
)
def test_compose_interpolates_like_a_shell(text: str, value: str) -> None:
    assert values("E=\n" + text, "compose")["A"] == value


@pytest.mark.parametrize("text", ["A=${", "A=${1}", "A=${B!x}", "A B=1", "A;=1", "A='x"])
def test_compose_refuses_the_whole_file(text: str) -> None:
    assert values("OK=1\n" + text, "compose") == {"refused": True}


def test_compose_required_variable_stops_it() -> None:
    file = dotenv.parse(b"A=${KEY:?set a key}\nB=${KEY?}\n", "/p/.env", "compose")
    first, second = dotenv.resolve(file, lambda _: None)
    assert first.error == "KEY is required: set a key"
    assert second.error == "KEY is required: it is not set"


def test_compose_inherits_a_key_without_a_value() -> None:
    assert values("OSVAR\nexport NOPE\nB=1\n", "compose") == {"OSVAR": "fromos", "B": "1"}


def test_docker_interprets_nothing() -> None:
    text = 'A="1" # c\nB=${OSVAR}\nOSVAR\nNOPE\n # c\n'
    expected = {"A": '"1" # c', "B": "${OSVAR}", "OSVAR": "fromos"}
    assert values(text, "docker") == expected
    assert values("A =1\n", "docker") == {"refused": True}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export A=1 B='x y'\n", {"A": "1", "B": "x y"}),
        ("A=1; B=$A\n", {"A": "1", "B": "1"}),
        ("A=1 && B=2\n", {"A": "1", "B": "2"}),
        ("A=x\nA+=y\n", {"A": "xy"}),
        ("A=1 command\nB=2\n", {"B": "2"}),
        ("A=a\\\nb\n", {"A": "ab"}),
        ("A=$'x\\ny'\n", {"A": "x\ny"}),
        ("A='it'\"'\"'s'\n", {"A": "it's"}),
        ("A=~/x\nB=a~b\n", {"A": {"unknown": True}, "B": "a~b"}),
        ("if true; then\nA=1\nfi\nB=2\n", {"A": {"unknown": True}, "B": {"unknown": True}}),
        ("A=(1 2)\n", {"A": {"unknown": True}}),
        ("OK=1\nA=x(1)\nB=2\n", {"OK": "1"}),
        ("OK=1\ncommand A=(1)\nB=2\n", {"OK": "1"}),
        ("OK=1\nA=$[1\nB=2\n", {"OK": "1"}),
        ("OK=1\nB=y z[\nexport C=1\n", {"OK": "1"}),
        ("A=1 && B=2 &\nC=3\n", {"A": {"unknown": True}, "B": {"unknown": True}, "C": "3"}),
        ("export x-y=1 && A=1\nB=2\n", {"A": {"unknown": True}, "B": "2"}),
        ("A=1 $MAYBE\n", {"A": {"unknown": True}}),
        ("A=1 | B=2\nC=3\n", {"A": {"unknown": True}, "B": {"unknown": True}, "C": "3"}),
    ],
)
def test_bash_assignments(text: str, expected: dict[str, Any]) -> None:
    assert values(text, "bash") == expected


def test_refuses_what_is_no_utf_8_text() -> None:
    with pytest.raises(AuditError) as caught:
        dotenv.parse(b"A=1\nB=\xff\n", "/p/.env", "python-dotenv")
    assert caught.value.line == 2


def test_refuses_files_beyond_two_mebibytes() -> None:
    with pytest.raises(AuditError, match="2 MiB"):
        dotenv.parse(b"A=1\n" * 600_000, "/p/.env", "python-dotenv")
