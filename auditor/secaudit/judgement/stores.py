"""Whether a container keeps data: by its image, or by the port that it listens on."""

from typing import Final

_IMAGES: Final = (
    "postgres",
    "postgis",
    "timescale",
    "pgvector",
    "mysql",
    "mariadb",
    "percona",
    "mongo",
    "redis",
    "valkey",
    "keydb",
    "dragonfly",
    "memcached",
    "rabbitmq",
    "kafka",
    "nats",
    "elasticsearch",
    "opensearch",
    "solr",
    "meilisearch",
    "typesense",
    "clickhouse",
    "cassandra",
    "scylla",
    "couchdb",
    "couchbase",
    "arangodb",
    "neo4j",
    "influxdb",
    "minio",
    "etcd",
    "consul",
    "zookeeper",
    "cockroach",
    "qdrant",
    "weaviate",
    "milvus",
    "chroma",
    "surrealdb",
)
_FRONT_ENDS: Final = (
    "express",
    "exporter",
    "commander",
    "insight",
    "admin",
    "kibana",
    "dashboard",
    "ui",
)
_PORTS: Final = frozenset(
    {3306, 5432, 5672, 6379, 7000, 9042, 9092, 9200, 11211, 15672, 27017, 2379, 8086, 8123, 7687}
)


def is_store(image: str, port: str) -> bool:
    """Return whether a container is a data store, broker or cache.

    Args:
        image: its image, empty for one that is built.
        port: what is published, as ``host:container`` or one number.
    """
    name = image.rpartition("/")[2].partition(":")[0].lower()
    if name:
        is_front_end = any(word in name for word in _FRONT_ENDS)
        return not is_front_end and any(store in image.lower() for store in _IMAGES)
    container = port.rpartition(":")[2].partition("/")[0]
    return container.isdigit() and int(container) in _PORTS
