"""Django's ``AUTH_PASSWORD_VALIDATORS``: how short a password may be."""

from typing import TYPE_CHECKING, Final

from secaudit.evaluation.runtime import SinkUse
from secaudit.evaluation.values import DictData, ListData, ModuleData, plain

if TYPE_CHECKING:
    from secaudit.evaluation.collecting import Collector

_LENGTH: Final = "MinimumLengthValidator"


def add_minimum(module: ModuleData, collector: "Collector") -> None:
    """Add the minimum length that the options of Django's validator set."""
    validators = module.namespace.get("AUTH_PASSWORD_VALIDATORS")
    if validators is None or not isinstance(validators.data, ListData):
        return
    for item in validators.data.items:
        entry = item.data
        if not isinstance(entry, DictData) or "NAME" not in entry.items:
            continue
        options = entry.items.get("OPTIONS")
        table = options.data if options is not None else None
        minimum = table.items.get("min_length") if isinstance(table, DictData) else None
        if minimum is None or not str(plain(entry.items["NAME"])).endswith(_LENGTH):
            continue
        place = minimum.place or item.place
        if place is not None:
            name, group = (
                f"AUTH_PASSWORD_VALIDATORS.{_LENGTH}.min_length",
                f"{module.path}:password",
            )
            location = place.location()
            collector.use(SinkUse("password.min_length", group, name, minimum, location, "django"))
