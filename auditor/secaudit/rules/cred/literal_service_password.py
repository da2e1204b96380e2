"""CRED003: the password of a database, broker or store is written into the code."""

from collections.abc import Iterator

from secaudit.facts import Facts, Setting
from secaudit.judgement.hosts import url_of
from secaudit.judgement.secrets import is_guessable, is_usable, text_of
from secaudit.judgement.values import is_for_tests, is_written_in_code, texts_of, winner
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield real passwords of stores that are literals of the code and take effect."""
    for setting, text in texts_of(facts, "database.url", "database.password"):
        candidate = winner(setting)
        if candidate is None or not is_written_in_code(candidate) or is_for_tests(setting):
            continue
        url = url_of(text)
        if url is None and setting.concept == "database.url":
            continue  # a word that stands in for a URL
        password = text if url is None else url.password
        user = _user_beside(facts, setting) if url is None else url.user
        if is_usable(password) and not is_guessable(password, user):
            yield Match(setting, f"{setting.name} holds a password that is written into the code")


def _user_beside(facts: Facts, setting: Setting) -> str:
    other = facts.beside(setting, "database.user")
    return (text_of(other.value) or "") if other is not None else ""


RULE = Rule(
    code="CRED003",
    name="literal-service-password",
    summary="the password of a database, broker or store is written into the code",
    severities=Severities("high", "medium", "low"),
    applies_to=("database.url", "database.password"),
    owasp=("API8:2023",),
    cwe=(798, 259),
    asvs=("13.3.1",),
    explanation="""\
The password is in every clone and in the version history, is the same in every deployment that
forgets the variable, and cannot be replaced without a release.

Read it from the environment without a default, and replace the one that was exposed.""",
    bad=(
        Example(
            {"settings.py": 'DATABASE_URL = "postgresql://app:q3ZkT8wLr5Xn0cVb@db.acme.io/app"\n'}
        ),
    ),
    good=(
        Example({"settings.py": 'import os\n\nDATABASE_URL = os.environ["DATABASE_URL"]\n'}),
        Example({"settings.py": 'DATABASE_URL = "DATABASE_URL_OF_THE_TEAM"\n'}),
        Example({".env": "DATABASE_URL=postgresql://app:q3ZkT8wLr5Xn0cVb@db.acme.io/app\n"}),
        Example(
            {
                "settings.py": (
                    "INSTALLED_APPS = []\n"
                    'DATABASES = {"default": {"USER": "ledger", "PASSWORD": "ledger"}}\n'
                )
            }
        ),
    ),
    check=check,
)
