"""Drivers of databases and caches: where they connect to, as whom, and whether by TLS.

Sources: the drivers' own signatures (asyncpg 0.32, psycopg 3.3, PyMySQL 1.2, MySQL Connector 26,
PyMongo 4.20, redis-py 8, clickhouse-connect 1.12, minio 7.2, SQLAlchemy 2.1), mysqlclient's manual.
"""

import operator
import re
from collections.abc import Callable
from typing import Any, Final

from secaudit.evaluation.operators import derive
from secaudit.evaluation.runtime import Call, SinkUse
from secaudit.evaluation.values import (
    DictData,
    Value,
    merge_parts,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import Unknown
from secaudit.frameworks.sinks import (
    ABSENT,
    Argument,
    group_of,
    library_default,
    record,
    recorder,
    use,
)

URL: Final = Argument("url", "database.url", position=0)
_DSN: Final = Argument("dsn", "database.url", position=0)
HOST: Final = Argument("host", "database.host")
_USER: Final = Argument("user", "database.user")
PASSWORD: Final = Argument("password", "database.password")
_LOGIN: Final = (HOST, _USER, PASSWORD)
Handler = Callable[[Call], Value]


def driver(  # noqa: PLR0913 - what tells one driver from another
    label: str,
    service: str,
    arguments: tuple[Argument, ...],
    modes: tuple[str, ...],
    plain_by_default: Any = ABSENT,  # noqa: ANN401 - what the driver takes for its mode
    *,
    inverted: bool = False,
    unverified: tuple[str, ...] = (),
) -> Handler:
    """Return the handler of a call that connects.

    Args:
        label: what reports call it.
        service: the kind of store.
        arguments: what else it is given.
        modes: the keywords by which TLS is switched on, or off when ``inverted``.
        plain_by_default: the mode of a driver that uses no TLS, or goes on without it, unless it
            is told; judged where a host is given by name, as a URL has a mode of its own.
        inverted: the keywords switch TLS off.
        unverified: keywords that switch the verification of certificates off.
    """
    handle = recorder(label, arguments, service)

    def make(call: Call) -> Value:
        group = group_of(call.place, label)
        given = [name for name in modes if name in call.keywords]
        for name in (*given, *(name for name in unverified if name in call.keywords)):
            concept = "tls.verify" if name in unverified else "tls.database"
            mode, place = call.keywords[name], call.location(name)
            if inverted or name in unverified:
                mode = derive(operator.not_, mode.place, mode)
            use(call.interpreter, SinkUse(concept, group, f"{label}.{name}", mode, place, service))
        is_told = given or call.rest is not None or plain_by_default is ABSENT
        if not is_told and _names_host(call, arguments):
            mode, text = library_default(plain_by_default, call.place), f"{label}.{modes[0]}"
            place, layer = call.location(), "library-default"
            use(call.interpreter, SinkUse("tls.database", group, text, mode, place, service, layer))
        return handle(call)

    return make


def _names_host(call: Call, arguments: tuple[Argument, ...]) -> bool:
    hosts = (one for one in arguments if one.concept == "database.host")
    return any(call.argument(one.position, one.name) is not None for one in hosts)


def _build_url(call: Call) -> Value:
    """``URL.create(drivername, username, password, host, port, database, query)`` of SQLAlchemy.

    The URL is given without its password, which is judged where it stands; as text SQLAlchemy
    does not show it either.
    """
    from urllib.parse import quote  # noqa: PLC0415 - only such URLs need it

    record(call, "URL.create", _URL_PARTS, "")
    order = ("drivername", "username", "password", "host", "port", "database", "query")
    parts = [call.argument(index, name) or Value(None) for index, name in enumerate(order)]
    driver_, user, _, host, port, name, query = (plain(part) for part in parts)
    if any(isinstance(part, Unknown) for part in (driver_, user, host, port, name, query)):
        return unknown("a URL whose parts are not known", call.place)
    login = f"{quote(str(user), safe=' +')}@" if user else ""
    options = "&".join(f"{key}={value}" for key, value in (query or {}).items())
    text = (
        f"{driver_}://{login}{host or ''}{f':{port}' if port else ''}{f'/{name}' if name else ''}"
    )
    made = f"{text}?{options}" if options else text
    return Value(made, call.place, (), merge_variables(parts), None, merge_parts(parts))


def _engine(label: str) -> Handler:
    """Return the handler of ``create_engine(url, connect_args={"sslmode": ...})``."""
    handle = recorder(label, (URL, Argument("echo", "debug.sql_echo")))

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


def _libpq(label: str, arguments: tuple[Argument, ...]) -> Handler:
    """Return the handler of a ``connect`` that takes ``host=... password=...`` too, as one text."""
    handle = driver(label, "postgresql", arguments, ("sslmode",), "prefer")
    name = arguments[0].name

    def make(call: Call) -> Value:
        given = call.argument(0, name)
        if given is not None and isinstance(given.data, str) and "://" not in given.data:
            url = derive(_url_of_words, given.place, given)
            call = call._replace(arguments=[], keywords={**call.keywords, name: url})
        return handle(call)

    return make


def _url_of_words(text: str) -> str:
    """Return the URL that says the same as the words of libpq (PostgreSQL manual, 34.1.1.1)."""
    from urllib.parse import quote  # noqa: PLC0415 - only such texts need it

    words = {key: value.strip("'") for key, value in _WORDS.findall(text)}
    user, password = (quote(words.get(key, ""), safe="") for key in ("user", "password"))
    login = f"{user}:{password}@" if password else f"{user}@" if user else ""
    mode = f"?sslmode={words['sslmode']}" if "sslmode" in words else ""
    return f"postgresql://{login}{words.get('host', '')}/{words.get('dbname', '')}{mode}"


_URL_PARTS: Final = (
    Argument("username", "database.user", position=1),
    Argument("password", "database.password", position=2),
    Argument("host", "database.host", position=3),
)
_WORDS: Final = re.compile(r"(\w+)\s*=\s*('[^']*'|\S+)")
_TLS_ARGUMENTS: Final = ("sslmode", "ssl", "ssl_context", "ssl_ca", "tls")  # of the drivers
_OF_PSYCOPG: Final = (Argument("conninfo", "database.url", position=0), *_LOGIN)
_OF_PSYCOPG2: Final = (_DSN, *_LOGIN)
_OF_MYSQL: Final = (
    *(one._replace(position=index) for index, one in enumerate(_LOGIN)),
    Argument("passwd", "database.password"),
)
_MYSQL_TLS: Final = ("ssl", "ssl_ca", "ssl_cert", "ssl_verify_cert")
_OF_MONGODB: Final = (
    Argument("host", "database.url", position=0),
    Argument("username", "database.user"),
    PASSWORD,
)
_UNVERIFIED: Final = ("tlsInsecure", "tlsAllowInvalidCertificates", "tlsAllowInvalidHostnames")
_MONGODB: Final = driver(
    "MongoClient", "mongodb", _OF_MONGODB, ("tls", "ssl"), unverified=_UNVERIFIED
)
_OF_REDIS: Final = (
    Argument("host", "database.host", position=0),
    Argument("password", "database.password", position=3),
)
_REDIS: Final = driver("Redis", "redis", _OF_REDIS, ("ssl",), plain_by_default=False)
_REDIS_URL: Final = recorder("redis.from_url", (URL,), "redis")
_OF_CLICKHOUSE: Final = (
    HOST,
    Argument("username", "database.user"),
    _USER,
    PASSWORD,
    _DSN._replace(position=-1),
    Argument("verify", "tls.verify"),
)
_OF_MINIO: Final = (
    Argument("endpoint", "database.host", position=0),
    Argument("access_key", "database.user", position=1),
    Argument("secret_key", "database.password", position=2),
    Argument("cert_check", "tls.verify"),
)


CALLS: Final[dict[str, Handler]] = {
    **dict.fromkeys(
        (
            "sqlalchemy.URL.create",
            "sqlalchemy.engine.URL.create",
            "sqlalchemy.engine.url.URL.create",
        ),
        _build_url,
    ),
    "sqlalchemy.create_engine": _engine("create_engine"),
    "sqlalchemy.ext.asyncio.create_async_engine": _engine("create_async_engine"),
    "sqlmodel.create_engine": _engine("create_engine"),
    "databases.Database": recorder("Database", (URL,)),
    "psycopg2.connect": _libpq("psycopg2.connect", _OF_PSYCOPG2),
    **{
        f"psycopg.{name}connect": _libpq("psycopg.connect", _OF_PSYCOPG)
        for name in ("", "Connection.", "AsyncConnection.")
    },
    **{
        f"psycopg_pool.{name}": recorder(name, _OF_PSYCOPG[:1], "postgresql")
        for name in ("ConnectionPool", "AsyncConnectionPool")
    },
    **{
        f"asyncpg.{name}": driver(f"asyncpg.{name}", "postgresql", _OF_PSYCOPG2, ("ssl",), "prefer")
        for name in ("connect", "create_pool")
    },
    **{
        name: driver(name, "mysql", _OF_MYSQL, _MYSQL_TLS, plain_by_default=False)
        for name in ("pymysql.connect", "aiomysql.connect", "aiomysql.create_pool")
    },
    "MySQLdb.connect": driver(
        "MySQLdb.connect", "mysql", _OF_MYSQL, ("ssl_mode", "ssl"), "PREFERRED"
    ),
    "mysql.connector.connect": driver(
        "mysql.connector.connect", "mysql", _OF_MYSQL, ("ssl_disabled",), inverted=True
    ),
    **dict.fromkeys(
        (
            *("pymongo.MongoClient", "pymongo.AsyncMongoClient"),
            "motor.motor_asyncio.AsyncIOMotorClient",
        ),
        _MONGODB,
    ),
    **dict.fromkeys(
        (
            *("redis.from_url", "redis.Redis.from_url", "redis.ConnectionPool.from_url"),
            *("redis.asyncio.from_url", "redis.asyncio.Redis.from_url", "aioredis.from_url"),
            "redis.asyncio.ConnectionPool.from_url",
        ),
        _REDIS_URL,
    ),
    **dict.fromkeys(("redis.Redis", "redis.StrictRedis", "redis.asyncio.Redis"), _REDIS),
    **{
        f"clickhouse_connect.{name}": driver(name, "clickhouse", _OF_CLICKHOUSE, ("secure",))
        for name in ("get_client", "get_async_client")
    },
    "minio.Minio": driver("Minio", "minio", _OF_MINIO, ("secure",)),
}
