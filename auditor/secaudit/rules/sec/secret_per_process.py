"""SEC007: each process makes a key of its own."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import workers_of
from secaudit.rule import Example, Match, Rule, Severities

_BREAKS = Severities("high", "medium")


def check(facts: Facts) -> Iterator[Match]:
    """Yield keys generated at start-up; worse when data or several workers depend on them."""
    for seen in facts.seen("secret-per-process"):
        encrypts = seen.detail["purpose"] == "encryption"
        many = workers_of(facts) > 1
        if encrypts:
            message = f"{seen.subject} is new at each start, and what it encrypted stays unreadable"
        elif many:
            message = f"{seen.subject} differs between workers, which refuse each other's tokens"
        else:
            message = f"{seen.subject} is new at each start and ends every session"
        yield Match(seen, message, severities=_BREAKS if encrypts or many else None)


RULE = Rule(
    code="SEC007",
    name="secret-per-process",
    summary="the key is generated anew by each process",
    severities=Severities("medium", "low"),
    applies_to=("secret-per-process",),
    owasp=("API8:2023",),
    cwe=(1394, 665),
    explanation="""\
`secret_key: str = secrets.token_urlsafe(32)` gives every worker and every start another key.
Tokens of one worker are refused by the next, restarts log everyone out, and what such a key
encrypted is lost. People then shorten the pain with a constant key.

Generate the key once, outside the program, and read it from the environment. A key that is
stored in a file at first start is fine.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "import secrets\n\n"
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n"
                    "    secret_key: str = secrets.token_urlsafe(32)\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n"
                    "    secret_key: str\n"
                )
            }
        ),
    ),
    check=check,
)
