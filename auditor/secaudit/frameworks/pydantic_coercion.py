"""Converts values as pydantic's lax mode does; what is not certain is Unknown."""

import re
from contextlib import suppress
from typing import Any, Final

from secaudit.evaluation.values import plain
from secaudit.facts import Unknown
from secaudit.frameworks.pydantic_texts import (
    ConstraintError,
    InvalidError,
    duration,
    duration_1,
    path,
    url,
    url_1,
)
from secaudit.frameworks.pydantic_types import NONE, TypeSpec
from secaudit.patterns import lazy

_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE: Final = frozenset({"0", "false", "f", "no", "n", "off"})
_INTEGER: Final = lazy(r"[+-]?[0-9]+(_[0-9]+)*(\.0+)?\Z")
_FLOAT: Final = lazy(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\Z")
_MAX_DIGITS: Final = 4_000
_PAIR: Final = 2


def convert(spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return plain ``data`` as a field of this type holds it, as plain data.

    Containers and scalars only; models are built by the caller.

    Raises:
        InvalidError: pydantic certainly refuses it.
    """
    if isinstance(data, Unknown):
        return data
    handler = _HANDLERS.get(spec.kind)
    if handler is None:
        return Unknown("a type that is not known")
    result = handler(spec, data)
    if not isinstance(result, Unknown):
        _check(spec, result)
    return result


def _text(_spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    if isinstance(data, str):
        return data
    if isinstance(data, bytes):
        return Unknown("bytes as text")
    raise InvalidError("not a text")


def _integer(_spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    if isinstance(data, bool):
        return int(data)
    if isinstance(data, int):
        return data
    if isinstance(data, float):
        if data.is_integer():
            return int(data)
        raise InvalidError("not an integer")
    if isinstance(data, str):
        text = data.strip()
        if len(text) > _MAX_DIGITS:
            return Unknown("a very long number")
        if text.isascii() and (text.isdigit() or _INTEGER.match(text)):
            return int(text.partition(".")[0])
        if re.search(r"[0-9]", text) and not re.search(r"[A-Za-z]", text):
            return Unknown("a number in an unusual spelling")
        raise InvalidError("not an integer")
    raise InvalidError("not an integer")


def _number(_spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    if isinstance(data, bool | int | float):
        return float(data)
    if isinstance(data, str):
        text = data.strip()
        if len(text) < _MAX_DIGITS and text.isascii() and _FLOAT.match(text):
            return float(text)
        if re.search(r"[0-9]|inf|nan", text, re.IGNORECASE):
            return Unknown("a number in an unusual spelling")
    raise InvalidError("not a number")


def _text_1(_spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    """Version 1 takes numbers as text."""
    return str(data) if isinstance(data, bool | int | float) else _text(_spec, data)


def _integer_1(_spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    """Version 1 calls ``int()``: it cuts fractions off numbers and refuses the text ``1.0``."""
    if isinstance(data, str) and len(data) > _MAX_DIGITS:
        return Unknown("a very long number")
    try:
        return int(data)
    except (TypeError, ValueError, OverflowError):
        raise InvalidError("not an integer") from None


def _flag(_spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    if isinstance(data, bool):
        return data
    if isinstance(data, int | float):
        if data in (0, 1):
            return bool(data)
        raise InvalidError("not a flag")
    if isinstance(data, str):
        lowered = data.lower()
        if lowered in _TRUE or lowered in _FALSE:
            return lowered in _TRUE
    raise InvalidError("not a flag")


def _sequence(spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401, C901 - values of any type
    if spec.kind == "sequence" and isinstance(data, tuple):
        return Unknown("a sequence that is a tuple")
    if not isinstance(data, list | tuple | set | frozenset):
        raise InvalidError("not a list")
    if spec.kind == "fixed-tuple":
        if len(data) != len(spec.items):
            raise InvalidError("a tuple of another length")
        items = [convert(kind, item) for kind, item in zip(spec.items, data, strict=True)]
    else:
        if isinstance(data, set | frozenset) and len(data) > 1:
            return Unknown("the order of a set")
        inner = spec.items[0] if spec.items else TypeSpec("any")
        items = [convert(inner, item) for item in data]
    for item in items:
        if isinstance(item, Unknown):
            return item
    if spec.kind in {"tuple", "fixed-tuple"}:
        return tuple(items)
    if spec.kind in {"set", "frozenset"}:
        try:
            return frozenset(items)
        except TypeError:
            raise InvalidError("items that cannot be in a set") from None
    return items


def _mapping(spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    if not isinstance(data, dict):
        raise InvalidError("not a dictionary")
    keys = spec.items[0] if spec.items else TypeSpec("any")
    values = spec.items[1] if len(spec.items) > 1 else TypeSpec("any")
    result = {}
    for key, value in data.items():
        one, two = convert(keys, key), convert(values, value)
        if isinstance(one, Unknown) or isinstance(two, Unknown):
            return one if isinstance(one, Unknown) else two
        result[one] = two
    return result


def _mapping_1(spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    """Version 1 calls ``dict()``, which takes pairs too."""
    pairs = isinstance(data, list | tuple) and all(
        isinstance(item, str | list | tuple) and len(item) == _PAIR for item in data
    )
    if pairs and data:
        return Unknown("a dictionary made of pairs")
    return _mapping(spec, {} if pairs else data)


def _literal(spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    for value in spec.values:
        if type(value) is type(data) and value == data:
            return value
    if any(value == data for value in spec.values):
        return Unknown("a literal of another type")
    raise InvalidError("not one of the allowed values")


def _enum(spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    from secaudit.frameworks.enumerations import values  # noqa: PLC0415 - few fields are of one

    if spec.cls is None:
        return Unknown("an enumeration that is not known")
    members = [plain(value) for value in values(spec.cls).values()]
    if any(isinstance(member, Unknown) for member in members):
        return Unknown("an enumeration that is not fully known")
    for member in members:
        if type(member) is type(data) and member == data:
            return member
    if any(isinstance(member, int) for member in members) and isinstance(data, str):
        return Unknown("a number of an enumeration as text")
    raise InvalidError("not a member")


def _union(spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    """Pydantic's smart mode: an exact type wins, then the one member that accepts the value."""
    exact = {str: ("str",), bool: ("bool",), int: ("int",), float: ("float",), list: ("list",)}
    if data is None and any(item.kind in {"none", "any"} for item in spec.items):
        return None
    for item in spec.items:
        if item.kind in exact.get(type(data), ()) and not item.constraints:
            return convert(item, data)
    results, unsure = [], False
    for item in spec.items:
        try:
            result = convert(item, data)
        except InvalidError:
            continue
        unsure = unsure or isinstance(result, Unknown)
        results.append(result)
    if not results:
        raise InvalidError("no member accepts it")
    first = results[0]
    if unsure or any(type(r) is not type(first) or r != first for r in results[1:]):
        return Unknown("a union with several candidates")
    return first


def _union_1(spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    """Version 1 tries the members in order; None is first where it is allowed."""
    if data is None and NONE in spec.items:
        return None
    for item in spec.items:
        with suppress(InvalidError):
            return convert(item, data)
    raise InvalidError("no member accepts it")


def _none(_spec: TypeSpec, data: Any) -> None:  # noqa: ANN401 - values of any type
    if data is not None:
        raise InvalidError("not None")


def _any(_spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - values of any type
    return data


_HANDLERS: Final = {
    "str": _text,
    "secret": _text,
    "int": _integer,
    "float": _number,
    "bool": _flag,
    "list": _sequence,
    "sequence": _sequence,
    "tuple": _sequence,
    "fixed-tuple": _sequence,
    "set": _sequence,
    "frozenset": _sequence,
    "dict": _mapping,
    "literal": _literal,
    "enum": _enum,
    "union": _union,
    "none": _none,
    "url": url,
    "timedelta": duration,
    "path": path,
    "any": _any,
    "str-1": _text_1,
    "secret-1": _text_1,
    "int-1": _integer_1,
    "dict-1": _mapping_1,
    "union-1": _union_1,
    "url-1": url_1,
    "timedelta-1": duration_1,
}


def version_1(spec: TypeSpec) -> TypeSpec:
    """Return a type that converts as pydantic 1 does."""
    items = tuple(version_1(item) for item in spec.items)
    kind = f"{spec.kind}-1" if f"{spec.kind}-1" in _HANDLERS else spec.kind
    return spec._replace(kind=kind, items=items)


def _check(spec: TypeSpec, data: Any) -> None:  # noqa: ANN401 - values of any type
    """Check the constraints of a field."""
    for name, bound in spec.constraints:
        if isinstance(bound, Unknown) or data is None:
            continue
        if name in {"pattern", "regex"}:
            # Version 1 matches at the start, version 2 searches.
            pattern = f"^(?:{bound})" if name == "regex" else bound
            texts = isinstance(data, str) and isinstance(bound, str)
            if texts and not _matches(pattern, data):
                raise ConstraintError("does not match the pattern")
            continue
        measured = len(data) if name.endswith("length") and hasattr(data, "__len__") else data
        try:
            fits = {
                "min_length": lambda m, b: m >= b,
                "max_length": lambda m, b: m <= b,
                "ge": lambda m, b: m >= b,
                "gt": lambda m, b: m > b,
                "le": lambda m, b: m <= b,
                "lt": lambda m, b: m < b,
                "multiple_of": lambda m, b: m % b == 0,
            }[name](measured, bound)
        except (TypeError, ZeroDivisionError):
            continue
        if not fits:
            raise ConstraintError(f"breaks {name}={bound}")


def _matches(pattern: str, text: str) -> bool:
    """Match only simple patterns; a pattern of an audited project may be made to take forever."""
    if len(pattern) > 200 or len(text) > 1_000 or re.search(r"[*+}]\)?[*+{]|\)[*+{]", pattern):  # noqa: PLR2004 - bounds
        return True
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True


def decode(text: str) -> Any:  # noqa: ANN401 - decoded data
    """Decode JSON as pydantic-settings does for a complex field.

    Raises:
        InvalidError: it is no JSON.
    """
    import json  # noqa: PLC0415 - few settings are JSON

    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidError("not valid JSON") from None
