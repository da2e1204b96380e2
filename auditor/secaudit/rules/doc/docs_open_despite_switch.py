"""DOC003: the switch for documentation is off and the documentation is open."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield documentation that is open although the code's own switch says off."""
    off = [setting for setting in facts.of("docs.enabled") if setting.value is False]
    if not off:
        return
    for setting in facts.of("docs.openapi"):
        page = facts.beside(setting, "docs.url")
        if setting.value and (page is None or page.value):
            yield Match(
                setting,
                f"{off[0].name} is off and the documentation open: the test is inverted or unused",
                related=(off[0].location,),
            )


RULE = Rule(
    code="DOC003",
    name="docs-open-despite-switch",
    summary="the switch for documentation is off, the documentation is open",
    severities=Severities("medium", "low"),
    applies_to=("docs.enabled",),
    owasp=("API9:2023", "API8:2023"),
    cwe=(670, 200),
    asvs=("13.4.5",),
    explanation="""\
The settings have a switch for documentation and it is off, yet the application will serve it:
the condition is inverted (`if enable_docs: openapi_url = None`) or the switch is never used.

Write `openapi_url="/openapi.json" if settings.enable_docs else None`.""",
    bad=(
        Example(
            {
                "main.py": (
                    "import os\n\nfrom fastapi import FastAPI\n\n"
                    'ENABLE_DOCS = os.getenv("ENABLE_DOCS", "false") == "true"\n'
                    'app = FastAPI(openapi_url=None if ENABLE_DOCS else "/openapi.json")\n'
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "main.py": (
                    "import os\n\nfrom fastapi import FastAPI\n\n"
                    'ENABLE_DOCS = os.getenv("ENABLE_DOCS", "false") == "true"\n'
                    'app = FastAPI(openapi_url="/openapi.json" if ENABLE_DOCS else None)\n'
                )
            }
        ),
    ),
    check=check,
)
