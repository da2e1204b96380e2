"""The shortest new password that a request may bring: ``password: str = Field(min_length=4)``."""

import ast
from collections.abc import Iterator
from typing import Final

from secaudit.evaluation.runtime import Interpreter, SinkUse
from secaudit.evaluation.values import ClassData, Place, Value
from secaudit.frameworks.sinks import group_of, use
from secaudit.patterns import lazy

_FIELD: Final = lazy(r"(new_)?(password|passwd)[12]?")
# Of requests that set a password; one that signs in takes whatever there is.
_SETS: Final = lazy(r"(?i)sign_?up|regist|creat|change|reset|updat|new|set_?pass")


def look(interpreter: Interpreter) -> None:
    """Record the least lengths of new passwords in the models of requests."""
    for cls in interpreter.classes:
        if _SETS.search(cls.name) and any(one.startswith("pydantic.") for one in cls.externals()):
            for name, length in _lengths(cls):
                place = Place(cls.module.syntax, length)
                group, text = group_of(place, cls.name), f"{cls.name}.{name}"
                value = Value(length.value, place)
                sink = SinkUse("password.min_length", group, text, value, place.location())
                use(interpreter, sink)


def _lengths(cls: ClassData) -> Iterator[tuple[str, ast.Constant]]:
    """Yield the password fields of a class with their least length, where it is written out."""
    for node in cls.node.body:
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if not isinstance(target, ast.Name) or not _FIELD.fullmatch(target.id):
            continue
        keywords = (one for one in ast.walk(node) if isinstance(one, ast.keyword))
        for keyword in keywords:
            if keyword.arg == "min_length" and isinstance(keyword.value, ast.Constant):
                yield target.id, keyword.value
