"""SEC014: a Compose file gives a key as a literal or as the fallback of a reference."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.secrets import KEYS, is_plain_secret
from secaudit.judgement.values import is_compose, texts_of, winner
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield keys whose effective value stands in a Compose file."""
    for setting, text in texts_of(facts, *KEYS, "provider.secret"):
        candidate = winner(setting)
        if candidate is None or not is_compose(candidate.location) or not candidate.literal:
            continue
        if is_plain_secret(text):
            yield Match(setting, f"{setting.name} is written into the Compose file")


RULE = Rule(
    code="SEC014",
    name="secret-in-compose",
    summary="a Compose file holds a secret, as a literal or as the fallback of a reference",
    severities=Severities("high", "medium", "info", "info"),
    applies_to=(*KEYS, "provider.secret"),
    owasp=("API8:2023",),
    cwe=(798,),
    asvs=("13.3.1",),
    explanation="""\
Compose files are committed and shared, so `SECRET_KEY: 8f3…` and `${SECRET_KEY:-8f3…}` give the
same key to everyone who runs the file.

Write `${SECRET_KEY:?set it in .env}`: Compose then refuses to start without the variable. Or
use `secrets:` with a file.""",
    bad=(
        Example(
            {
                "compose.yaml": (
                    "services:\n  api:\n    build: .\n    environment:\n"
                    "      SECRET_KEY: ${SECRET_KEY:-Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i}\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "compose.yaml": (
                    "services:\n  api:\n    build: .\n    environment:\n"
                    "      SECRET_KEY: ${SECRET_KEY:?set it in .env}\n"
                )
            }
        ),
    ),
    check=check,
)
