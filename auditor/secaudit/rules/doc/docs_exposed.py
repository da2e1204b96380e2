"""DOC001: interactive documentation is served to everyone."""

from collections.abc import Iterator

from secaudit.facts import Facts, Unknown
from secaudit.judgement.values import is_given
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield documentation pages that are served; without an OpenAPI document there is none.

    Where the application's own pages are off, a switch that was given says whether others, such
    as routes that it adds itself, are on.
    """
    switches = facts.of("docs.enabled")
    if any(switch.value is False for switch in switches):
        return  # DOC003 tells more
    pages = list(_pages(facts))
    yield from pages
    for switch in [] if pages else switches:
        if switch.value is True and is_given(switch):
            yield Match(
                switch, f"{switch.name} switches the API's documentation on", confidence="medium"
            )


def _pages(facts: Facts) -> Iterator[Match]:
    for setting in facts.of("docs.url"):
        document = facts.beside(setting, "docs.openapi")
        if document is not None and (isinstance(document.value, Unknown) or not document.value):
            continue
        redoc = facts.beside(setting, "docs.redoc")
        if setting.value:
            yield Match(setting, f"the API's documentation is open at {setting.value}")
        elif redoc is not None and redoc.value and not isinstance(redoc.value, Unknown):
            yield Match(redoc, f"the API's documentation is open at {redoc.value}")


RULE = Rule(
    code="DOC001",
    name="docs-exposed",
    summary="interactive API documentation is open to everyone",
    severities=Severities("info", "info"),
    applies_to=("docs.url", "docs.enabled"),
    owasp=("API9:2023", "API8:2023"),
    cwe=(200,),
    asvs=("13.4.5",),
    explanation="""\
FastAPI serves `/docs`, `/redoc` and `/openapi.json` unless told otherwise: every route,
parameter and model, also the internal ones. That is right for a public API and a gift for
everyone else.

If the API is not public, pass `openapi_url=None`, which closes all three.""",
    bad=(
        Example(
            {"main.py": "from fastapi import FastAPI\n\napp = FastAPI(docs_url=None)\n"},
        ),
        Example({"main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n"}),
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n    docs_enabled: bool = False\n"
                ),
                ".env": "DOCS_ENABLED=true\n",
            },
            ("--profile", "production"),
        ),
    ),
    good=(
        Example({".env": "DOCS_ENABLED=false\n"}),
        Example({"main.py": "from fastapi import FastAPI\n\napp = FastAPI(openapi_url=None)\n"}),
    ),
    check=check,
)
