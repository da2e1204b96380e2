"""SEC013: a Dockerfile bakes a secret into the image."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_DUMMY: Final = Severities("info", "info")


def check(facts: Facts) -> Iterator[Match]:
    """Yield each secret that ENV or ARG writes into the image.

    A placeholder that is there for the build alone gives nothing away.
    """
    for seen in facts.seen("secret-in-image"):
        dummy = seen.detail["instruction"] == "ARG" and seen.detail.get("placeholder")
        yield Match(
            seen,
            f"{seen.detail['instruction']} writes {seen.detail['name']} into the image",
            severities=_DUMMY if dummy else None,
        )


RULE = Rule(
    code="SEC013",
    name="secret-in-image",
    summary="a Dockerfile writes a secret into the image with ENV or ARG",
    severities=Severities("high", "high", "low"),
    applies_to=("secret-in-image",),
    owasp=("API8:2023",),
    cwe=(798, 538),
    asvs=("13.3.1",),
    explanation="""\
`ENV` and `ARG` values stay in the image's metadata and history, where `docker history` shows
them to everyone who can pull it, and `ENV` is the value of every container that is not given
another.

Pass secrets when the container starts, or with `RUN --mount=type=secret` while building.""",
    bad=(
        Example(
            {
                "Dockerfile": (
                    "FROM python:3.13-slim\nENV SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"
                    'USER app\nCMD ["python", "-m", "app"]\n'
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "Dockerfile": (
                    "FROM python:3.13-slim\nENV PYTHONUNBUFFERED=1\n"
                    'USER app\nCMD ["python", "-m", "app"]\n'
                )
            }
        ),
    ),
    check=check,
)
