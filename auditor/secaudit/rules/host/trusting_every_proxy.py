"""HOST002: forwarding headers are believed whoever sends them."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list
from secaudit.rule import Example, Match, Rule, Severities

_EVERYONE: Final = frozenset({"*", "0.0.0.0/0", "::/0"})


def check(facts: Facts) -> Iterator[Match]:
    """Yield trusted proxies that include everyone."""
    for setting in facts.of("proxy.trusted"):
        parts = {part.strip() for text in as_list(setting.value) for part in text.split(",")}
        if parts & _EVERYONE:
            yield Match(setting, "forwarding headers are believed whoever sends them")


RULE = Rule(
    code="HOST002",
    name="trusting-every-proxy",
    summary="X-Forwarded-For and X-Forwarded-Proto are believed from any address",
    severities=Severities("medium", "low"),
    applies_to=("proxy.trusted",),
    owasp=("API8:2023", "API4:2023"),
    cwe=(348, 290),
    asvs=("4.1.3",),
    explanation="""\
Clients write `X-Forwarded-For` themselves. When the server believes everyone, each request can
claim another address: rate limits by address, allowlists and audit logs are worth nothing.

Name the proxy's address or network, for example `--forwarded-allow-ips 10.0.0.5`. `*` is right
only where nothing but the proxy can reach the server; then suppress the finding with that
reason.""",
    bad=(Example({".env": "FORWARDED_ALLOW_IPS=*\n"}),),
    good=(Example({".env": "FORWARDED_ALLOW_IPS=10.0.0.5\n"}),),
    check=check,
)
