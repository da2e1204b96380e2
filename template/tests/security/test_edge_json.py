"""Strict JSON: what two parsers could read differently is refused, and nothing is slow."""

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.security.problems import Problem
from app.security.strict_json import MAX_DEPTH, loads

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text('[]{}\\"aé'), inner),
    max_leaves=30,
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1,]",
        b"{'a':1}",
        b'{"a":1}x',
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":1,"\\u0061":2}',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e999]",
        b"[-1e999]",
        b"9223372036854775808",
        b"-9223372036854775809",
        b"9" * 5000,
        b'"\\ud800"',
        b'{"\\udc00":1}',
        b'"\\ud800\\u0041"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'"\x00"',
        b'"a\nb"',
        b"[" * 65 + b"]" * 65,
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b"[" * 900 + b"]" * 900,
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'["\\"' + b"[" * 70,
    ],
)
def test_what_is_ambiguous_or_absurd_is_a_400(content: bytes) -> None:
    with pytest.raises(Problem) as caught:
        loads(content)
    assert caught.value.status == 400
    assert caught.value.detail


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b' {"a": [1, -0, 1.5e3, true, null]} ', {"a": [1, 0, 1500.0, True, None]}),
        (b'"\\ud83d\\ude00 \\u0000"', "\U0001f600 \x00"),
        (b'["' + b"[" * 500 + b'"]', ["[" * 500]),
        (b'["\\\\", "' + b"{" * 500 + b'"]', ["\\", "{" * 500]),
        (b"[" + b"[]," * 500 + b"{}]", [[]] * 500 + [{}]),
        (b"9223372036854775807", 2**63 - 1),
        (b"-9223372036854775808", -(2**63)),
    ],
)
def test_ordinary_json_is_read(content: bytes, value: object) -> None:
    assert loads(content) == value


def test_the_deepest_allowed_nesting_is_read() -> None:
    assert loads(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) is not None


@given(VALUES)
def test_what_a_serialiser_writes_is_read_back(value: object) -> None:
    for ascii_only in (True, False):
        text = json.dumps(value, ensure_ascii=ascii_only)
        assert loads(text.encode()) == value


@pytest.mark.parametrize(
    "content",
    [
        b'"' + b'\\"' * 500_000,
        b'"\\' * 300_000,
        b"[" * 70 + b'"' + b'\\"' * 500_000,
        b"[{}," * 250_000,
        b"[]" * 500_000,
        b"[" + b"{}," * 300_000 + b"{}]",
        b"1" * 1_000_000,
        b"0." + b"1" * 1_000_000,
    ],
)
def test_no_megabyte_takes_long(content: bytes) -> None:
    started = time.perf_counter()
    with suppress(Problem):
        loads(content)
    assert time.perf_counter() - started < 1
