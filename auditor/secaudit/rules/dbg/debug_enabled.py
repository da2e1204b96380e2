"""DBG001: debug mode is on."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities

_WITH_DEBUGGER: Final = frozenset({"django", "flask"})
_TRACEBACKS: Final = Severities("high", "high")


def check(facts: Facts) -> Iterator[Match]:
    """Yield debug switches that are on; critical where the framework's debug page shows secrets."""
    for setting in facts.of("debug.enabled"):
        if setting.value is True or (isinstance(setting.value, int) and setting.value > 0):
            yield Match(
                setting,
                f"{setting.name} is on: errors show code, settings and requests to clients",
                severities=None if setting.service in _WITH_DEBUGGER else _TRACEBACKS,
                fix=switch(setting, to=False, title="Switch debug mode off", safe=True),
            )


RULE = Rule(
    code="DBG001",
    name="debug-enabled",
    summary="debug mode is on",
    severities=Severities("critical", "high"),
    applies_to=("debug.enabled",),
    owasp=("API8:2023",),
    cwe=(489, 215),
    asvs=("13.4.2", "16.5.1"),
    explanation="""\
In debug mode an error answers with the traceback, local variables and, in Django, most
settings. Flask's debugger runs Python for whoever opens it.

Let debug mode be off by default and switch it on by a variable in development only. Mind the
default's type: `bool(os.getenv("DEBUG", "False"))` is true.""",
    bad=(
        Example({"settings.py": "DEBUG = True\nALLOWED_HOSTS = []\n"}),
        Example({".env": "DEBUG=true\n"}),
    ),
    good=(
        Example({"settings.py": "DEBUG = False\nALLOWED_HOSTS = []\n"}),
        Example({".env": "DEBUG=true\n"}, ("--profile", "development")),
    ),
    check=check,
)
