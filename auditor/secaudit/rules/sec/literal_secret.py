"""SEC002: a key is written into the source code and nothing can override it."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.secrets import KEYS, is_plain_secret
from secaudit.judgement.values import is_code, texts_of, winner
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield each signing or encryption key that is a literal without an override."""
    for setting, text in texts_of(facts, *KEYS):
        candidate = winner(setting)
        if candidate is None or not is_plain_secret(text):
            continue
        if setting.variables and candidate.layer != "process-environment":
            continue  # a variable may give another one, unless the code gives it that variable
        if candidate.literal and (is_code(candidate) or candidate.layer == "config-file"):
            yield Match(
                setting,
                f"{setting.name} is written into the code: everyone who reads it can sign",
            )


RULE = Rule(
    code="SEC002",
    name="literal-secret",
    summary="a signing or encryption key is written into the code and cannot be overridden",
    severities=Severities("critical", "high", "medium"),
    applies_to=KEYS,
    owasp=("API8:2023", "API2:2023"),
    cwe=(798, 321),
    asvs=("13.3.1",),
    explanation="""\
The key stands in the code as a literal and no variable replaces it, so every deployment, every
clone, every image and every former colleague has it.

Read it from the environment without a default (`os.environ["SECRET_KEY"]`, a required field of
a settings class) and generate a new one: the old key is known to the version history.""",
    bad=(Example({"settings.py": 'SECRET_KEY = "9f!kq2@xz7v$w4mn8^b3c6t0pd5rj1hs"\n'}),),
    good=(
        Example({"settings.py": 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\n'}),
        Example(
            {"settings_test.py": 'SECRET_KEY = "9f!kq2@xz7v$w4mn8^b3c6t0pd5rj1hs"\n'},
            ("--profile", "test"),
        ),
    ),
    check=check,
)
