"""Django REST framework: classes of a project that make pages (rest_framework 3.16, pagination)."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import ClassData, Instance, Place, Value, plain
from secaudit.frameworks.sinks import library_default, use

_PAGES: Final = "rest_framework.pagination."
_NUMBERED: Final = ("page_size_query_param", "max_page_size")
_CAPS: Final = {  # base: the attribute that lets clients choose, "" when they may; and its cap
    f"{_PAGES}PageNumberPagination": _NUMBERED,
    f"{_PAGES}CursorPagination": _NUMBERED,
    f"{_PAGES}LimitOffsetPagination": ("", "max_limit"),
}


def _object(cls: ClassData, call: Call) -> Value:
    return Value(Instance(_PAGES, cls, call.interpreter.level), call.place)


def _finish(interpreter: Interpreter) -> None:
    """Record the largest page of each class whose clients choose the size: None, all rows."""
    for cls in interpreter.classes:
        base = next((name for name in cls.externals() if name in _CAPS), "")
        if not base:
            continue
        choosing, cap = _CAPS[base]
        chosen = cls.find(choosing) if choosing else None
        if choosing and (chosen is None or not isinstance(plain(chosen), str)):
            continue
        place = (chosen.place if chosen else None) or Place(cls.module.syntax, cls.node)
        value, layer = cls.find(cap), "assignment"
        if value is None:
            value, layer = library_default(None, place), "library-default"
        group, name = f"{cls.module.path}:{cls.name}", f"{cls.name}.{cap}"
        use(interpreter, SinkUse("limit.page", group, name, value, place.location(), "drf", layer))


BASES: Final[dict[str, Callable[[ClassData, Call], Value]]] = dict.fromkeys(_CAPS, _object)
FINISH: Final = _finish
