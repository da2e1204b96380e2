"""SEC006: a real env file holds the value that the example file shows everyone."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.secrets import is_usable, text_of
from secaudit.naming import SECRET_CONCEPTS
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield each secret whose value equals the example's and looks like a secret."""
    copied = {seen.location: seen for seen in facts.seen("value-of-example")}
    for setting in facts.settings:
        for candidate in setting.candidates[:1]:
            seen = copied.get(candidate.location) if candidate.location else None
            if seen is None or setting.concept not in SECRET_CONCEPTS:
                continue
            if is_usable(text_of(candidate.value) or ""):
                yield Match(
                    setting, f"{setting.name} has the value that {seen.detail['example']} publishes"
                )


RULE = Rule(
    code="SEC006",
    name="example-secret-in-use",
    summary="a secret was copied unchanged from the example env file",
    severities=Severities("critical", "high", "info"),
    applies_to=("value-of-example",),
    owasp=("API8:2023",),
    cwe=(798, 1392),
    asvs=("13.3.1",),
    explanation="""\
The example file is part of the repository, so its values are public. Here the env file that is
used holds the same value for a secret, although it looks random.

Generate a new value, and leave secrets empty in the example so that a copy does not work.""",
    bad=(
        Example(
            {
                ".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n",
                ".env.example": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n",
            }
        ),
    ),
    good=(
        Example(
            {
                ".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n",
                ".env.example": "SECRET_KEY=\n",
            }
        ),
    ),
    check=check,
)
