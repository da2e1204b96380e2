"""CORS003: the origin "null" is allowed."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield lists of origins that contain the text ``null``."""
    for setting in facts.of("cors.origins"):
        if "null" in as_list(setting.value):
            subject = setting.at(lambda origin: origin == "null")
            yield Match(subject, "the origin `null` is allowed, and any page can send it")


RULE = Rule(
    code="CORS003",
    name="null-origin",
    summary='the origin "null" is allowed',
    severities=Severities("high", "medium", "low"),
    applies_to=("cors.origins",),
    owasp=("API8:2023",),
    cwe=(942, 346),
    asvs=("3.4.2",),
    explanation="""\
Browsers send `Origin: null` for local files, redirects and sandboxed frames, and any site can
open a sandboxed frame. Allowing `null` allows everyone.

Remove it. For tests from a local file, serve the file from a local web server.""",
    bad=(
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    "app = FastAPI(openapi_url=None)\n"
                    "app.add_middleware(\n    CORSMiddleware,\n"
                    '    allow_origins=["https://app.acme.io", "null"],\n)\n'
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
                    'app.add_middleware(CORSMiddleware, allow_origins=["https://app.acme.io"])\n'
                )
            }
        ),
    ),
    check=check,
)
