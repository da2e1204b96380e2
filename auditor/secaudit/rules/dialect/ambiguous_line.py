"""DIALECT002: two readers of the file see different values."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.names import is_security_name
from secaudit.rule import Example, Match, Rule, Severities

_HARMLESS = Severities("info", "info", "info", None)


def check(facts: Facts) -> Iterator[Match]:
    """Yield lines that another reader takes otherwise; low for security keys."""
    for seen in facts.seen("line-differs"):
        key = str(seen.detail.get("key") or "")
        yield Match(
            seen,
            f"{seen.detail['dialect']} and {seen.detail['other']} read {key} differently"
            f" ({seen.detail['reason']})",
            severities=None if is_security_name(key, facts) else _HARMLESS,
        )


RULE = Rule(
    code="DIALECT002",
    name="ambiguous-line",
    summary="loaders disagree about a line of the env file",
    severities=Severities("low", "low", "low", None),
    applies_to=("line-differs",),
    owasp=("API8:2023",),
    cwe=(436,),
    explanation="""\
`KEY=value # note` is `value` to python-dotenv and `value # note` to decouple, Starlette and
django-environ; `$` and quotes differ as well. The file works with one reader and not with the
next: Compose, a shell, another service.

Put comments on lines of their own and values with `#`, `$` or spaces into single quotes.""",
    bad=(
        Example(
            {
                "compose.yaml": "services:\n  api:\n    build: .\n    env_file: .env\n",
                "settings.py": (
                    'from decouple import config\n\nSECRET_KEY = config("SECRET_KEY")\n'
                ),
                ".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i # rotate in May\n",
            }
        ),
    ),
    good=(
        Example(
            {
                "compose.yaml": "services:\n  api:\n    build: .\n    env_file: .env\n",
                "settings.py": (
                    'from decouple import config\n\nSECRET_KEY = config("SECRET_KEY")\n'
                ),
                ".env": "# rotate in May\nSECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n",
            }
        ),
    ),
    check=check,
)
