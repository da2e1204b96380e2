"""DBG006: the service logs at debug level."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield log levels below INFO."""
    for setting in facts.of("debug.log_level"):
        if str(setting.value).upper() in {"DEBUG", "TRACE", "NOTSET", "10"}:
            yield Match(setting, f"{setting.name} makes libraries log requests and headers")


RULE = Rule(
    code="DBG006",
    name="debug-logging",
    summary="the log level is DEBUG or below",
    severities=Severities("low", "info"),
    applies_to=("debug.log_level",),
    owasp=("API8:2023",),
    cwe=(532,),
    asvs=("16.2.5",),
    explanation="""\
At debug level HTTP clients, database drivers and frameworks log headers, bodies and parameters,
among them credentials.

Log at `INFO` or above in production.""",
    bad=(Example({".env": "LOG_LEVEL=DEBUG\n"}),),
    good=(
        Example({".env": "LOG_LEVEL=INFO\n"}),
        Example({".env": "LOG_LEVEL=DEBUG\n"}, ("--profile", "development")),
    ),
    check=check,
)
