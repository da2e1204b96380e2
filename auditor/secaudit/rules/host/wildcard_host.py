"""HOST001: the service answers to every host name."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield lists of allowed hosts that contain ``*``."""
    for setting in facts.of("hosts.allowed"):
        if "*" in as_list(setting.value):
            yield Match(setting, f"{setting.name} allows every host name")


RULE = Rule(
    code="HOST001",
    name="wildcard-host",
    summary="every Host header is accepted",
    severities=Severities("medium", "low"),
    applies_to=("hosts.allowed",),
    owasp=("API8:2023",),
    cwe=(644, 20),
    explanation="""\
The service builds links from the `Host` header: password reset mails, redirects, absolute URLs.
With every host allowed, an attacker who sends a request with a host of their own gets such a
mail sent to a victim, with a link to the attacker's machine; caches can be poisoned the same
way.

List the names the service is reached by.""",
    bad=(Example({"settings.py": 'DEBUG = False\nALLOWED_HOSTS = ["*"]\n'}),),
    good=(Example({"settings.py": 'DEBUG = False\nALLOWED_HOSTS = ["api.acme.io"]\n'}),),
    check=check,
)
