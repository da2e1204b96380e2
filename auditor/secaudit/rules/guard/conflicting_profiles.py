"""GUARD004: the signs of what a deployment is for disagree."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield conflicts between names and values that say what a deployment is for."""
    for seen in facts.seen("profile-conflict"):
        signals = seen.detail["signals"]
        listed = signals if isinstance(signals, str) else ", ".join(map(str, signals))
        yield Match(seen, f"the signs disagree about what this deployment is for: {listed}")


RULE = Rule(
    code="GUARD004",
    name="conflicting-profiles",
    summary="file names and values disagree about what the deployment is for",
    severities=Severities("medium", "low", "info"),
    applies_to=("profile-conflict",),
    owasp=("API8:2023",),
    cwe=(636,),
    explanation="""\
The file is named for production and says `ENVIRONMENT=development`, or the reverse. Whichever
the code believes, somebody expects the other; secaudit judges by the stricter.

Make the name and the value agree.""",
    bad=(
        Example(
            {
                "settings.py": 'import os\n\nENVIRONMENT = os.environ["ENVIRONMENT"]\n',
                ".env.production": "ENVIRONMENT=development\n",
            },
            ("--profile", "auto"),
        ),
    ),
    good=(
        Example(
            {
                "settings.py": 'import os\n\nENVIRONMENT = os.environ["ENVIRONMENT"]\n',
                ".env.production": "ENVIRONMENT=production\n",
            },
            ("--profile", "auto"),
        ),
    ),
    check=check,
)
