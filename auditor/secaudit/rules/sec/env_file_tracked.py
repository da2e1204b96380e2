"""SEC017: git tracks an env file that holds secrets."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.secrets import KEYS, is_usable, text_of
from secaudit.rule import Example, Match, Rule, Severities

_SECRET: Final = frozenset(
    {*KEYS, "provider.secret", "password", "database.password", "database.url", "admin.password"}
)


def check(facts: Facts) -> Iterator[Match]:
    """Yield tracked env files in which a secret with a usable value stands."""
    for seen in facts.seen("file-tracked"):
        names = sorted(
            setting.name
            for setting in facts.settings
            if setting.concept in _SECRET
            for candidate in setting.candidates
            if candidate.location is not None
            and candidate.location.path == seen.location.path
            and is_usable(text_of(candidate.value) or "")
        )
        if names:
            yield Match(seen, f"git tracks this file, and {', '.join(names[:3])} is in it")


RULE = Rule(
    code="SEC017",
    name="env-file-tracked-by-git",
    summary="an env file with secrets is committed",
    severities=Severities("high", "medium", "low"),
    applies_to=("file-tracked",),
    owasp=("API8:2023",),
    cwe=(540, 538),
    asvs=("13.3.1",),
    explanation="""\
The file is part of the repository, so its secrets are in every clone and stay in the history
after the file is deleted.

Replace the secrets, `git rm --cached` the file, name it in `.gitignore`, and commit an example
without values instead.""",
    bad=(),
    good=(Example({".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"}),),
    check=check,
)
