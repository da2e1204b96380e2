"""Clients that can be told not to verify a certificate: aiohttp, urllib3, redis, ``ssl`` itself."""

import ast
from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import External, Instance, Place, Value
from secaudit.frameworks import clients, data_stores
from secaudit.frameworks.sinks import Argument, group_of, itself, object_of, record, use

_METHODS: Final = ("get", "post", "put", "patch", "delete", "head", "options", "request")
_AIOHTTP: Final = (Argument("ssl", "tls.verify"), Argument("verify_ssl", "tls.verify"))
_REDIS: Final = ("redis.from_url", "redis.Redis.from_url", "redis.Redis", "redis.StrictRedis")


def _session(call: Call) -> Value:
    """``aiohttp.ClientSession(base_url)``."""
    record(call, "aiohttp", (Argument("base_url", "service.url", position=0),), "aiohttp")
    return object_of("aiohttp.ClientSession", call)


def _request(_receiver: Value, _instance: Instance, call: Call) -> Value:
    """``session.get(url, ssl=False)``."""
    group = record(call, "aiohttp", _AIOHTTP, "aiohttp")
    clients.note_address(call, "aiohttp", group)
    return object_of("aiohttp.ClientResponse", call)


def _requirement(argument: str, handle: Callable[[Call], Value] | None) -> Callable[[Call], Value]:
    """Return the handler of a call with ``cert_reqs``; ``CERT_NONE`` asks for nothing.

    So does None of redis-py; urllib3 then requires a certificate (``util.ssl_``).
    """

    def make(call: Call) -> Value:
        given = call.keywords.get(argument)
        is_none = given is not None and given.data is None and argument == "ssl_cert_reqs"
        if given is not None and (is_none or _asks_for_nothing(given)):
            group, off = group_of(call.place, argument), Value(False, given.place)
            place = call.location(argument)
            use(call.interpreter, SinkUse("tls.verify", group, argument, off, place, "client"))
        if handle is not None:
            return handle(call)
        return object_of("urllib3.PoolManager", call)

    return make


def _asks_for_nothing(value: Value) -> bool:
    data = value.data
    text = data.name.rpartition(".")[2] if isinstance(data, External) else data
    return isinstance(text, str) and text.upper() in {"CERT_NONE", "NONE"}


def _default_context(interpreter: Interpreter) -> None:
    """``ssl._create_default_https_context = ssl._create_unverified_context``: for all of urllib."""
    for module in interpreter.modules.values():
        if "_create_default_https_context" not in module.syntax.text:
            continue
        for node in ast.walk(module.syntax.tree):
            if not isinstance(node, ast.Assign) or not _switches_off(node):
                continue
            place = Place(module.syntax, node)
            name, off = "ssl._create_default_https_context", Value(False, place)
            sink = SinkUse("tls.verify", group_of(place, "ssl"), name, off, place.location(), "ssl")
            use(interpreter, sink)


def _switches_off(node: ast.Assign) -> bool:
    targets = (ast.unparse(target) for target in node.targets)
    written = ast.unparse(node.value)
    return written.endswith("_create_unverified_context") and any(
        target.endswith("_create_default_https_context") for target in targets
    )


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "aiohttp.ClientSession": _session,
    "urllib3.PoolManager": _requirement("cert_reqs", None),
    "urllib3.HTTPSConnectionPool": _requirement("cert_reqs", None),
    **{
        f"{package}{name.removeprefix('redis')}": _requirement(
            "ssl_cert_reqs", data_stores.CALLS.get(name)
        )
        for name in _REDIS
        for package in ("redis", "redis.asyncio")
    },
}
METHODS: Final[dict[str, Callable[[Value, Instance, Call], Value]]] = {
    **{f"aiohttp.ClientSession.{name}": _request for name in _METHODS},
    "aiohttp.ClientSession.__enter__": itself,
}
FINISH: Final = _default_context
