"""DBG002: the server reloads itself when files change."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities

_SCRIPT = Severities("info", "info")  # behind ``if __name__ == "__main__"``: servers import


def check(facts: Facts) -> Iterator[Match]:
    """Yield reload switches that are on."""
    for setting in facts.of("debug.reload"):
        if setting.value is True:
            yield Match(
                setting,
                "the server reloads itself when files change, which is for development only",
                severities=_SCRIPT if setting.service == "script" else None,
                fix=switch(setting, to=False, title="Switch reloading off", safe=True),
            )


RULE = Rule(
    code="DBG002",
    name="reload-in-production",
    summary="the reloading development server runs the service",
    severities=Severities("medium", "low"),
    applies_to=("debug.reload",),
    owasp=("API8:2023",),
    cwe=(489,),
    asvs=("13.4.2",),
    explanation="""\
`--reload` watches the source tree and restarts on every change: one worker only, requests lost
at each restart, and whoever can write a file changes the running code.

Start the production service without it. A `uvicorn.run(..., reload=True)` belongs into a
command that only developers call.""",
    bad=(
        Example(
            {
                "Dockerfile": (
                    "FROM python:3.13-slim\nUSER app\n"
                    'CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--reload"]\n'
                )
            }
        ),
        Example({"hypercorn.toml": 'bind = "0.0.0.0:8000"\nuse_reloader = true\n'}),
    ),
    good=(
        Example(
            {
                "Dockerfile": (
                    "FROM python:3.13-slim\nUSER app\n"
                    'CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0"]\n'
                )
            }
        ),
    ),
    check=check,
)
