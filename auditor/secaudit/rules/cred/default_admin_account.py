"""CRED002: the first administrator has a known password."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.secrets import is_empty, is_guessable, text_of
from secaudit.judgement.values import is_written_in_code, texts_of, winner
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield administrator passwords that are guessable or written into the code."""
    for setting, text in texts_of(facts, "admin.password"):
        if is_empty(text):
            continue
        user = facts.beside(setting, "admin.user")
        name = (text_of(user.value) or "") if user is not None else ""
        candidate = winner(setting)
        if is_guessable(text, name):
            yield Match(setting, f"{setting.name} is a password that anybody would try first")
        elif candidate is not None and is_written_in_code(candidate):
            yield Match(setting, f"{setting.name} is written into the code")


RULE = Rule(
    code="CRED002",
    name="default-admin-account",
    summary="the first administrator's password is guessable or written into the code",
    severities=Severities("high", "medium", "low"),
    applies_to=("admin.password",),
    owasp=("API2:2023", "API8:2023"),
    cwe=(1392, 798),
    asvs=("6.3.2", "6.4.1"),
    explanation="""\
The service creates an administrator at its first start, with a password that stands in the code
or is guessable. Whoever finds the login page before the owner changes it owns the service.

Create the first administrator by a command that asks for or generates the password, or require
the variable without a default.""",
    bad=(Example({".env": "ADMIN_PASSWORD=admin123\n"}),),
    good=(Example({".env": "ADMIN_PASSWORD=q3ZkT8wLr5Xn0cVb\n"}),),
    check=check,
)
