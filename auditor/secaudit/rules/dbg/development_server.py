"""DBG003: a development server runs the service."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_SCRIPT = Severities("info", "info")  # behind ``if __name__ == "__main__"``: servers import


def check(facts: Facts) -> Iterator[Match]:
    """Yield commands that start a development server."""
    for setting in facts.of("debug.server"):
        if setting.value is True:
            yield Match(
                setting,
                "a development server runs the service",
                severities=_SCRIPT if setting.service == "script" else None,
            )


RULE = Rule(
    code="DBG003",
    name="development-server",
    summary="flask run, manage.py runserver or fastapi dev is what runs",
    severities=Severities("medium", "low"),
    applies_to=("debug.server",),
    owasp=("API8:2023", "API4:2023"),
    cwe=(489,),
    asvs=("13.4.2",),
    explanation="""\
The servers of `flask run`, `manage.py runserver` and `fastapi dev` are neither hardened nor
measured for traffic, and their authors say so. Some of them reload code or show a debugger.

Run the application under gunicorn, uvicorn or another server that is made for production.""",
    bad=(
        Example(
            {
                "Dockerfile": (
                    "FROM python:3.13-slim\nUSER app\n"
                    'CMD ["python", "manage.py", "runserver", "0.0.0.0:8000"]\n'
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "Dockerfile": (
                    "FROM python:3.13-slim\nUSER app\n"
                    'CMD ["gunicorn", "project.wsgi", "--bind", "0.0.0.0:8000"]\n'
                )
            }
        ),
    ),
    check=check,
)
