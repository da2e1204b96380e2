"""f-strings: the text of constants and formatted values."""

import ast
from collections.abc import Callable
from typing import Any

from secaudit.evaluation.bounds import MAX_TEXT
from secaudit.evaluation.control import Frame
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    External,
    Instance,
    Place,
    Value,
    merge_parts,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import Unknown


def joined(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    """Return the text of an f-string; Unknown when a part of it is."""
    assert isinstance(node, ast.JoinedStr)  # noqa: S101 - narrows the type for the dispatcher
    texts: list[str] = []
    values: list[Value] = []
    missing: Unknown | None = None
    for part in node.values:
        if isinstance(part, ast.Constant):
            texts.append(str(part.value))
            continue
        assert isinstance(part, ast.FormattedValue)  # noqa: S101 - the grammar has no other part
        value = _spoken(interpreter, frame, interpreter.evaluate(frame, part.value), place)
        values.append(value)
        text = _formatted(value, part)
        if isinstance(text, Unknown):
            missing = missing or text
        else:
            texts.append(text)
    if sum(map(len, texts)) > MAX_TEXT:
        missing = Unknown("too large to compute")
    data: str | Unknown = missing or "".join(texts)
    if len(values) == 1 and len(node.values) == 1 and values[0].candidates and missing is None:
        return values[0]._replace(data=data, place=place)
    return Value(data, place, (), merge_variables(values), None, merge_parts(values))


def _spoken(interpreter: Interpreter, frame: Frame, value: Value, place: Place) -> Value:
    """Return the text of an object whose class says how it reads; any other value as it is."""
    data = value.data
    if not isinstance(data, Instance) or data.cls is None:
        return value
    if data.cls.find("__format__") is not None:
        return unknown("formats an object", place)
    if data.cls.find("__str__") is None and "text" in data.state and "wraps" not in data.state:
        return unknown("a text that differs between versions of Python", place)  # 3.11 and 3.12
    call = Call(interpreter, frame, place, [value], {})
    return interpreter.libraries.call_external("builtins.str", call)


def _formatted(value: Value, part: ast.FormattedValue) -> str | Unknown:
    data = plain(value)
    if isinstance(data, Unknown):
        return data
    if isinstance(value.data, Instance) and value.data.state.get("masked"):
        return Unknown("a masked secret")
    if isinstance(value.data, External) or not isinstance(
        data, str | int | float | bool | type(None) | list | tuple
    ):
        return Unknown("formats an object")
    if part.conversion in _CONVERSIONS:
        data = _CONVERSIONS[part.conversion](data)
    if part.format_spec is None:
        return str(data)
    written = getattr(part.format_spec, "values", [])
    text = "".join(str(item.value) for item in written if isinstance(item, ast.Constant))
    if len(text) > 5 or len(written) > 1 or not text:  # noqa: PLR2004 - no long widths
        return Unknown("a format specification")
    try:
        return format(data, text)
    except (ValueError, TypeError):
        return Unknown("a format specification that does not fit")


_CONVERSIONS: dict[int, Callable[[Any], str]] = {ord("r"): repr, ord("s"): str, ord("a"): ascii}
