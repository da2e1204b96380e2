"""CORS004: the list of origins is one text, and parts of it are allowed."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield Starlette policies whose origins are a plain string with an address in it."""
    for setting in facts.of("cors.origins"):
        if setting.service != "starlette" or not isinstance(setting.value, str):
            continue
        if "://" in setting.value:
            yield Match(
                setting,
                "the allowed origins are one text, so that every part of it is an allowed origin",
            )


RULE = Rule(
    code="CORS004",
    name="origins-as-string",
    summary="allowed origins are passed as one text and matched as a substring",
    severities=Severities("high", "high", "medium"),
    applies_to=("cors.origins",),
    owasp=("API8:2023",),
    cwe=(942, 697),
    asvs=("3.4.2",),
    explanation="""\
Starlette asks `origin in allow_origins`. For a list that means equality with an element, for a
text it means being a part of it: `allow_origins="https://app.example.com"` also allows the
origin `https://app.example.co`, which somebody else can register.

Pass a list: split the text at its commas, or declare the setting as `list[str]`.""",
    bad=(
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    "app = FastAPI(openapi_url=None)\n"
                    'app.add_middleware(CORSMiddleware, allow_origins="https://app.acme.io")\n'
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
                    "app.add_middleware(\n"
                    '    CORSMiddleware, allow_origins="https://app.acme.io".split(",")\n)\n'
                )
            }
        ),
    ),
    check=check,
)
