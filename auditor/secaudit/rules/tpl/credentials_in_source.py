"""TPL006: the address of the template carries credentials into the repository."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield addresses with a user and password or token in them."""
    for seen in facts.seen("source-credentials"):
        yield Match(seen, "_src_path holds the credentials that the template was cloned with")


RULE = Rule(
    code="TPL006",
    name="credentials-in-source",
    summary="_src_path in .copier-answers.yml holds credentials",
    severities=Severities("high", "high", "high", "high", "high"),
    applies_to=("source-credentials",),
    owasp=("API8:2023",),
    cwe=(522, 798),
    asvs=("13.3.1",),
    explanation="""\
Copier writes the address it cloned from into a committed file, with the token that stood in it.
Everyone who reads the repository, forks and build logs included, can use the token.

Revoke the token, remove it from the address, and let git's credential helper supply it.""",
    bad=(),
    good=(Example({".env": "APP_ENVIRONMENT=production\n"}),),
    check=check,
)
