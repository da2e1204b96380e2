"""SEC005: the key is one that tutorials, documentation or images publish."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.secrets import KEYS, is_marked_insecure, is_placeholder, is_published
from secaudit.judgement.values import generate, texts_of
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield each signing or encryption key that is publicly known."""
    for setting, text in texts_of(facts, *KEYS):
        if is_marked_insecure(text) or (is_published(text) and not is_placeholder(text)):
            yield Match(
                setting,
                f"{setting.name} is a key that is published or marked insecure by its generator",
                fix=generate(setting, "Write a freshly generated secret"),
            )


RULE = Rule(
    code="SEC005",
    name="published-secret",
    summary="the key stands in a tutorial, a shared image or is marked django-insecure-",
    severities=Severities("critical", "high", "low", "info"),
    applies_to=KEYS,
    owasp=("API8:2023", "API2:2023"),
    cwe=(798, 1392),
    asvs=("13.3.1",),
    explanation="""\
The key looks random but is known: it was copied from a tutorial (FastAPI's, Flask's), from
jwt.io, or from a product's example environment, or it carries the prefix `django-insecure-`
that `startproject` gives to keys it writes into source code. Lists of such keys are tried
first.

Generate a key of your own for each deployment and keep it out of the code.""",
    bad=(
        Example(
            {".env": "JWT_KEY=09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7\n"}
        ),
        Example(
            {
                "settings.py": (
                    'SECRET_KEY = "django-insecure-8&l#0ws%2c0d@z!v6k5r1q^e9x7y3t4u+jh"\n'
                )
            }
        ),
    ),
    good=(
        Example(
            {".env": "JWT_KEY=5c1f0e0a94be7cd2157d928267a8b6574c94e8100a7e1f5dbb7df74c99f9e4a1\n"}
        ),
    ),
    check=check,
)
