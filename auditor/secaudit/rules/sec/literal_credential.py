"""SEC018: a provider's secret or an account's password is written into the code."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.secrets import is_plain_secret
from secaudit.judgement.values import is_written_in_code, texts_of, winner
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield effective credentials that are literals of the code, provider-shaped ones excepted."""
    for setting, text in texts_of(facts, "provider.secret", "password"):
        candidate = winner(setting)
        if candidate is None or not is_written_in_code(candidate):
            continue
        if is_plain_secret(text):
            yield Match(setting, f"{setting.name} is written into the code")


RULE = Rule(
    code="SEC018",
    name="literal-credential",
    summary="an API key, client secret or password is written into the code",
    severities=Severities("high", "medium", "low"),
    applies_to=("provider.secret", "password"),
    owasp=("API8:2023",),
    cwe=(798, 259),
    asvs=("13.3.1",),
    explanation="""\
The credential of another service stands in the code as a literal, so everyone who reads the
code can act in this service's name there.

Replace the credential at its provider and read the new one from the environment, without a
default. Tokens with a provider's own shape are reported by SEC009 instead.""",
    bad=(Example({"settings.py": 'SMTP_PASSWORD = "w7Rk2vQx9LpT"\n'}),),
    good=(
        Example({"settings.py": 'import os\n\nSMTP_PASSWORD = os.environ["SMTP_PASSWORD"]\n'}),
        Example({"settings.py": 'PASSWORD_RESET_PATH = "/reset"\nTOKEN_URL = "/auth/token"\n'}),
    ),
    check=check,
    confidence="medium",
)
