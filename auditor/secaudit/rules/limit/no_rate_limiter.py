"""LIMIT002: nothing limits how often clients may call."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities, is_absent


def check(facts: Facts) -> Iterator[Match]:
    """Yield applications without a limiter, unless one is seen in code."""
    if any("limit" in str(seen.detail.get("what")) for seen in facts.seen("mitigation")):
        return
    for setting in facts.of("limit.enabled"):
        if setting.value is False and is_absent(setting):
            yield Match(setting, "nothing limits how often clients may call")


RULE = Rule(
    code="LIMIT002",
    name="no-rate-limiter",
    summary="no rate limiter is configured",
    severities=Severities("low", "info"),
    applies_to=("limit.enabled",),
    owasp=("API4:2023", "API2:2023"),
    cwe=(770, 307),
    asvs=("2.4.1", "6.3.1"),
    explanation="""\
Django REST framework has throttles but uses none unless they are named, so logins can be tried
without end.

Set `DEFAULT_THROTTLE_CLASSES` and rates, or limit at the proxy and suppress the finding with
that reason.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "INSTALLED_APPS = ['rest_framework']\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "INSTALLED_APPS = ['rest_framework']\nREST_FRAMEWORK = {\n"
                    "    'DEFAULT_THROTTLE_CLASSES': "
                    "['rest_framework.throttling.AnonRateThrottle'],\n"
                    "    'DEFAULT_THROTTLE_RATES': {'anon': '60/min'},\n}\n"
                )
            }
        ),
    ),
    check=check,
    confidence="medium",
)
