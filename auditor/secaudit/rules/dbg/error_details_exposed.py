"""DBG004: error details reach clients."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield switches that show error details to clients."""
    for setting in facts.of("debug.errors"):
        if setting.value is True:
            yield Match(
                setting,
                f"{setting.name} shows error details to clients",
                fix=switch(setting, to=False, title="Hide error details", safe=True),
            )


RULE = Rule(
    code="DBG004",
    name="error-details-exposed",
    summary="tracebacks or exception texts are sent to clients",
    severities=Severities("medium", "low"),
    applies_to=("debug.errors",),
    owasp=("API8:2023",),
    cwe=(209,),
    asvs=("16.5.1",),
    explanation="""\
Exception texts name files, tables, hosts and versions, and sometimes contain the values that
caused them.

Answer with a general message and an identifier, and log the details under that identifier.""",
    bad=(
        Example({".env": "SHOW_ERROR_DETAILS=true\n"}),
        Example(
            {
                "app.py": (
                    "import traceback\n\n"
                    "from fastapi import FastAPI, Request\n"
                    "from fastapi.responses import JSONResponse\n\n"
                    "app = FastAPI()\n\n\n"
                    "@app.exception_handler(Exception)\n"
                    "async def failed(request: Request, exc: Exception) -> JSONResponse:\n"
                    '    return JSONResponse({"trace": traceback.format_exc()}, 500)\n'
                )
            }
        ),
    ),
    good=(Example({".env": "SHOW_ERROR_DETAILS=false\n"}),),
    check=check,
)
