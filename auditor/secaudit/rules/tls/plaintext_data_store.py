"""TLS004: a data store on another network is reached without TLS."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts, Setting
from secaudit.judgement.hosts import Url, is_internal, url_of
from secaudit.judgement.secrets import text_of
from secaudit.rule import Example, Match, Rule, Severities

_OFF: Final = frozenset({"disable", "disabled", "false", "0", "none"})
_POSTGRESQL: Final = frozenset({"postgres", "postgresql", "postgis"})
_FALLS_BACK: Final = "falls back to no TLS for a host of another network; add sslmode=verify-full"
_ENCRYPTED: Final = "mongodb+srv:"  # switches TLS on
_OPPORTUNISTIC: Final = Severities("low", "low")
_PLAIN: Final = {"redis": "rediss", "amqp": "amqps", "ldap": "ldaps"}


def check(facts: Facts) -> Iterator[Match]:
    """Yield DSNs of outside hosts that switch TLS off or whose scheme has none."""
    for setting in facts.of("database.url"):
        url = url_of(setting.value)
        if url is None or is_internal(url.host):
            continue
        how = "" if str(setting.value).startswith(_ENCRYPTED) else _how(url)
        if how:
            yield Match(setting, f"{setting.name} {how}")
        elif url.scheme in _POSTGRESQL and _may_fall_back(url) and not _set_elsewhere(facts):
            yield Match(setting, f"{setting.name} {_FALLS_BACK}", severities=_OPPORTUNISTIC)
    for setting in facts.of("tls.database"):
        host = facts.beside(setting, "database.host") if setting.group else None
        name = text_of(host.value) if host is not None else None
        if name is not None and not is_internal(name) and _is_off(setting):
            yield Match(setting, f"{setting.name} switches TLS off for a host of another network")


def _how(url: Url) -> str:
    if url.option("sslmode") in _OFF or url.option("ssl") in _OFF:
        return "switches TLS off for a host of another network"
    if url.scheme == "mongodb" and not any(map(url.option, ("tls", "ssl"))):
        return "reaches a host of another network without TLS; add tls=true"
    better = _PLAIN.get(url.scheme)
    return f"reaches a host of another network without TLS; write {better}:" if better else ""


def _may_fall_back(url: Url) -> bool:
    """Return whether the driver takes a connection without TLS where it gets none with it.

    Without ``sslmode`` that is what libpq and asyncpg do (PostgreSQL manual, 34.19).
    """
    return (url.option("sslmode") or url.option("ssl")) in {"", "allow", "prefer"}


def _set_elsewhere(facts: Facts) -> bool:
    """Return whether another setting may ask for TLS: ``PGSSLMODE``, an argument of the engine."""
    return any(setting.concept == "tls.database" for setting in facts.settings)


def _is_off(setting: Setting) -> bool:
    return setting.value is False or str(setting.value).lower() in _OFF


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
somebody on the way says that it does not; that is a low finding.

Use `sslmode=verify-full` for PostgreSQL, `rediss:` for Redis, `amqps:` for RabbitMQ. Hosts
without a dot, private addresses and this machine are not reported.""",
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
        Example({".env": "MONGODB_URI=mongodb://app:q3ZkT8wLr5Xn0cVb@db.acme.io/app\n"}),
    ),
    good=(
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
    ),
    check=check,
)
