"""Pages of Django REST framework: how many rows one answer of a list may have."""

from typing import Final

from secaudit.evaluation.values import DictData, ModuleData, Value, plain
from secaudit.facts import Unknown

_LIBRARY: Final = "rest_framework.pagination."


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
    if isinstance(chosen, str) and chosen.startswith(_LIBRARY):
        return value
    return value._replace(data=Unknown("a pagination class of the project"))


def _chosen(module: ModuleData) -> object:
    framework = module.namespace.get("REST_FRAMEWORK")
    table = framework.data if framework is not None else None
    named = table.items.get("DEFAULT_PAGINATION_CLASS") if isinstance(table, DictData) else None
    return plain(named) if named is not None else None
