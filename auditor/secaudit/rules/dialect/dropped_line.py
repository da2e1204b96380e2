"""DIALECT001: the loader passes over a line."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.names import is_security_name
from secaudit.rule import Example, Match, Rule, Severities

_HARMLESS = Severities("low", "low", "low", "low", "low")


def check(facts: Facts) -> Iterator[Match]:
    """Yield lines that the loader in use drops; medium for security keys."""
    for seen in facts.seen("line-dropped"):
        key = str(seen.detail.get("key") or "")
        what = f"{key} is not set: {seen.detail['dialect']}" if key else seen.detail["dialect"]
        yield Match(
            seen,
            f"{what} passes over this line ({seen.detail['reason']})",
            severities=None if is_security_name(key, facts) else _HARMLESS,
        )


RULE = Rule(
    code="DIALECT001",
    name="dropped-line",
    summary="the loader in use passes over a line of the env file",
    severities=Severities("medium", "low", "low", "low", "low"),
    applies_to=("line-dropped",),
    owasp=("API8:2023",),
    cwe=(1286, 1188),
    explanation="""\
Env files have no standard. The loader that this project uses does not understand the line and
goes on without a word, so the code's default is in effect: django-environ drops `DEBUG = False`
for its spaces.

Write `KEY=value` without spaces around the sign, without indentation and without a byte order
mark.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "import environ\n\n"
                    "env = environ.Env()\n"
                    'environ.Env.read_env(".env")\n'
                    'DEBUG = env.bool("DEBUG", default=True)\n'
                ),
                ".env": "DEBUG = False\n",
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "import environ\n\n"
                    "env = environ.Env()\n"
                    'environ.Env.read_env(".env")\n'
                    'DEBUG = env.bool("DEBUG", default=True)\n'
                ),
                ".env": "DEBUG=False\n",
            }
        ),
    ),
    check=check,
)
