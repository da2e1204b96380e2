"""Data stores in containers: which image is one, and whether it asks for a password."""

import re
from collections.abc import Mapping

from secaudit.patterns import lazy

_AUTH: dict[str, tuple[str, ...]] = {  # store: variables that switch authentication on
    "redis": ("REDIS_PASSWORD", "REDIS_PASSWORD_FILE", "REDIS_ARGS"),
    "mongo": (
        "MONGO_INITDB_ROOT_USERNAME",
        "MONGO_INITDB_ROOT_USERNAME_FILE",
        "MONGODB_ROOT_PASSWORD",
    ),
    "memcached": ("MEMCACHED_PASSWORD",),
    "clickhouse": ("CLICKHOUSE_PASSWORD", "CLICKHOUSE_PASSWORD_FILE"),
    "etcd": ("ETCD_ROOT_PASSWORD",),
    "couchdb": ("COUCHDB_PASSWORD", "COUCHDB_PASSWORD_FILE"),
    "neo4j": (),
    "elasticsearch": (),
    "opensearch": (),
    "postgresql": (),
    "mysql": (),
    "rabbitmq": (),
    "minio": (),
    "cassandra": (),
    "qdrant": ("QDRANT__SERVICE__API_KEY",),
}
_IMAGES = (
    ("redis", r"redis|valkey|keydb|dragonfly|redis-stack(-server)?"),
    ("mongo", r"mongo|mongodb"),
    ("memcached", r"memcached"),
    ("clickhouse", r"clickhouse(-server)?"),
    ("etcd", r"etcd"),
    ("couchdb", r"couchdb"),
    ("neo4j", r"neo4j"),
    ("elasticsearch", r"elasticsearch"),
    ("opensearch", r"opensearch"),
    ("postgresql", r"postgres|postgresql|postgis|timescaledb(-ha)?|pgvector"),
    ("mysql", r"mysql|mysql-server|mariadb|percona"),
    ("rabbitmq", r"rabbitmq"),
    ("minio", r"minio"),
    ("cassandra", r"cassandra"),
    ("qdrant", r"qdrant"),
)
_OPEN_BY_DEFAULT = frozenset({"redis", "mongo", "memcached", "etcd", "qdrant"})
_PASSWORD_OPTION = lazy(r"--?requirepass\b|--aclfile\b|--auth\b|--keyFile\b|\.conf\b")
_SWITCHES = (  # variables that switch authentication off
    ("POSTGRES_HOST_AUTH_METHOD", r"trust"),
    ("MYSQL_ALLOW_EMPTY_PASSWORD", r"1|yes|true"),
    ("MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", r"1|yes|true"),
    ("ALLOW_EMPTY_PASSWORD", r"1|yes|true"),
    ("ALLOW_ANONYMOUS_LOGIN", r"1|yes|true"),
    ("xpack.security.enabled", r"false"),
    ("DISABLE_SECURITY_PLUGIN", r"true"),
    ("NEO4J_AUTH", r"none"),
)


def store_of(image: str) -> str:
    """Return which data store an image is, ``""`` when it is none."""
    name = image.rpartition("/")[2].split("@")[0].split(":")[0].lower()
    return next((store for store, pattern in _IMAGES if re.fullmatch(pattern, name)), "")


def switched_off(values: Mapping[str, object]) -> str:
    """Return the variable of a container that switches authentication off, ``""`` for none."""
    for name, pattern in _SWITCHES:
        value = values.get(name)
        if isinstance(value, str) and re.fullmatch(pattern, value, re.IGNORECASE):
            return name
    return ""


def open_by_default(store: str, values: Mapping[str, object], command: str) -> bool:
    """Say whether a store that nobody tells otherwise answers anyone.

    Args:
        store: a name that ``store_of`` returned.
        values: the container's variables.
        command: its command line, for options such as ``--requirepass``.
    """
    if store not in _OPEN_BY_DEFAULT or _PASSWORD_OPTION.search(command):
        return False
    return not any(values.get(name) for name in _AUTH[store])
