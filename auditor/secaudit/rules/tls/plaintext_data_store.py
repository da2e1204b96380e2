"""TLS004: a data store on another network is reached without TLS."""

import re
from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts, Setting
from secaudit.judgement.hosts import Url, is_internal, is_loopback, url_of
from secaudit.judgement.secrets import text_of
from secaudit.rule import Example, Match, Rule, Severities, is_absent

_OFF: Final = frozenset(
    {"disable", "disabled", "false", "0", "none", "plaintext", "sasl_plaintext"}
)
_OPPORTUNISTIC: Final = frozenset({"", "allow", "prefer", "preferred"})
_POSTGRESQL: Final = frozenset({"postgres", "postgresql", "postgis"})
_MYSQL: Final = frozenset({"mysql", "mariadb"})
_SQL: Final = frozenset({"", *_POSTGRESQL, *_MYSQL})
_OVER_HTTP: Final = frozenset(
    {"elasticsearch", "opensearch", "clickhouse", "influx", "influxdb", "qdrant", "weaviate"}
)
_SWITCHED_OFF: Final = "switches TLS off for a host of another network"
_SWITCHED_OFF_INSIDE: Final = "switches TLS off for another machine of the same network"
_INSIDE: Final = Severities("low", "info")
_FALLS_BACK: Final = "falls back to no TLS for a host of another network; add sslmode=verify-full"
_MAY_HAVE_NONE: Final = (
    "asks for no TLS to a host of another network; add ssl_ca and ssl_verify_cert"
)
_NO_TLS: Final = "reaches a host of another network without TLS"
_ENCRYPTED: Final = ("mongodb+srv:", "neo4j+s", "bolt+s")  # switch TLS on
_PLAIN: Final = {
    "redis": "rediss",
    "amqp": "amqps",
    "ldap": "ldaps",
    "neo4j": "neo4j+s",
    "bolt": "bolt+s",
    "http": "https",
}


def check(facts: Facts) -> Iterator[Match]:
    """Yield data stores of outside hosts that are reached without TLS, or may be."""
    modes = [one for one in facts.settings if one.concept == "tls.database"]
    elsewhere = any(one.service in _SQL for one in modes)
    told = {one.group for one in modes if one.service == "mongodb"}  # beside the URL
    for setting in facts.of("database.url"):
        url = url_of(setting.value)
        if url is None or str(setting.value).startswith(_ENCRYPTED) or setting.group in told:
            continue
        if is_internal(url.host):
            if _another_machine(url.host) and _switched_off(url):
                message = f"{setting.name} {_SWITCHED_OFF_INSIDE}"
                yield Match(setting, message, severities=_INSIDE)
            continue
        how = _certain(url, setting.service) or ("" if elsewhere else _possible(url))
        if how:
            yield Match(setting, f"{setting.name} {how}")
    for setting in facts.of("tls.database"):
        mode = str(setting.value).lower()
        off = setting.value is False or mode in _OFF
        hosts = _hosts(facts, setting)
        if any(not is_internal(host) for host in hosts):
            if off or mode in _OPPORTUNISTIC:
                yield Match(setting, f"{setting.name} {_said(setting, off=off)}")
        elif off and not is_absent(setting) and any(map(_another_machine, hosts)):
            yield Match(setting, f"{setting.name} {_SWITCHED_OFF_INSIDE}", severities=_INSIDE)


def _said(setting: Setting, *, off: bool) -> str:
    """Return what a mode does that is written or left at the driver's default."""
    if off:
        return f"is not given: the client {_NO_TLS}" if is_absent(setting) else _SWITCHED_OFF
    return _MAY_HAVE_NONE if setting.service in _MYSQL else _FALLS_BACK


def _another_machine(host: str) -> bool:
    """Return whether an internal host is more than this machine and the containers on it.

    A name without a dot is a service of Compose, whose network seldom leaves the machine.
    """
    return not is_loopback(host) and ("." in host or ":" in host)


def _switched_off(url: Url) -> bool:
    return url.option("sslmode") in _OFF or url.option("ssl") in _OFF


def _certain(url: Url, service: str) -> str:
    if _switched_off(url):
        return _SWITCHED_OFF
    if url.scheme == "mongodb" and not any(map(url.option, ("tls", "ssl"))):
        return f"{_NO_TLS}; add tls=true"
    better = _PLAIN.get(url.scheme)
    if better is None or (url.scheme == "http" and service not in _OVER_HTTP):
        return ""  # what else a URL of plain http is for, its name does not say
    return f"{_NO_TLS}; write {better}:"


def _possible(url: Url) -> str:
    """Return how a URL leaves TLS to the server, or to whoever is on the way.

    Without ``sslmode`` libpq and asyncpg go on without TLS where they get none (PostgreSQL manual,
    34.19); of MySQL's drivers some do and PyMySQL does not even ask.
    """
    if url.scheme in _POSTGRESQL:
        mode = url.option("sslmode") or url.option("ssl")
        return _FALLS_BACK if mode in _OPPORTUNISTIC else ""
    asked = re.search(r"[?&](ssl|tls)", url.rest, re.IGNORECASE)
    return _MAY_HAVE_NONE if url.scheme in _MYSQL and not asked else ""


def _hosts(facts: Facts, setting: Setting) -> list[str]:
    """Return the hosts that a mode is for: of its own group, else all that the deployment names."""
    own = facts.beside(setting, "database.host") if setting.group else None
    if own is not None:
        return [_without_port(name)] if (name := text_of(own.value)) else []
    if setting.service not in _SQL:
        beside = facts.beside(setting, "database.url")
        url = url_of(beside.value) if beside is not None else None
        return [url.host] if url is not None else []
    hosts = (one for one in facts.of("database.host") if one.service in {"", *_POSTGRESQL, *_MYSQL})
    names = [text_of(one.value) for one in hosts]
    urls = [url_of(one.value) for one in facts.of("database.url")]
    found = [url.host for url in urls if url is not None and url.scheme in _POSTGRESQL | _MYSQL]
    return [*(name for name in names if name), *found]


def _without_port(host: str) -> str:
    """Return the first of ``host:port,host:port``; an IPv6 address as it is."""
    name, _, port = host.partition(",")[0].rpartition(":")
    return name if port.isdigit() and ":" not in name else host


RULE = Rule(
    code="TLS004",
    name="plaintext-data-store",
    summary="a data store on another network is reached without TLS",
    severities=Severities("medium", "low"),
    applies_to=("database.url", "tls.database"),
    owasp=("API8:2023",),
    cwe=(319,),
    asvs=("12.3.1",),
    explanation="""\
The connection leaves the deployment's own network without encryption, with the password and all
data readable on the way.

PostgreSQL without `sslmode` encrypts when the server offers it and goes on in the clear when
somebody on the way says that it does not. So do the drivers of MySQL that use TLS at all.

Use `sslmode=verify-full` for PostgreSQL, `rediss:` for Redis, `amqps:` for RabbitMQ. Inside
the deployment's own network (private addresses, names such as `db.internal`) only an explicit
switch is reported, and as low; hosts without a dot and this machine are not reported at all.""",
    bad=(
        Example(
            {
                ".env": (
                    "DATABASE_URL=postgresql://app:q3ZkT8wLr5Xn0cVb@db.acme.io/app"
                    "?sslmode=disable\n"
                )
            }
        ),
        Example({".env": "DATABASE_URL=postgresql://app:q3ZkT8wLr5Xn0cVb@db.acme.io/app\n"}),
        Example(
            {
                ".env": (
                    "DATABASE_URL=postgresql://app:q3ZkT8wLr5Xn0cVb@10.4.0.7/app?sslmode=disable\n"
                )
            }
        ),
        Example({".env": "PGSSLMODE=disable\nPOSTGRES_HOST=db.internal\n"}),
        Example({".env": "PGSSLMODE=disable\nPOSTGRES_HOST=db.acme.io\n"}),
        Example(
            {
                "settings.py": (
                    'MIDDLEWARE = []\nROOT_URLCONF = "urls"\nDATABASES = {\n    "default": {\n'
                    '        "ENGINE": "django.db.backends.postgresql",\n'
                    '        "HOST": "db.acme.io",\n    }\n}\n'
                )
            }
        ),
        Example(
            {
                "queue.py": (
                    "import os\n\nimport redis\n\n"
                    'queue = redis.Redis(host="r.acme.io", password=os.environ["PASSWORD"])\n'
                )
            }
        ),
        Example({".env": "ELASTICSEARCH_URL=http://search.acme.io:9200\n"}),
        Example({".env": "MONGODB_URI=mongodb://app:q3ZkT8wLr5Xn0cVb@db.acme.io/app\n"}),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    'MIDDLEWARE = []\nROOT_URLCONF = "urls"\nDATABASES = {\n    "default": {\n'
                    '        "ENGINE": "django.db.backends.postgresql",\n'
                    '        "HOST": "db.acme.io",\n'
                    '        "OPTIONS": {"sslmode": "verify-full"},\n    }\n}\n'
                )
            }
        ),
        Example(
            {
                ".env": (
                    "DATABASE_URL=postgresql://app:q3ZkT8wLr5Xn0cVb@db.acme.io/app\n"
                    "PGSSLMODE=verify-full\n"
                )
            }
        ),
        Example(
            {
                ".env": (
                    "DATABASE_URL=postgresql://app:q3ZkT8wLr5Xn0cVb@db.acme.io/app"
                    "?sslmode=verify-full\nREDIS_URL=redis://redis:6379/0\n"
                )
            }
        ),
        Example(
            {
                ".env": (
                    "DATABASE_URL=postgresql://app:q3ZkT8wLr5Xn0cVb@db/app?sslmode=disable\n"
                    "REDIS_URL=redis://10.4.0.8:6379/0\n"
                )
            }
        ),
    ),
    check=check,
)
