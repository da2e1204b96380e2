"""Outbound connections: certificate verification, data stores, brokers, mail, password hashing."""

import ast
import re
from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import (
    DictData,
    External,
    Instance,
    Place,
    Value,
    merge_parts,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import Unknown
from secaudit.frameworks.sinks import Argument, group_of, record, recorder, use

_VERIFY: Final = Argument("verify", "tls.verify")
_BASE: Final = Argument("base_url", "service.url")
_METHODS: Final = ("get", "post", "put", "patch", "delete", "head", "options", "request", "stream")
_URL: Final = Argument("url", "database.url", position=0)


def _request(library: str) -> Callable[[Call], Value]:
    """Return the handler of ``requests.get(url, verify=...)``."""

    def handle(call: Call) -> Value:
        address = _address(call)
        plaintext = isinstance(address, Value) and str(address.data).startswith("http://")
        if "verify" in call.keywords or plaintext:
            group = record(call, library, (_VERIFY,), library)
            if address is not None:
                sink = SinkUse(
                    "service.url", group, f"{library}.url", address, call.place.location(), library
                )
                use(call.interpreter, sink)
        return Value(Instance(f"{library}.Response"), call.place)

    return handle


def _address(call: Call) -> Value | None:
    """Return the URL of a request: the first argument, or the second after the method's name."""
    node = call.place.node
    target = node.func if isinstance(node, ast.Call) else None
    name = target.attr if isinstance(target, ast.Attribute) else ""
    return call.argument(1 if name in {"request", "stream"} else 0, "url")


def _method(_receiver: Value, instance: Instance, call: Call) -> Value:
    return _request(instance.type_name.partition(".")[0])(call)


def _client(library: str, type_name: str) -> Callable[[Call], Value]:
    """Return the handler of ``httpx.Client(verify=..., base_url=...)``."""

    def make(call: Call) -> Value:
        record(call, type_name, (_VERIFY, _BASE), library)
        return Value(Instance(type_name, None, call.interpreter.level), call.place)

    return make


def _set_verify(interpreter: Interpreter, instance: Instance, value: Value, place: Place) -> None:
    """``session.verify = False``."""
    library = instance.type_name.partition(".")[0]
    group = group_of(place, instance.type_name)
    name = f"{instance.type_name}.verify"
    use(interpreter, SinkUse("tls.verify", group, name, value, place.location(), library))


def _build_url(call: Call) -> Value:
    """``URL.create(drivername, username, password, host, port, database, query)`` of SQLAlchemy.

    The URL is given without its password, which is judged where it stands; as text SQLAlchemy
    does not show it either.
    """
    from urllib.parse import quote  # noqa: PLC0415 - only such URLs need it

    record(call, "URL.create", _URL_PARTS, "")
    order = ("drivername", "username", "password", "host", "port", "database", "query")
    parts = [call.argument(index, name) or Value(None) for index, name in enumerate(order)]
    driver, user, _, host, port, name, query = (plain(part) for part in parts)
    if any(isinstance(part, Unknown) for part in (driver, user, host, port, name, query)):
        return unknown("a URL whose parts are not known", call.place)
    login = f"{quote(str(user), safe=' +')}@" if user else ""
    options = "&".join(f"{key}={value}" for key, value in (query or {}).items())
    text = f"{driver}://{login}{host or ''}{f':{port}' if port else ''}{f'/{name}' if name else ''}"
    made = f"{text}?{options}" if options else text
    return Value(made, call.place, (), merge_variables(parts), None, merge_parts(parts))


def _unverified_context(call: Call) -> Value:
    """``ssl._create_unverified_context()``."""
    off = Value(False, call.place)
    group = group_of(call.place, "ssl")
    sink = SinkUse("tls.verify", group, "ssl.verify_mode", off, call.place.location(), "ssl")
    use(call.interpreter, sink)
    return Value(Instance("ssl.SSLContext", None, call.interpreter.level), call.place)


def _set_verify_mode(
    interpreter: Interpreter, _instance: Instance, value: Value, place: Place
) -> None:
    """``context.verify_mode = ssl.CERT_NONE``."""
    if not isinstance(value.data, External):
        return
    verified = Value(not value.data.name.endswith("CERT_NONE"), value.place)
    group = group_of(place, "ssl")
    sink = SinkUse("tls.verify", group, "ssl.verify_mode", verified, place.location(), "ssl")
    use(interpreter, sink)


def _set_check_hostname(
    interpreter: Interpreter, _instance: Instance, value: Value, place: Place
) -> None:
    sink = SinkUse(
        "tls.verify", group_of(place, "ssl"), "ssl.check_hostname", value, place.location(), "ssl"
    )
    use(interpreter, sink)


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
    return Value(Instance("ssl.SSLContext", None, call.interpreter.level), call.place)


_URL_PARTS: Final = (
    Argument("username", "database.user", position=1),
    Argument("password", "database.password", position=2),
    Argument("host", "database.host", position=3),
)
_AWS: Final = (
    _VERIFY,
    Argument("endpoint_url", "service.url"),
    Argument("aws_secret_access_key", "provider.secret"),
)
_ENGINE: Final = (_URL, Argument("echo", "debug.sql_echo"))
_TLS_ARGUMENTS: Final = ("sslmode", "ssl", "ssl_context", "ssl_ca", "tls")  # of the drivers


def _engine(label: str) -> Callable[[Call], Value]:
    """Return the handler of ``create_engine(url, connect_args={"sslmode": ...})``."""
    handle = recorder(label, _ENGINE)

    def make(call: Call) -> Value:
        given = call.keywords.get("connect_args")
        entries = given.data.items if given and isinstance(given.data, DictData) else {}
        for name in _TLS_ARGUMENTS:
            if name in entries:
                place, group = call.location("connect_args"), group_of(call.place, label)
                text = f"{label}.connect_args.{name}"
                use(call.interpreter, SinkUse("tls.database", group, text, entries[name], place))
        return handle(call)

    return make


_BROKER: Final = (
    Argument("broker", "database.url"),
    Argument("backend", "database.url"),
)
_LOGIN: Final = (
    Argument("host", "database.host"),
    Argument("user", "database.user"),
    Argument("password", "database.password"),
    Argument("sslmode", "tls.database"),
)
_REDIS: Final = (Argument("host", "database.host"), Argument("password", "database.password"))

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
    **{f"boto3.{name}": recorder(f"boto3.{name}", _AWS, "aws") for name in ("client", "resource")},
    **dict.fromkeys(
        (
            "sqlalchemy.URL.create",
            "sqlalchemy.engine.URL.create",
            "sqlalchemy.engine.url.URL.create",
        ),
        _build_url,
    ),
    "ssl._create_unverified_context": _unverified_context,
    "ssl.create_default_context": _context,
    "ssl.SSLContext": _context,
    "sqlalchemy.create_engine": _engine("create_engine"),
    "sqlalchemy.ext.asyncio.create_async_engine": _engine("create_async_engine"),
    "sqlmodel.create_engine": _engine("create_engine"),
    "celery.Celery": recorder("Celery", _BROKER),
    "redis.from_url": recorder("redis.from_url", (_URL,), "redis"),
    "redis.Redis.from_url": recorder("redis.from_url", (_URL,), "redis"),
    "redis.asyncio.from_url": recorder("redis.from_url", (_URL,), "redis"),
    "redis.asyncio.Redis.from_url": recorder("redis.from_url", (_URL,), "redis"),
    "redis.Redis": recorder("Redis", _REDIS, "redis"),
    "redis.asyncio.Redis": recorder("Redis", _REDIS, "redis"),
    "pymongo.MongoClient": recorder(
        "MongoClient", (Argument("host", "database.url", position=0),), "mongodb"
    ),
    "motor.motor_asyncio.AsyncIOMotorClient": recorder(
        "MongoClient", (Argument("host", "database.url", position=0),), "mongodb"
    ),
    "psycopg2.connect": recorder("psycopg2.connect", _LOGIN, "postgresql"),
    "psycopg.connect": recorder("psycopg.connect", _LOGIN, "postgresql"),
    **{
        f"asyncpg.{name}": recorder(
            f"asyncpg.{name}", (*_LOGIN, Argument("ssl", "tls.database")), "postgresql"
        )
        for name in ("connect", "create_pool")
    },
    "pymysql.connect": recorder("pymysql.connect", _LOGIN, "mysql"),
    "cryptography.fernet.Fernet": recorder(
        "Fernet", (Argument("key", "encryption.key", position=0),)
    ),
}
_CLIENTS: Final = ("requests.Session", "httpx.Client", "httpx.AsyncClient")


def _itself(receiver: Value, _instance: Instance, _call: Call) -> Value:
    return receiver


METHODS: Final[dict[str, Callable[[Value, Instance, Call], Value]]] = {
    **{f"{client}.{name}": _method for client in _CLIENTS for name in _METHODS},
    **{f"{client}.__enter__": _itself for client in _CLIENTS},
}
SET_ATTRIBUTES: Final = {
    "requests.Session.verify": _set_verify,
    "ssl.SSLContext.verify_mode": _set_verify_mode,
    "ssl.SSLContext.check_hostname": _set_check_hostname,
    "ssl.SSLContext.minimum_version": _set_minimum,
}
