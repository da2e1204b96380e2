"""Details of the dialects: what bash makes of odd lines, where empty values stand, and bounds."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from secaudit.facts import Unknown
from secaudit.syntax import dotenv

UNKNOWN = {"unknown": True}


def values(text: str, dialect: str) -> dict[str, Any]:
    """Return what a file defines in an empty environment."""
    file = dotenv.parse(text.encode(), "/p/.env", dialect)
    found = dotenv.effective(dotenv.resolve(file, lambda _: None))
    return {
        key: UNKNOWN if isinstance(one.value, Unknown) else one.value for key, one in found.items()
    }


LINES = [
    ("A=1 &&\nB=2\n", {"A": "1", "B": "2"}),
    ("A=1 && B=2", {"A": "1", "B": "2"}),
    ("A=1\nB=2 &&", {"A": "1"}),
    ("export A=1 && B=2\n", {"A": "1", "B": "2"}),
    ('A="x$"\nB=2\n', {"A": "x$", "B": "2"}),
    ('A=$"x"\nB=2\n', {"A": "x", "B": "2"}),
    ("A=${B:-}x\n", {"A": "x"}),
    ("A=1\nB=`x\nC=3\n", {"A": "1"}),
    ("A=$'a\\'b\\\\'\n", {"A": "a'b\\"}),
    ("A=1; B=(a;b)\nC=3\n", {"C": "3"}),
    ("A=(\nb | ' C=1\nC=3\n", {"C": "3"}),
    ("A=([b)\nC=3\n", {}),
    ("export x[\nC=3\n", {"C": "3"}),
    ("x[)]\nC=3\n", {"C": "3"}),
    ('export "A=x ${U:-y}" B\\=\'1 2\'\nexport "A+=$A" #\n', {"A": "x yx y", "B": "1 2"}),
    ("A\\\n=1 &\\\n& export\\\n B=${A}$A\\\n_\\\n\nC=3\n", {"A": "1", "B": "1", "C": "3"}),
    ("A=1\nA+\\\n=$\\\nA$\\\n'\\''$\\\n{A}\nC=3\n", {"A": "11'1", "C": "3"}),
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_bash_and_the_reader_agree(text: str, expected: dict[str, str], tmp_path: Path) -> None:
    assert values(text, "bash") == expected
    path = tmp_path / ".env"
    path.write_text(text)
    show = "".join(f'printf "%s\\0" "${{{name}-unset}}"\n' for name in "ABC")
    words = ["bash", "--norc", "-c", f'. "$1" 2>/dev/null\n{show}', "bash", str(path)]
    run = subprocess.run(words, capture_output=True, text=True, check=True, env={})
    given = dict(zip("ABC", run.stdout.split("\0"), strict=False))
    assert {name: value for name, value in given.items() if value != "unset"} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=$1;B=2\n", {"A": UNKNOWN, "B": "2"}),
        ("A=$'\\x41'\nB=2\n", {"A": UNKNOWN, "B": "2"}),
        ("A=`x`y\nB=2\n", {"A": UNKNOWN, "B": "2"}),
        ("A=`x \\`y'\\``\nB=2\n", {"A": UNKNOWN, "B": "2"}),
        ("A=()x\nB=2\n", {"A": UNKNOWN, "B": "2"}),
        ("A[0]=x\nB=2\n", {"A": UNKNOWN, "B": "2"}),
        ("B=2\nf() {\nA=1\n}\nC=3\n", {"A": UNKNOWN, "B": "2", "C": UNKNOWN}),
        ("A=$(x # '\n)\nB=2\n", {"A": UNKNOWN, "B": "2"}),
        ('A="$(x "# ")"\nB=2\n', {"A": UNKNOWN, "B": "2"}),
        ("B=2\n(A=1 # )\n)\nC=3\n", {"B": "2", "C": UNKNOWN}),
        ("B=2\nA=1; ]]\nC=3\n", {"A": UNKNOWN, "B": "2", "C": UNKNOWN}),
        ('export "A="$U\nB=2\n', {"A": UNKNOWN, "B": "2"}),
        ("A=(')' [)] # )\n\\))'y z'\nB=2\n", {"A": UNKNOWN, "B": "2"}),
        ("A=$(x ')' \\) \")\" (y) } ])\nB=2\n", {"A": UNKNOWN, "B": "2"}),
        ("A=${x:-'}'{(}\nB=2\n", {"A": UNKNOWN, "B": "2"}),
        ('A="${x:-"}"$(y "\'")(}"\nB=2\n', {"A": UNKNOWN, "B": "2"}),
        ("A=$[$[1]+[2] } )]\nB=2\n", {"A": UNKNOWN, "B": "2"}),
        ("A=1 export B=1\nC=2\n", {"A": UNKNOWN, "B": UNKNOWN, "C": "2"}),
        ("local A=1\nB=2\n", {"A": UNKNOWN, "B": "2"}),
    ],
)
def test_what_only_the_shell_knows_ends_where_it_ends(text: str, expected: dict[str, Any]) -> None:
    assert values(text, "bash") == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("echo hello\nA=1\n", []),
        ("A=(b;c) C=1\nB=1\n", [("A", "a shell operator in an array")]),
        ("DEBUG =\n", [("DEBUG", "there is a blank before the equals sign")]),
        ("A-B=1\n", [("A-B", "it is not NAME=value, so it is run as a command")]),
        (
            "A=1\nB=(2\n# C=3\n\n  D=4\n",
            [
                ("B", "an array is never closed"),
                ("D", "a syntax error further up ends the file"),
            ],
        ),
    ],
)
def test_bash_drops_what_looks_like_an_assignment(text: str, told: list[tuple[str, str]]) -> None:
    file = dotenv.parse(text.encode(), "/p/.env", "bash")
    assert [(one.key, one.reason) for one in file.dropped] == told


@pytest.mark.parametrize("tail", ["", "\nC=1\n"])
def test_a_refused_file_tells_the_whole_line(tail: str) -> None:
    file = dotenv.parse(f"OK=1\nA B=1{tail}".encode(), "/p/.env", "compose")
    assert file.failure is not None
    assert file.failure.location[1:] == (2, 1, 2, 6)


@pytest.mark.parametrize("dialect", ["python-dotenv", "decouple", "starlette", "compose"])
def test_a_blank_value_is_written_right_behind_the_equals_sign(dialect: str) -> None:
    entry = dotenv.parse(b"A=  \nB=1\n", "/p/.env", dialect).entries[0]
    assert (entry.value, entry.value_location[1:]) == ("", (1, 3, 1, 3))


@pytest.mark.parametrize("dialect", dotenv.DIALECTS)
def test_a_value_is_written_where_it_stands(dialect: str) -> None:
    entry = dotenv.parse(b"A=1\nKEY=value\n", "/p/.env", dialect).entries[1]
    assert (entry.value, entry.value_location[1:]) == ("value", (2, 5, 2, 10))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("   \nA=1\n", ["the line is blank"]),
        ("# c\nA=1\n", []),
        ("\ufeff# c\nA=1\n", ["it is not NAME=value"]),
        ("\nA=1\n", []),
    ],
)
def test_django_environ_tells_what_it_passes_over(text: str, told: list[str]) -> None:
    file = dotenv.parse(text.encode(), "/p/.env", "django-environ")
    assert [one.reason for one in file.dropped] == told


def test_references_grow_within_bounds() -> None:
    doubling = "A0=0123456789\n" + "".join(f"A{n + 1}=${{A{n}}}${{A{n}}}\n" for n in range(18))
    found = values(doubling, "compose")
    assert len(found["A16"]) == 10 * 2**16
    assert found["A17"] == UNKNOWN
