"""DBG005: every SQL statement is logged with its parameters."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield engines and switches that echo statements; SQLAlchemy also takes ``"debug"``."""
    for setting in facts.of("debug.sql_echo"):
        if setting.value is True or setting.value == "debug":
            yield Match(
                setting,
                "every SQL statement is logged with its parameters",
                fix=switch(setting, to=False, title="Switch SQL echo off", safe=True),
            )


RULE = Rule(
    code="DBG005",
    name="sql-echo",
    summary="SQL statements are logged with their parameters",
    severities=Severities("low", "info"),
    applies_to=("debug.sql_echo",),
    owasp=("API8:2023",),
    cwe=(532,),
    asvs=("16.2.5",),
    explanation="""\
`echo=True` writes statements and their parameters to the log: password hashes, tokens, personal
data.

Switch it on by a variable in development only.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "from sqlalchemy import create_engine\n\n"
                    'engine = create_engine("sqlite:///app.db", echo=True)\n'
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "from sqlalchemy import create_engine\n\n"
                    'engine = create_engine("sqlite:///app.db")\n'
                )
            }
        ),
    ),
    check=check,
)
