"""Django's ``DATABASES``: what the drivers do about TLS where nothing is written."""

from typing import TYPE_CHECKING, Final

from secaudit.evaluation.runtime import SinkUse
from secaudit.evaluation.values import DictData, ModuleData, Value, plain

if TYPE_CHECKING:
    from secaudit.evaluation.collecting import Collector

_ENGINES: Final = ("postgresql", "postgis")
_DEFAULT: Final = "prefer"  # of libpq: TLS if the server offers it (PostgreSQL manual, 34.1.2)


def add_transport(module: ModuleData, collector: "Collector") -> None:
    """Add the ``sslmode`` of each PostgreSQL database that sets none, at the place of its host."""
    databases = module.namespace.get("DATABASES")
    if databases is None or not isinstance(databases.data, DictData):
        return
    for alias, value in databases.data.items.items():
        table = value.data
        if not isinstance(table, DictData) or _has_mode(table):
            continue
        host, engine = table.items.get("HOST"), table.items.get("ENGINE")
        if host is None or engine is None or not str(plain(engine)).endswith(_ENGINES):
            continue
        places = [one.location for one in host.candidates if one.location is not None]
        place = places[0] if places else host.place.location() if host.place else None
        if place is not None:
            name, group = f"DATABASES.{alias}.OPTIONS.sslmode", f"{module.path}:database"
            mode, layer = Value(_DEFAULT, host.place), "library-default"
            collector.use(SinkUse("tls.database", group, name, mode, place, "postgresql", layer))


def _has_mode(table: DictData) -> bool:
    """Say whether the options set the mode, or may."""
    options = table.items.get("OPTIONS")
    if options is None:
        return table.rest is not None
    return (
        not isinstance(options.data, DictData)
        or options.data.rest is not None
        or "sslmode" in options.data.items
        or "service" in options.data.items
    )
