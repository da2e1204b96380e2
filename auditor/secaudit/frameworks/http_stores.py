"""Data stores that are reached by URL: Elasticsearch, OpenSearch, Neo4j, InfluxDB, Qdrant.

Sources: elasticsearch-py 9 (``_sync.client``), opensearch-py 3 (``connection``), neo4j 6
(``GraphDatabase.driver``), influxdb-client 1.50, qdrant-client 1.20.
"""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.operators import derive
from secaudit.evaluation.runtime import Call, SinkUse
from secaudit.evaluation.values import DictData, ListData, Value, plain
from secaudit.frameworks.sinks import Argument, object_of, record, recorder, use

_SEARCH: Final = (
    Argument("verify_certs", "tls.verify"),
    Argument("ssl_assert_hostname", "tls.verify"),
    Argument("api_key", "provider.secret"),
)
_PAIR: Final = 2  # a login is a user and a password


def _search(label: str, service: str) -> Callable[[Call], Value]:
    """Return the handler of a search engine's client."""

    def make(call: Call) -> Value:
        group = record(call, label, _SEARCH, service)
        for host in _hosts(call):
            _use(call, "database.url", host, f"{label}.hosts", group, service)
        for name in ("basic_auth", "http_auth"):
            if name in call.keywords:
                _login(call, call.keywords[name], f"{label}.{name}", group, service)
        return object_of(label, call)

    return make


def _hosts(call: Call) -> list[Value]:
    """Return the URLs of the hosts: texts, or tables with ``host``, ``port`` and ``scheme``."""
    given = call.argument(0, "hosts")
    if given is None:
        return []
    several = given.data.items if isinstance(given.data, ListData) else [given]
    encrypted = plain(call.keywords.get("use_ssl", Value(None)))
    found = [_of_table(one, encrypted=encrypted is True) for one in several]
    return [one for one in found if isinstance(one.data, str) and "://" in one.data]


def _of_table(value: Value, *, encrypted: bool) -> Value:
    if not isinstance(value.data, DictData):
        return value
    entries = value.data.items
    host = entries.get("host", Value(None))
    scheme = plain(entries.get("scheme", Value("")))
    encrypted = encrypted or plain(entries.get("use_ssl", Value(None))) is True
    before = scheme or ("https" if encrypted else "http")
    return derive(lambda name: f"{before}://{name}", host.place, host)


def _login(call: Call, given: Value, name: str, group: str, service: str) -> None:
    """Record an account that is given as ``(user, password)`` or ``"user:password"``."""
    if isinstance(given.data, ListData) and len(given.data.items) == _PAIR:
        user, password = given.data.items
    elif isinstance(given.data, str):
        user = derive(lambda text: text.partition(":")[0], given.place, given)
        password = derive(lambda text: text.partition(":")[2], given.place, given)
    else:
        return
    _use(call, "database.user", user, f"{name}.user", group, service)
    _use(call, "database.password", password, f"{name}.password", group, service)


def _use(  # noqa: PLR0913, PLR0917 - what a use consists of
    call: Call, concept: str, value: Value, name: str, group: str, service: str
) -> None:
    place = value.place.location() if value.place is not None else call.location()
    use(call.interpreter, SinkUse(concept, group, name, value, place, service))


def _neo4j(call: Call) -> Value:
    """``GraphDatabase.driver(uri, auth=(user, password))``."""
    group = record(call, "neo4j", (Argument("uri", "database.url", position=0),), "neo4j")
    auth = call.keywords.get("auth")
    if auth is not None:
        _login(call, auth, "neo4j.auth", group, "neo4j")
    return object_of("neo4j.Driver", call)


def _basic_auth(call: Call) -> Value:
    """``neo4j.basic_auth(user, password)``."""
    return call.interpreter.list_value(call.arguments[:_PAIR], "tuple", call.place)


_INFLUXDB: Final = (
    Argument("url", "database.url", position=0),
    Argument("token", "provider.secret", position=1),
    Argument("verify_ssl", "tls.verify"),
)
_QDRANT: Final = (
    Argument("url", "database.url"),
    Argument("api_key", "provider.secret"),
    Argument("verify", "tls.verify"),
)
CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    **{
        f"elasticsearch.{name}": _search(name, "elasticsearch")
        for name in ("Elasticsearch", "AsyncElasticsearch")
    },
    **{
        f"opensearchpy.{name}": _search(name, "opensearch")
        for name in ("OpenSearch", "AsyncOpenSearch")
    },
    "neo4j.GraphDatabase.driver": _neo4j,
    "neo4j.AsyncGraphDatabase.driver": _neo4j,
    "neo4j.basic_auth": _basic_auth,
    "influxdb_client.InfluxDBClient": recorder("InfluxDBClient", _INFLUXDB, "influxdb"),
    **{
        f"qdrant_client.{name}": recorder(name, _QDRANT, "qdrant")
        for name in ("QdrantClient", "AsyncQdrantClient")
    },
}
