"""CORS007: production allows pages of the visitor's own machine."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list, is_local
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield lists of origins with a localhost address."""
    for setting in facts.of("cors.origins"):
        local = [origin for origin in as_list(setting.value) if is_local(origin)]
        if local:
            yield Match(setting.at(is_local), f"{local[0]} is allowed in production")


RULE = Rule(
    code="CORS007",
    name="localhost-origin",
    summary="production allows an origin on localhost",
    severities=Severities("low", None),
    applies_to=("cors.origins",),
    owasp=("API8:2023",),
    cwe=(942, 489),
    asvs=("3.4.2",),
    explanation="""\
Any program on the visitor's machine that serves a page on that port, a development server with
a compromised package for example, can call the production API with the visitor's session.

Allow localhost in development only.""",
    bad=(
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    "app = FastAPI(openapi_url=None)\n"
                    'app.add_middleware(CORSMiddleware, allow_origins=["http://localhost:3000"])\n'
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    "app = FastAPI(openapi_url=None)\n"
                    'app.add_middleware(CORSMiddleware, allow_origins=["http://localhost:3000"])\n'
                )
            },
            ("--profile", "development"),
        ),
    ),
    check=check,
)
