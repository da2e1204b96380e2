"""What objects of pydantic models offer beside their fields."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import DictData, Instance, Place, Value, unknown
from secaudit.frameworks.pydantic_fields import config_of

FAMILY: Final = "pydantic.BaseModel"
_OWN: Final = frozenset(  # of version 1, beside the names that begin with ``model_``
    ("dict", "json", "copy", "construct", "schema", "schema_json", "validate", "fields")
)


def absent(interpreter: Interpreter, instance: Instance, name: str, place: Place) -> Value | None:
    """Return None for what every model has, Unknown where a class may have more than its fields.

    Raises:
        ProgramError: there is no such attribute.
    """
    del interpreter
    if name.startswith(("model_", "_", "parse_", "from_")) or name in _OWN or instance.cls is None:
        return None
    extra = str(config_of(instance.cls).get("extra") or "").rpartition(".")[2]
    if extra not in {"", "ignore", "forbid"} or instance.cls.find("__getattr__") is not None:
        return unknown(f"an attribute {name} that is no field", place)
    raise ProgramError("AttributeError", f"{instance.type_name}.{name}", place)


def _dump(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``model.model_dump()``: Unknown with options."""
    if call.arguments or call.keywords or call.rest is not None:
        return unknown("a model as a dictionary of some fields", call.place)
    return _as_dictionary(instance, call)


def _as_dictionary(instance: Instance, call: Call) -> Value:
    items = {
        name: _as_dictionary(value.data, call) if _is_model(value) else value
        for name, value in instance.attributes.items()
    }
    return call.interpreter.dict_value(items, call.place)


def _is_model(value: Value) -> bool:
    return isinstance(value.data, Instance) and value.data.state.get("family") == FAMILY


def _copy(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``model.model_copy(update=None)``: the same values, but those that the call gives."""
    update = call.keywords.get("update")
    known = update is None or (isinstance(update.data, DictData) and update.data.rest is None)
    if call.arguments or call.keywords.keys() - {"update", "deep"} or not known:
        return unknown("a copy whose values are not known", call.place)
    twin = Instance(instance.type_name, instance.cls, call.interpreter.level)
    twin.state = dict(instance.state)
    twin.attributes = instance.attributes | ({} if update is None else update.data.items)
    if instance in call.interpreter.instances:
        call.interpreter.instances.append(twin)
    return Value(twin, call.place)


METHODS_OF_MODELS: Final[dict[str, Callable[[Value, Instance, Call], Value]]] = {
    f"{FAMILY}.model_dump": _dump,
    f"{FAMILY}.dict": _dump,
    f"{FAMILY}.model_copy": _copy,
    f"{FAMILY}.copy": _copy,
}
