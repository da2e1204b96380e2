"""Celery applications: broker and result store, TLS to them, and which content workers accept.

Source: Celery 5.7 (``app.defaults``, ``app.base``).
"""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import DictData, External, Instance, Place, Value, plain
from secaudit.frameworks.sinks import group_of, use
from secaudit.planning.server_files import CELERY

_APP: Final = "celery.Celery"
_CONF: Final = "celery.app.utils.Settings"
_REQUIREMENTS: Final = ("ssl_cert_reqs", "cert_reqs")
_OLD: Final = {"broker": "broker_url", "backend": "result_backend"}  # arguments of the constructor


def _application(call: Call) -> Value:
    """``Celery(name, broker=..., backend=..., setting=value)``."""
    app = Instance(_APP, None, call.interpreter.level)
    conf = app.state["conf"] = Instance(_CONF, None, call.interpreter.level)
    conf.state["group"] = group_of(call.place, "Celery")
    for name, value in call.keywords.items():
        label = f"Celery.{name}"
        _set(call.interpreter, conf, _OLD.get(name, name), value, (label, call.place))
    return Value(app, call.place)


def _conf(_interpreter: Interpreter, instance: Instance, place: Place) -> Value:
    return Value(instance.state.get("conf", Instance(_CONF, None, instance.level)), place)


def _update(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``app.conf.update({...}, name=value)``."""
    first = call.arguments[0].data if call.arguments else None
    given = {**first.items, **call.keywords} if isinstance(first, DictData) else call.keywords
    for name, value in given.items():
        _set(call.interpreter, instance, name, value, (f"Celery.{name}", call.place))
    return Value(None, call.place)


def _set_item(
    interpreter: Interpreter, receiver: Value, key: Value, value: Value, place: Place
) -> None:
    name = plain(key)
    if isinstance(receiver.data, Instance) and isinstance(name, str):
        _set(interpreter, receiver.data, name, value, (f"Celery.{name}", place))


def _setter(name: str) -> Callable[[Interpreter, Instance, Value, Place], None]:
    """Return the handler of ``app.conf.name = value``."""

    def handle(interpreter: Interpreter, instance: Instance, value: Value, place: Place) -> None:
        _set(interpreter, instance, name, value, (f"Celery.{name}", place))

    return handle


def _set(
    interpreter: Interpreter, conf: Instance, name: str, value: Value, at: tuple[str, Place]
) -> None:
    """Record one setting; ``at`` is what reports call it, and where it is set."""
    label, place = at
    key = name.lower().removeprefix("celery_")
    concept, location = CELERY.get(key), (value.place or place).location()
    if concept is not None:
        group = conf.state.get("group", "")
        use(interpreter, SinkUse(concept, group, label, value, location, "celery"))
    elif key.endswith("_use_ssl") and isinstance(value.data, DictData):
        for entry in _REQUIREMENTS:
            if entry in value.data.items and _asks_for_nothing(value.data.items[entry]):
                off, text = Value(False, value.place), f"{label}.{entry}"
                use(interpreter, SinkUse("tls.verify", "", text, off, location, "celery"))


def _asks_for_nothing(value: Value) -> bool:
    """Say whether a requirement is ``CERT_NONE``, as a constant, a text or its number."""
    name = value.data.name if isinstance(value.data, External) else value.data
    return name is None or name == 0 or (isinstance(name, str) and name.upper().endswith("NONE"))


_NAMES: Final = (*CELERY, "broker_use_ssl", "redis_backend_use_ssl")
CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    _APP: _application,
    "celery.app.Celery": _application,
}
ATTRIBUTES: Final = {f"{_APP}.conf": _conf}
METHODS: Final = {f"{_CONF}.update": _update}
SET_ATTRIBUTES: Final = {f"{_CONF}.{name}": _setter(name) for name in _NAMES}
SET_ITEMS: Final = {_CONF: _set_item}
