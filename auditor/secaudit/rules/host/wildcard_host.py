"""HOST001: the service answers to every host name."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list, is_wildcard
from secaudit.patterns import lazy
from secaudit.rule import Example, Match, Rule, Severities

# ``*.com`` and Django's ``.com``, but no name of a private network.
_TOP_LEVEL: Final = lazy(r"\*?\.(?!(?:localhost|local|internal|lan|test|svc)$)[a-z0-9-]+")


def check(facts: Facts) -> Iterator[Match]:
    """Yield lists of allowed hosts that contain ``*``, or all of a top-level domain."""
    for setting in facts.of("hosts.allowed"):
        hosts = as_list(setting.value)
        if "*" in hosts:
            yield Match(setting.at(is_wildcard), f"{setting.name} allows every host name")
        elif any(map(_is_top_level, hosts)):
            told = f"{setting.name} allows every host of a top-level domain"
            yield Match(setting.at(_is_top_level), told)


def _is_top_level(host: str) -> bool:
    return _TOP_LEVEL.fullmatch(host.lower()) is not None


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
    bad=(
        Example({"settings.py": 'DEBUG = False\nALLOWED_HOSTS = ["*"]\n'}),
        Example({"settings.py": 'DEBUG = False\nALLOWED_HOSTS = [".com"]\n'}),
    ),
    good=(
        Example({"settings.py": 'DEBUG = False\nALLOWED_HOSTS = ["api.acme.io"]\n'}),
        Example({"settings.py": 'DEBUG = False\nALLOWED_HOSTS = [".acme.io", ".internal"]\n'}),
    ),
    check=check,
)
