"""DRIFT004: a deployment loads the example file."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield references that load an example file as a real one."""
    for seen in facts.seen("example-loaded"):
        yield Match(seen, f"{seen.subject} is an example that everybody has, and it is loaded here")


RULE = Rule(
    code="DRIFT004",
    name="example-file-in-use",
    summary="an example env file is loaded as the real one",
    severities=Severities("critical", "high", "medium"),
    applies_to=("example-loaded",),
    owasp=("API8:2023",),
    cwe=(1392, 798),
    asvs=("13.3.1",),
    explanation="""\
The example is committed, so its secrets are known to everyone with the repository, and it was
written to be replaced.

Load `.env`, and let the deployment fail where it is missing.""",
    bad=(
        Example(
            {
                "compose.yaml": ("services:\n  api:\n    build: .\n    env_file: .env.example\n"),
                ".env.example": "SECRET_KEY=change-me\n",
            }
        ),
    ),
    good=(
        Example(
            {
                "compose.yaml": "services:\n  api:\n    build: .\n    env_file: .env\n",
                ".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n",
                ".env.example": "SECRET_KEY=change-me\n",
            }
        ),
    ),
    check=check,
)
