"""The shortest new password that a request may bring: ``password: str = Field(min_length=4)``."""

import ast
from collections.abc import Iterator
from typing import Final

from secaudit.evaluation.runtime import Interpreter, SinkUse
from secaudit.evaluation.values import ClassData, Place, Value
from secaudit.frameworks.sinks import group_of, use
from secaudit.patterns import lazy

_FIELD: Final = lazy(r"(password|passwd)[12]?")
_NEW_FIELD: Final = lazy(r"new_(password|passwd)[12]?")
# Of requests that set a password; one that signs in takes whatever there is.
_SETS: Final = lazy(r"(?i)sign_?up|regist|creat|change|reset|updat|new|set_?pass")
_CERTAIN: Final = lazy(r"(?i)passw|sign_?up|regist")
# Of requests that set something else, for which the password that there is must be given.
_PROVES: Final = lazy(r"(?i)e?mail|phone|session|token|log_?in|sign_?in|device|totp|mfa|factor")


def look(interpreter: Interpreter) -> None:
    """Record the least lengths of new passwords in the models of requests."""
    for cls in interpreter.classes:
        if any(one.startswith("pydantic.") for one in cls.externals()):
            for name, length in _lengths(cls):
                place = Place(cls.module.syntax, length)
                group, text = group_of(place, cls.name), f"{cls.name}.{name}"
                value = Value(length.value, place)
                sink = SinkUse("password.min_length", group, text, value, place.location())
                use(interpreter, sink)


def _lengths(cls: ClassData) -> Iterator[tuple[str, ast.Constant]]:
    """Yield the fields of new passwords with their least length, where it is written out."""
    fields = {
        node.target.id: node
        for node in cls.node.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    is_new = any(map(_NEW_FIELD.fullmatch, fields))  # beside it the old one is asked for
    if not is_new and not _sets_password(cls.name):
        return
    pattern = _NEW_FIELD if is_new else _FIELD
    for name, node in fields.items():
        keywords = (one for one in ast.walk(node) if isinstance(one, ast.keyword))
        for keyword in keywords if pattern.fullmatch(name) else ():
            if keyword.arg == "min_length" and isinstance(keyword.value, ast.Constant):
                yield name, keyword.value


def _sets_password(name: str) -> bool:
    """Say whether a request with this name sets the password that it brings."""
    if not _SETS.search(name):
        return False
    return _CERTAIN.search(name) is not None or _PROVES.search(name) is None
