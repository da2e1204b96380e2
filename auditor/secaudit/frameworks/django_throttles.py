"""Throttles of Django REST framework: where their counters are kept."""

from typing import TYPE_CHECKING, Final

from secaudit.evaluation.runtime import SinkUse
from secaudit.evaluation.values import DictData, ModuleData, Value, plain

if TYPE_CHECKING:
    from secaudit.evaluation.collecting import Collector

_MEMORY: Final = "memory://"
_LOCAL: Final = "LocMemCache"


def add_store(module: ModuleData, collector: "Collector") -> None:
    """Add the store of throttles that count in the memory of each process.

    They use the default cache, which is Django's in-memory one where none is configured.
    """
    framework = module.namespace.get("REST_FRAMEWORK")
    table = framework.data if framework is not None else None
    classes = table.items.get("DEFAULT_THROTTLE_CLASSES") if isinstance(table, DictData) else None
    if classes is None or not plain(classes) or not isinstance(plain(classes), list | tuple):
        return
    caches = module.namespace.get("CACHES")
    backend = None if caches is None else _backend(caches)
    if caches is not None and (backend is None or not str(plain(backend)).endswith(_LOCAL)):
        return
    shown = backend.place if backend is not None else classes.place
    if shown is not None:
        layer = "assignment" if backend is not None else "library-default"
        group, place = f"{module.path}:drf", shown.location()
        name, store = "CACHES.default.BACKEND", Value(_MEMORY, shown)
        collector.use(SinkUse("limit.store", group, name, store, place, "drf", layer))


def _backend(caches: Value) -> Value | None:
    """Return the backend of the default cache, None when it is not known."""
    default = caches.data.items.get("default") if isinstance(caches.data, DictData) else None
    if default is None or not isinstance(default.data, DictData):
        return None
    return default.data.items.get("BACKEND")
