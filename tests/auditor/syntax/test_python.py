"""Python source: exact places, and every kind of bad input told in words."""

import ast
import sys

import pytest

from secaudit.errors import AuditError
from secaudit.syntax.python import parse
from secaudit.syntax.text import TemplateError


def only_value(text: str) -> tuple[tuple[int, ...], str]:
    """Return place and source of the value of the first statement, an assignment."""
    module = parse(text.encode(), "/p/s.py")
    statement = module.tree.body[0]
    assert isinstance(statement, ast.Assign)
    return module.location(statement.value)[1:], module.source(statement.value)


@pytest.mark.parametrize(
    ("text", "place", "source"),
    [
        ("A = 'é' + b\n", (1, 5, 1, 12), "'é' + b"),
        ("ÄÖ = f(\n  '😀', 1)\n", (1, 6, 2, 10), "f(\n  '😀', 1)"),
        ("A = 1\r\nB = 2", (1, 5, 1, 6), "1"),
        ("\ufeffA = True", (1, 5, 1, 9), "True"),
    ],
)
def test_places_count_code_points(text: str, place: tuple[int, ...], source: str) -> None:
    assert only_value(text) == (place, source)


def test_the_declared_encoding_is_used() -> None:
    module = parse("# -*- coding: latin-1 -*-\nA = 'é'\n".encode("latin-1"), "/p/s.py")
    assert module.lines[1] == "A = 'é'"


@pytest.mark.parametrize("encoding", ["punycode", "zip", "utf-7", "unicode_escape", "nonsense"])
def test_codecs_that_are_no_plain_text_are_refused(encoding: str) -> None:
    with pytest.raises(AuditError, match="encoding") as caught:
        parse(f"# coding: {encoding}\nA = 1\n".encode(), "/p/s.py")
    assert caught.value.line == 1


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "-" * 100_000 + "1",
        "x = a" + ".b" * 100_000,
        "x = 1" + " + 1" * 50_000,
        "x = " + "not " * 50_000 + "1",
        "if a: pass\n" + "elif b: pass\n" * 5_000,
        "x = " + "(" * 5_000 + ")" * 5_000,
        "x = " + "[" * 199 + "f" + "(" * 199,
        "lambda: " * 20_000 + "1",
        "x = " + "9" * 5_000,
        "\0",
    ],
)
def test_hostile_source_is_an_error_and_never_a_crash(text: str) -> None:
    with pytest.raises(AuditError):
        parse(text.encode(), "/p/s.py")


def test_syntax_errors_are_located() -> None:
    with pytest.raises(AuditError) as caught:
        parse(b"A = 1\nB = = 2\n", "/p/s.py")
    assert (caught.value.path, caught.value.line) == ("/p/s.py", 2)


@pytest.mark.parametrize(
    "text",
    ["{% if cookiecutter.x %}\nA = 1\n{% endif %}\n", "A = {{ cookiecutter.name }} {{ x }}\n"],
)
def test_templates_are_told_apart(text: str) -> None:
    with pytest.raises(TemplateError):
        parse(text.encode(), "/p/s.py")


def test_braces_elsewhere_do_not_make_a_broken_file_a_template() -> None:
    with pytest.raises(AuditError) as caught:
        parse(b"A = f'{{x}}'\nB = {1: {2: 3}}\nC = = 1\n", "/p/s.py")
    assert not isinstance(caught.value, TemplateError)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python knows template strings")
def test_newer_syntax_names_both_versions() -> None:
    with pytest.raises(AuditError) as caught:
        parse(b"A = t'{x}'\n", "/p/s.py")
    assert "3.14" in caught.value.message
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in caught.value.message


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows nested quotes")
def test_nested_quotes_in_an_f_string_are_newer_syntax() -> None:
    with pytest.raises(AuditError, match=r"Python 3\.12"):
        parse(b"A = f'{a['b']}'\n", "/p/s.py")
    with pytest.raises(AuditError, match="invalid syntax"):
        parse(b"A = = 1\n", "/p/s.py")


def test_the_module_itself_stands_at_the_first_line() -> None:
    module = parse(b"A = 1\n", "/p/s.py")
    assert module.location(module.tree)[1:] == (1, 1, 1, 1)


def test_invalid_escapes_raise_no_warning() -> None:
    parse(b"A = '\\d'\n", "/p/s.py")  # pytest turns warnings into errors
