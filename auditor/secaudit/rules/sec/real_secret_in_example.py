"""SEC011: the example file holds what looks like a real secret."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.provider_tokens import provider_of
from secaudit.judgement.secrets import KEYS, is_published, is_real
from secaudit.judgement.values import texts_of
from secaudit.rule import Example, Match, Rule, Severities

_SECRET: Final = (*KEYS, "provider.secret", "password", "database.password", "admin.password")


def check(facts: Facts) -> Iterator[Match]:
    """Yield secrets of example files that are neither placeholders nor known tokens."""
    for setting, text in texts_of(facts, *_SECRET):
        if is_real(text) and not is_published(text) and not provider_of(text):
            yield Match(setting, f"{setting.name} looks like a real secret in an example file")


RULE = Rule(
    code="SEC011",
    name="real-secret-in-example",
    summary="an example file holds a secret that looks real",
    severities=Severities(None, None, None, "medium"),
    applies_to=_SECRET,
    owasp=("API8:2023",),
    cwe=(798, 540),
    asvs=("13.3.1",),
    explanation="""\
Example files are committed. A long random value under a secret's name is either a real secret
that slipped in, or a key that every copy of the example will share.

Leave the value empty or write a placeholder that the service refuses at start-up; if the secret
was real, replace it where it is used.""",
    bad=(
        Example(
            {".env.example": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"}, ("--profile", "auto")
        ),
    ),
    good=(
        Example({".env.example": "SECRET_KEY=change-me\n"}, ("--profile", "auto")),
        Example({".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"}),
    ),
    check=check,
    confidence="medium",
)
