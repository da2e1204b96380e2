"""TLS005: an upstream service is called over plain http."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.hosts import is_internal, is_reserved, url_of
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield URLs in the clear of services outside the deployment's own network."""
    for setting in facts.of("service.url"):
        url = url_of(setting.value)
        if url is None or url.scheme not in {"http", "ws", "ldap", "grpc"}:
            continue
        if not is_internal(url.host) and not is_reserved(url.host):
            yield Match(setting, f"{setting.name} calls {url.host} without TLS")


RULE = Rule(
    code="TLS005",
    name="plaintext-upstream",
    summary="an upstream service on another network is called over plain http",
    severities=Severities("medium", "low"),
    applies_to=("service.url",),
    owasp=("API10:2023",),
    cwe=(319,),
    asvs=("12.3.1",),
    explanation="""\
What is sent, tokens included, can be read on the way, and what comes back can be anything.

Use the service's `https:` address.""",
    bad=(Example({".env": "PAYMENT_API_URL=http://payments.partner.io/v1\n"}),),
    good=(
        Example(
            {
                ".env": (
                    "PAYMENT_API_URL=https://payments.partner.io/v1\n"
                    "SEARCH_API_URL=http://search:7700\n"
                )
            }
        ),
    ),
    check=check,
)
