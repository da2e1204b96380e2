"""No input makes a parser fail otherwise than with an AuditError, or report a place outside."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secaudit.errors import AuditError
from secaudit.location import Location
from secaudit.syntax import dockerfile, dotenv, ini, json, python, toml, yaml
from secaudit.syntax.interpolation import template

PIECES = [
    *("a", "KEY", "=", ":", " ", "\n", "\r\n", "\t", "'", '"', "'''", '"""', "\\", "#", "$", "${"),
    *(
        "}",
        "{{",
        "}}",
        "{%",
        "[",
        "]",
        "{",
        "(",
        ")",
        ",",
        "- ",
        "? ",
        "&x ",
        "*x",
        "!t ",
        "|",
        ">",
    ),
    *(
        "<<EOF",
        "EOF",
        "FROM ",
        "ENV ",
        "RUN ",
        "<<",
        "0",
        "1.5",
        "é",
        "\x00",
        "\x85",
        "\u2028",
        "%(",
    ),
]
texts = st.one_of(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.text(max_size=40))
inputs = st.one_of(texts.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary())
PARSERS: dict[str, Callable[[bytes], object]] = {
    "python": lambda data: python.parse(data, "/p/f"),
    "yaml": lambda data: yaml.parse(data, "/p/f"),
    "compose": lambda data: yaml.parse(data, "/p/f", "compose"),
    "toml": lambda data: toml.parse(data, "/p/f"),
    "json": lambda data: json.parse(data, "/p/f"),
    "ini": lambda data: ini.parse(data, "/p/f"),
    "dockerfile": lambda data: dockerfile.parse(data, "/p/f"),
}


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=150, deadline=None)
@given(data=inputs)
def test_parsers(name: str, data: bytes) -> None:
    with suppress(AuditError):
        PARSERS[name](data)


@settings(max_examples=300, deadline=None)
@given(data=inputs)
def test_env_dialects(data: bytes) -> None:
    for dialect in dotenv.DIALECTS:
        try:
            file = dotenv.parse(data, "/p/f", dialect)
        except AuditError:
            continue
        lines = file.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for entry in file.entries:
            for place in (entry.key_location, entry.value_location, entry.location):
                assert _inside(place, lines), (dialect, entry)
        for dropped in file.dropped:
            assert _inside(dropped.location, lines), (dialect, dropped)
        dotenv.resolve(file, lambda _: None)


def _inside(place: Location, lines: list[str]) -> bool:
    if not 1 <= place.line <= place.end_line <= len(lines):
        return False
    last = len(lines[place.end_line - 1]) + 1
    start = (place.line, place.column)
    return start <= (place.end_line, place.end_column) and place.end_column <= last


@settings(max_examples=300, deadline=None)
@given(text=texts)
def test_interpolation(text: str) -> None:
    with suppress(AuditError):
        template(text)


def test_nested_interpolation_is_bounded() -> None:
    with pytest.raises(AuditError, match="nested"):
        template("${A:-" * 500 + "x" + "}" * 500)
