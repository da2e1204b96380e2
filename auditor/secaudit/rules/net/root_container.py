"""NET003: the service runs as root in its container."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_ROOT: Final = frozenset({"", "root", "0"})


def check(facts: Facts) -> Iterator[Match]:
    """Yield containers whose user is root, by name, by number or for want of a USER."""
    for setting in facts.of("container.user"):
        if str(setting.value or "").partition(":")[0].lower() in _ROOT:
            yield Match(setting, "the service runs as root in its container")


RULE = Rule(
    code="NET003",
    name="root-container",
    summary="the service runs as root in its container",
    severities=Severities("low", "info"),
    applies_to=("container.user",),
    owasp=("API8:2023",),
    cwe=(250,),
    asvs=("13.2.2",),
    explanation="""\
Whoever breaks into the service can change its code, and each fault of the container runtime is
worth more to root.

Create a user in the Dockerfile and end with `USER app`. A numeric id lets Kubernetes check it.""",
    bad=(Example({"Dockerfile": 'FROM python:3.13-slim\nCMD ["gunicorn", "project.wsgi"]\n'}),),
    good=(
        Example(
            {
                "Dockerfile": (
                    'FROM python:3.13-slim\nUSER 10001\nCMD ["gunicorn", "project.wsgi"]\n'
                )
            }
        ),
    ),
    check=check,
)
