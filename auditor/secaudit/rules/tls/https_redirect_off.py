"""TLS002: plain http is answered instead of redirected."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities, is_absent


def check(facts: Facts) -> Iterator[Match]:
    """Yield redirects that are off, whether written or left at the library's default."""
    for setting in facts.of("tls.redirect"):
        if setting.value is False:
            how = "is not set" if is_absent(setting) else "is off"
            yield Match(
                setting,
                f"{setting.name} {how}: requests over plain http are answered",
                fix=switch(setting, to=True, title="Redirect to https"),
            )


RULE = Rule(
    code="TLS002",
    name="https-redirect-off",
    summary="requests over plain http are answered instead of redirected",
    severities=Severities("low", "info"),
    applies_to=("tls.redirect",),
    owasp=("API8:2023",),
    cwe=(319,),
    asvs=("12.2.1",),
    explanation="""\
The first request of a visitor who types the name goes over plain http. Without a redirect the
whole visit stays there, cookies and passwords too.

Set Django's `SECURE_SSL_REDIRECT = True` (with `SECURE_PROXY_SSL_HEADER` behind a proxy), or
redirect at the proxy and suppress the finding with that reason. An API for programs had better
refuse plain http than redirect it.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\nSECURE_SSL_REDIRECT = False\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\nSECURE_SSL_REDIRECT = True\n"
                )
            }
        ),
    ),
    check=check,
)
