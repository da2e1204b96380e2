"""SEC003: a key has a literal default in the code."""

from collections.abc import Iterator

from secaudit.facts import CODE_LAYERS, Facts
from secaudit.judgement.secrets import KEYS, is_plain_secret, text_of
from secaudit.judgement.values import is_written_in_code
from secaudit.rule import Example, Match, Rule, Severities

_REPLACED = Severities("low", "low", None)


def check(facts: Facts) -> Iterator[Match]:
    """Yield keys whose default is a literal: in effect, or replaced and then a low finding."""
    for setting in facts.of(*KEYS):
        if not setting.variables:
            continue
        for rank, candidate in enumerate(setting.candidates):
            text = text_of(candidate.value)
            if candidate.layer not in CODE_LAYERS or not is_written_in_code(candidate):
                continue
            if text is None or not is_plain_secret(text):
                continue
            if rank == 0:
                yield Match(
                    setting,
                    f"{setting.name} falls back to a key that is written into the code",
                )
            else:
                yield Match(
                    setting,
                    f"{setting.name} has a key in the code as its default; it is replaced here",
                    severities=_REPLACED,
                    location=candidate.location,
                )
            break


RULE = Rule(
    code="SEC003",
    name="literal-secret-fallback",
    summary="a signing or encryption key falls back to a literal in the code",
    severities=Severities("critical", "high", "info"),
    applies_to=KEYS,
    owasp=("API8:2023", "API2:2023"),
    cwe=(798, 1188),
    asvs=("13.3.1",),
    explanation="""\
When the variable is missing, misspelt or lost in a deployment, the service starts all the same,
with a key that everyone who can read the code has. Nobody notices.

Remove the default: a service without its secret must not start. Where a given environment
replaces the default, the finding is low, because only the next forgotten variable brings the
key back.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "import os\n\n"
                    'SECRET_KEY = os.getenv("SECRET_KEY", "9f!kq2@xz7v$w4mn8^b3c6t0pd5rj1hs")\n'
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
