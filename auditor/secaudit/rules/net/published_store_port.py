"""NET001: a data store can be reached from outside the machine."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.hosts import is_loopback
from secaudit.judgement.stores import is_store
from secaudit.rule import Example, Match, Rule, Severities

_GUARDED: Final = Severities("medium", "low", None)


def check(facts: Facts) -> Iterator[Match]:
    """Yield published ports of stores; milder where the store asks for a real password."""
    unguarded = {seen.detail["service"] for seen in facts.seen("store-without-auth")}
    for seen in facts.seen("port-published"):
        address = str(seen.detail.get("address") or "0.0.0.0")  # noqa: S104 - judged, not bound
        store = is_store(str(seen.detail.get("image") or ""), str(seen.detail["port"]))
        if is_loopback(address) or not store:
            continue
        service = seen.detail["service"]
        weak = service in unguarded
        how = "and asks nobody for a password" if weak else "and can be reached from outside"
        yield Match(
            seen,
            f"port {seen.detail['port']} of {service} is published on every address {how}",
            severities=None if weak else _GUARDED,
        )


RULE = Rule(
    code="NET001",
    name="published-store-port",
    summary="a data store's port is published beyond this machine",
    severities=Severities("high", "medium", "info"),
    applies_to=("port-published",),
    owasp=("API8:2023",),
    cwe=(668, 306),
    asvs=("13.2.1",),
    explanation="""\
`ports: ["5432:5432"]` binds every address of the machine, and Docker's rules come before those
of the machine's firewall. Databases and caches on open ports are found and emptied within
hours; the finding is high where the store has no password.

Drop `ports`: services of one Compose project reach each other without it. For a tool on this
machine write `127.0.0.1:5432:5432`.""",
    bad=(
        Example(
            {
                "compose.yaml": (
                    "services:\n  api:\n    build: .\n  cache:\n    image: redis:8\n"
                    '    ports:\n      - "6379:6379"\n'
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "compose.yaml": (
                    "services:\n  api:\n    build: .\n  cache:\n    image: redis:8\n"
                    '    ports:\n      - "127.0.0.1:6379:6379"\n'
                )
            }
        ),
        Example(
            {"compose.yaml": ('services:\n  api:\n    build: .\n    ports:\n      - "8000:8000"\n')}
        ),
    ),
    check=check,
)
