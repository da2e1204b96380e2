"""COOKIE005: sessions are read with pickle."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield session serializers that unpickle."""
    for setting in facts.of("session.serializer"):
        if "pickle" in str(setting.value).lower():
            yield Match(setting, "sessions are unpickled: who can write one can run code")


RULE = Rule(
    code="COOKIE005",
    name="pickle-session",
    summary="sessions are serialised with pickle",
    severities=Severities("high", "high", "medium"),
    applies_to=("session.serializer",),
    owasp=("API8:2023",),
    cwe=(502,),
    explanation="""\
Unpickling runs whatever the text says. Whoever can forge or store a session, by a leaked key or
an open cache, runs code in the service.

Use the JSON serializer.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "SESSION_SERIALIZER = 'django.contrib.sessions.serializers.PickleSerializer'\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "SESSION_SERIALIZER = 'django.contrib.sessions.serializers.JSONSerializer'\n"
                )
            }
        ),
    ),
    check=check,
)
