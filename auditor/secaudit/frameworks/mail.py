"""Mail that code sends: ``smtplib``, aiosmtplib, fastapi-mail.

Sources: Python's ``smtplib``, aiosmtplib 5 (``api.send``), fastapi-mail 1.6 (``ConnectionConfig``).
"""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.operators import derive
from secaudit.evaluation.runtime import Call, SinkUse
from secaudit.evaluation.values import Instance, Value, plain
from secaudit.frameworks.sinks import (
    Argument,
    group_of,
    itself,
    object_of,
    record,
    recorder,
    use,
)

_SMTP: Final = "smtplib.SMTP"
_ACCOUNT: Final = (Argument("password", "password", position=1),)
_AIOSMTPLIB: Final = (
    Argument("password", "password"),
    Argument("validate_certs", "tls.verify"),
)
_FASTAPI_MAIL: Final = (
    Argument("MAIL_PASSWORD", "password"),
    Argument("MAIL_STARTTLS", "tls.mail"),
    Argument("MAIL_SSL_TLS", "tls.mail"),
    Argument("VALIDATE_CERTS", "tls.verify"),
)


def _smtp(call: Call) -> Value:
    """``SMTP(host, port)``: without TLS until ``starttls`` is called."""
    instance = Instance(_SMTP, None, call.interpreter.level)
    instance.state["call"] = call
    return Value(instance, call.place)


def _starttls(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``server.starttls()``, perhaps under a condition that nobody knows."""
    instance.state.pop("call", None)
    return Value(None, call.place)


def _login(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``server.login(user, password)``: in the clear where TLS was not asked for before."""
    record(call, "smtplib.login", _ACCOUNT, "smtp")
    made: Call | None = instance.state.pop("call", None)
    host = made.argument(0, "host") if made is not None else None
    if made is not None and host is not None:
        _plaintext(made, host, _SMTP)
    return Value(None, call.place)


def _plaintext(call: Call, host: Value, label: str) -> None:
    """Record that mail is handed to ``host`` without TLS."""
    if not isinstance(host.data, str):
        return
    group, place = group_of(call.place, label), call.location()
    address = derive(lambda name: f"smtp://{name}", host.place, host)
    use(call.interpreter, SinkUse("service.url", group, f"{label}.host", address, place, "smtp"))
    off = Value(False, call.place)
    use(call.interpreter, SinkUse("tls.mail", group, f"{label}.starttls", off, place, "smtp"))


def _aiosmtplib(call: Call) -> Value:
    """``send(message, hostname=..., use_tls=..., start_tls=...)``: by itself it takes STARTTLS."""
    record(call, "aiosmtplib", _AIOSMTPLIB, "smtp")
    switches = [plain(call.keywords.get(name, Value(None))) for name in ("use_tls", "start_tls")]
    host = call.keywords.get("hostname")
    if host is not None and switches[1] is False and switches[0] in {None, False}:
        _plaintext(call, host, "aiosmtplib")
    return object_of("aiosmtplib.SMTP", call)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    _SMTP: _smtp,
    "aiosmtplib.send": _aiosmtplib,
    "aiosmtplib.SMTP": _aiosmtplib,
    "fastapi_mail.ConnectionConfig": recorder("ConnectionConfig", _FASTAPI_MAIL, "smtp"),
}
METHODS: Final[dict[str, Callable[[Value, Instance, Call], Value]]] = {
    f"{_SMTP}.starttls": _starttls,
    f"{_SMTP}.login": _login,
    f"{_SMTP}.__enter__": itself,
}
