"""From a setting's name to its concept."""

import re
from functools import cache
from typing import Final

from secaudit.naming.lifetimes import living
from secaudit.naming.matching import Concepts
from secaudit.naming.phrases import LIVING, PHRASES
from secaudit.naming.secrecy import SECRET_CONCEPTS, only_looks_secret
from secaudit.records import NamedTuple

_SERVICES: Final = (  # parts of a name: what it configures
    ("csrf", ("csrf",)),
    ("session", ("session", "flask_secret", "django_secret")),
    ("refresh", ("refresh",)),
    ("access", ("access",)),
    ("jwt", ("jwt", "token")),
    ("remember", ("remember",)),
    ("language", ("language",)),
    ("postgresql", ("postgres", "pg_", "pguser", "pgpass")),
    ("mysql", ("mysql", "mariadb")),
    ("mongodb", ("mongo",)),
    ("redis", ("redis",)),
    ("rabbitmq", ("rabbit", "amqp")),
    ("minio", ("minio",)),
    ("elasticsearch", ("elastic",)),
    *((name, (name,)) for name in ("opensearch", "clickhouse", "influx", "qdrant", "weaviate")),
)


class Meaning(NamedTuple):
    """What a name says: its concept, whether the flag is inverted, and what it configures."""

    concept: str
    inverted: bool
    service: str


def normalised(name: str) -> str:
    """Return a name in lower case with underscores: ``jwt.SigningKey`` -> ``jwt_signing_key``."""
    if not name.isupper() and not name.islower():
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def meaning_of(name: str) -> Meaning | None:
    """Return what a setting's name means, None when it means nothing to the rules."""
    text = normalised(name)
    concept = _lifetimes().of(living(text)) or _concepts().of(text)
    plain = concept.removesuffix("!")
    if not plain or (plain in SECRET_CONCEPTS and only_looks_secret(text)):
        return None
    return Meaning(plain, concept != plain, _service_of(text))


@cache
def _concepts() -> Concepts:
    return Concepts(PHRASES)


@cache
def _lifetimes() -> Concepts:
    return Concepts(LIVING)


def _service_of(text: str) -> str:
    """Return what a normalised name configures, ``""`` when it does not say."""
    for service, words in _SERVICES:
        if any(word in text for word in words):
            return service
    return ""
