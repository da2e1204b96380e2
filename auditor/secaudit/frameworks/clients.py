"""Outbound HTTP and ``ssl``: verification of certificates, protocols, addresses in the clear."""

import ast
import re
from collections.abc import Callable
from typing import Final

from secaudit.evaluation.operators import derive
from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import External, Instance, Place, Value, unknown
from secaudit.frameworks.sinks import (
    Argument,
    group_of,
    itself,
    object_of,
    record,
    recorder,
    use,
)

_VERIFY: Final = Argument("verify", "tls.verify")
_BASE: Final = Argument("base_url", "service.url")
_METHODS: Final = ("get", "post", "put", "patch", "delete", "head", "options", "request", "stream")


def _request(library: str) -> Callable[[Call], Value]:
    """Return the handler of ``requests.get(url, verify=...)``."""

    def handle(call: Call) -> Value:
        group = group_of(call.place, library)
        if "verify" in call.keywords:
            record(call, library, (_VERIFY,), library, group)
        note_address(call, library, group, always="verify" in call.keywords)
        return Value(Instance(f"{library}.Response"), call.place)

    return handle


def note_address(call: Call, library: str, group: str, *, always: bool = False) -> None:
    """Record the address of a request when it is in the clear, or ``always``."""
    address = _address(call)
    if address is not None and (always or str(address.data).startswith(("http://", "ws://"))):
        sink = SinkUse(
            "service.url", group, f"{library}.url", address, call.place.location(), library
        )
        use(call.interpreter, sink)


def _address(call: Call) -> Value | None:
    """Return the URL of a request: the first argument, or the second after the method's name."""
    node = call.place.node
    target = node.func if isinstance(node, ast.Call) else None
    name = target.attr if isinstance(target, ast.Attribute) else ""
    return call.argument(1 if name in {"request", "stream"} else 0, "url")


def _method(_receiver: Value, instance: Instance, call: Call) -> Value:
    return _request(instance.type_name.partition(".")[0])(call)


def _transport(call: Call) -> Value:
    """``httpx.HTTPTransport(verify=...)``, ``httpx.create_ssl_context(verify=...)``."""
    record(call, "httpx", (_VERIFY._replace(position=0),), "httpx")
    return object_of("httpx.HTTPTransport", call)


def _connection(call: Call) -> Value:
    """``http.client.HTTPConnection(host)``."""
    host = call.argument(0, "host")
    if host is not None and isinstance(host.data, str):
        address = derive(lambda name: f"http://{name}", host.place, host)
        group, place = group_of(call.place, "http.client"), call.location()
        use(call.interpreter, SinkUse("service.url", group, "HTTPConnection.host", address, place))
    return unknown("a connection", call.place)


def _client(library: str, type_name: str) -> Callable[[Call], Value]:
    """Return the handler of ``httpx.Client(verify=..., base_url=...)``."""

    def make(call: Call) -> Value:
        record(call, type_name, (_VERIFY, _BASE), library)
        return object_of(type_name, call)

    return make


def _set_verify(interpreter: Interpreter, instance: Instance, value: Value, place: Place) -> None:
    """``session.verify = False``."""
    library = instance.type_name.partition(".")[0]
    group = group_of(place, instance.type_name)
    name = f"{instance.type_name}.verify"
    use(interpreter, SinkUse("tls.verify", group, name, value, place.location(), library))


def _unverified_context(call: Call) -> Value:
    """``ssl._create_unverified_context()``."""
    off = Value(False, call.place)
    group = group_of(call.place, "ssl")
    sink = SinkUse("tls.verify", group, "ssl.verify_mode", off, call.place.location(), "ssl")
    use(call.interpreter, sink)
    return object_of("ssl.SSLContext", call)


def _group(instance: Instance, place: Place) -> str:
    """Return the group of what is set on one context."""
    group: str = instance.state.setdefault("group", group_of(place, "ssl"))
    return group


def _set_verify_mode(
    interpreter: Interpreter, instance: Instance, value: Value, place: Place
) -> None:
    """``context.verify_mode = ssl.CERT_NONE``."""
    if not isinstance(value.data, External):
        return
    verified = Value(not value.data.name.endswith("CERT_NONE"), value.place)
    group = _group(instance, place)
    sink = SinkUse("tls.verify", group, "ssl.verify_mode", verified, place.location(), "ssl")
    use(interpreter, sink)


def _set_check_hostname(
    interpreter: Interpreter, instance: Instance, value: Value, place: Place
) -> None:
    group, name = _group(instance, place), "ssl.check_hostname"
    use(interpreter, SinkUse("tls.verify", group, name, value, place.location(), "ssl"))


def _set_minimum(interpreter: Interpreter, _instance: Instance, value: Value, place: Place) -> None:
    """``context.minimum_version = ssl.TLSVersion.TLSv1``."""
    if isinstance(value.data, External):
        name = value.data.name.rpartition(".")[2].replace("_", ".")
        shown = Value(name, value.place)
        sink = SinkUse(
            "tls.minimum", group_of(place, "ssl"), "ssl.minimum_version", shown, place.location()
        )
        use(interpreter, sink)


def _context(call: Call) -> Value:
    """``ssl.SSLContext(ssl.PROTOCOL_TLSv1)``: a constant with a number allows that version only."""
    protocol = call.argument(0, "protocol")
    if protocol is not None and isinstance(protocol.data, External):
        name = protocol.data.name.rpartition(".")[2].removeprefix("PROTOCOL_")
        if re.fullmatch(r"(TLS|SSL)v\d(_\d)?", name):
            shown = Value(name.replace("_", "."), call.place)
            group, place = group_of(call.place, "ssl"), call.place.location()
            sink = SinkUse("tls.minimum", group, "ssl.SSLContext.protocol", shown, place)
            use(call.interpreter, sink)
    return object_of("ssl.SSLContext", call)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    **{f"requests.{name}": _request("requests") for name in _METHODS},
    **{f"httpx.{name}": _request("httpx") for name in _METHODS},
    "requests.Session": _client("requests", "requests.Session"),
    "requests.session": _client("requests", "requests.Session"),
    "httpx.Client": _client("httpx", "httpx.Client"),
    "httpx.AsyncClient": _client("httpx", "httpx.AsyncClient"),
    "aiohttp.TCPConnector": recorder(
        "TCPConnector",
        (Argument("ssl", "tls.verify"), Argument("verify_ssl", "tls.verify")),
        "aiohttp",
    ),
    **dict.fromkeys(
        ("httpx.HTTPTransport", "httpx.AsyncHTTPTransport", "httpx.create_ssl_context"), _transport
    ),
    "urllib.request.urlopen": _request("urllib"),
    "http.client.HTTPConnection": _connection,
    **dict.fromkeys(
        (
            *("websockets.connect", "websockets.client.connect"),
            *("websockets.asyncio.client.connect", "websockets.sync.client.connect"),
        ),
        recorder("websockets", (Argument("uri", "service.url", position=0),), "websockets"),
    ),
    "ssl._create_unverified_context": _unverified_context,
    "ssl.create_default_context": _context,
    "ssl.SSLContext": _context,
    "cryptography.fernet.Fernet": recorder(
        "Fernet", (Argument("key", "encryption.key", position=0),)
    ),
}
_CLIENTS: Final = ("requests.Session", "httpx.Client", "httpx.AsyncClient")


METHODS: Final[dict[str, Callable[[Value, Instance, Call], Value]]] = {
    **{f"{client}.{name}": _method for client in _CLIENTS for name in _METHODS},
    **{f"{client}.__enter__": itself for client in _CLIENTS},
}
SET_ATTRIBUTES: Final = {
    "requests.Session.verify": _set_verify,
    "ssl.SSLContext.verify_mode": _set_verify_mode,
    "ssl.SSLContext.check_hostname": _set_check_hostname,
    "ssl.SSLContext.minimum_version": _set_minimum,
}
