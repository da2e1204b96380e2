"""Django REST framework: how many rows one answer of a list may have.

Source: djangorestframework 3.16 (``pagination``).
"""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    Instance,
    ModuleData,
    Place,
    Value,
    plain,
)
from secaudit.facts import Unknown
from secaudit.frameworks.sinks import library_default, use

_PAGES: Final = "rest_framework.pagination."
_NUMBERED: Final = ("page_size_query_param", "max_page_size")
_CAPS: Final = {  # base: the attribute that lets clients choose, "" when they may; and its cap
    f"{_PAGES}PageNumberPagination": _NUMBERED,
    f"{_PAGES}CursorPagination": _NUMBERED,
    f"{_PAGES}LimitOffsetPagination": ("", "max_limit"),
}


def has_pages(module: ModuleData) -> bool:
    """Say whether all views are given a class that makes pages; many projects choose by view."""
    return _chosen(module) is not None


def page_size(module: ModuleData, value: Value) -> Value:
    """Return the effective ``PAGE_SIZE``: None, every row, without a class that makes pages.

    A class of the project may set a size of its own.
    """
    chosen = _chosen(module)
    if chosen is None:
        return value._replace(data=None)
    if isinstance(chosen, str) and chosen.startswith(_PAGES):
        return value
    return value._replace(data=Unknown("a pagination class of the project"))


def _chosen(module: ModuleData) -> object:
    """Return what the settings name as the class that makes pages, None where they name none."""
    framework = module.namespace.get("REST_FRAMEWORK")
    table = framework.data if framework is not None else None
    named = table.items.get("DEFAULT_PAGINATION_CLASS") if isinstance(table, DictData) else None
    return plain(named) if named is not None else None


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
