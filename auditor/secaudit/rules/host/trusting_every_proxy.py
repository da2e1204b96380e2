"""HOST002: forwarding headers are believed whoever sends them."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list
from secaudit.patterns import lazy
from secaudit.rule import Example, Match, Rule, Severities

# Wider than any network of one's own: IPv4 /8, IPv6 /16 outside of fc00::/7.
_EVERYONE: Final = lazy(r"\*|[0-9.]+/[0-7]|(?!f[cd])[0-9a-f:]+/(\d|1[0-5])")


def check(facts: Facts) -> Iterator[Match]:
    """Yield trusted proxies that include everyone."""
    for setting in facts.of("proxy.trusted"):
        if any(map(_is_everyone, as_list(setting.value))):
            subject = setting.at(_is_everyone)
            yield Match(subject, "forwarding headers are believed whoever sends them")


def _is_everyone(text: str) -> bool:
    return any(_EVERYONE.fullmatch(part.strip()) for part in text.split(","))


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
    bad=(
        Example({".env": "FORWARDED_ALLOW_IPS=*\n"}),
        Example({".env": "TRUSTED_PROXIES=0.0.0.0/1,128.0.0.0/1\n"}),
    ),
    good=(
        Example({".env": "FORWARDED_ALLOW_IPS=10.0.0.5\n"}),
        Example({".env": "TRUSTED_PROXIES=10.0.0.0/8,fc00::/7\n"}),
    ),
    check=check,
)
