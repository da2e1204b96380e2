"""SEC016: other users of the machine can read the env file."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import secrets_in
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield env files with secrets whose mode lets others read them."""
    for seen in facts.seen("file-readable"):
        secrets = secrets_in(seen.location.path, facts, usable=False)
        if secrets:
            name, place = next(iter(secrets.items()))
            mode = seen.detail["mode"]
            message = f"every user of this machine can read {name} here (mode {mode})"
            yield Match(seen, message, location=place)


RULE = Rule(
    code="SEC016",
    name="env-file-readable-by-others",
    summary="an env file with secrets can be read by other users of the machine",
    severities=Severities("info", "info", "info"),
    applies_to=("file-readable",),
    owasp=("API8:2023",),
    cwe=(732,),
    asvs=("13.3.2",),
    explanation="""\
The file's mode gives read permission to everyone with an account on the machine, including a
compromised service of another user.

`chmod 600 .env`. In continuous integration, where files are checked out with open modes, the
rule is silent.""",
    bad=(Example({".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"}, readable=(".env",)),),
    good=(
        Example({".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"}),
        Example({".env": "LOG_LEVEL=INFO\n"}, readable=(".env",)),
    ),
    check=check,
)
