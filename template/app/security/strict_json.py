"""Parses JSON so that no two parsers can read a body differently, and none is exhausted."""

import json
import math
import re
from typing import Any, Final, NoReturn

from .problems import Problem

MAX_DEPTH: Final = 64
_INT64: Final = 2**63
_MAX_DIGITS: Final = 20

# A string, or what is left of the text after a quote that is never closed: no text makes it retry.
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+\\?(?:"|\Z)', re.DOTALL)
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_SQUARE: Final = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


def loads(content: bytes) -> Any:  # noqa: ANN401 - JSON is of any type
    """Return the value of a JSON text (RFC 8259, and the stricter I-JSON of RFC 7493).

    Raises:
        Problem: 400 for anything but UTF-8 without a byte order mark, duplicate names, ``NaN`` and
            infinities, integers beyond 64 bits, unpaired surrogates, and more than 64 levels.
    """
    if content.count(b"[") + content.count(b"{") > MAX_DEPTH and _too_deep(content):
        raise _bad("The JSON text is nested too deeply.")
    try:
        value = _DECODER.decode(content.decode("utf-8"))
        if _SURROGATE.search(content):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        raise _bad("The body is not UTF-8.") from None
    except UnicodeEncodeError:
        raise _bad("The JSON text contains an unpaired surrogate.") from None
    except (ValueError, RecursionError):
        raise _bad("The body is not valid JSON.") from None
    return value


def _too_deep(content: bytes) -> bool:
    """Remove the innermost brackets level by level; what is left is too deep, or not balanced."""
    brackets = _STRING.sub(b"", content).translate(_SQUARE, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        shorter = brackets.replace(b"[]", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    return bool(brackets)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _bad("The JSON text contains a duplicate name.")
    return members


def _integer(text: str) -> int:
    if len(text) <= _MAX_DIGITS and -_INT64 <= (number := int(text)) < _INT64:
        return number
    raise _bad("The JSON text contains a number that is too large.")


def _float(text: str) -> float:
    number = float(text)
    if math.isfinite(number):
        return number
    raise _bad("The JSON text contains a number that is too large.")


def _constant(_: str) -> NoReturn:
    raise _bad("NaN and infinities are not JSON.")


def _bad(detail: str) -> Problem:
    return Problem(400, detail)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
)
