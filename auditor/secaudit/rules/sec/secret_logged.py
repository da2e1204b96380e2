"""SEC015: a secret is printed or logged."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield each call that prints or logs a secret setting."""
    for seen in facts.seen("secret-logged"):
        yield Match(seen, f"{seen.detail['name']} is written to the log")


RULE = Rule(
    code="SEC015",
    name="secret-logged",
    summary="a secret or a DSN with its password is printed or logged",
    severities=Severities("medium", "low", "low"),
    applies_to=("secret-logged",),
    owasp=("API8:2023",),
    cwe=(532,),
    asvs=("16.2.5",),
    explanation="""\
Logs are read by more people and kept longer than secrets should be, and they travel to
collectors and support tickets.

Remove the call. For settings objects use `SecretStr`, whose text is masked.""",
    bad=(
        Example(
            {
                "settings.py": (
                    'import os\n\nDATABASE_URL = os.environ["DATABASE_URL"]\nprint(DATABASE_URL)\n'
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    'import os\n\nDATABASE_URL = os.environ["DATABASE_URL"]\nprint("configured")\n'
                )
            }
        ),
    ),
    check=check,
)
