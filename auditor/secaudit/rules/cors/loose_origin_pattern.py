"""CORS005: the pattern of origins matches strangers."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list, looseness_of, matches_any
from secaudit.rule import Example, Match, Rule, Severities

_AT_THE_START: Final = frozenset(("flask", "django"))  # match; Starlette and Litestar: fullmatch


def check(facts: Facts) -> Iterator[Match]:
    """Yield patterns without an end, with an open dot, or glued to any text."""
    for setting in facts.of("cors.regex"):
        for pattern in as_list(setting.value):
            if not pattern or matches_any(pattern):
                continue
            how = looseness_of(pattern, anchored=setting.service not in _AT_THE_START)
            if how:
                yield Match(setting, f"the pattern of origins {how}")
                break


RULE = Rule(
    code="CORS005",
    name="loose-origin-pattern",
    summary="the pattern of allowed origins also matches hosts of strangers",
    severities=Severities("high", "medium", "low"),
    applies_to=("cors.regex",),
    owasp=("API8:2023",),
    cwe=(942, 625, 777),
    asvs=("3.4.2",),
    explanation="""\
`https://.*acme\\.io` matches `https://evil-acme.io`, an unescaped dot matches any letter
(`appXacme.io`), and where the library does not match the whole origin (Flask-Cors,
django-cors-headers) a pattern without `$` also matches `https://app.acme.io.evil.example`.

List the origins; where subdomains vary, write `https://[a-z0-9-]+\\.acme\\.io$`.""",
    bad=(
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    "app = FastAPI(openapi_url=None)\n"
                    "app.add_middleware(\n    CORSMiddleware,\n"
                    '    allow_origin_regex=r"https://.*acme\\.io",\n)\n'
                )
            }
        ),
    ),
    good=(
        Example({"config.toml": '[app]\ncors_origin_regex = ""\n'}),
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    "app = FastAPI(openapi_url=None)\n"
                    "app.add_middleware(\n    CORSMiddleware,\n"
                    '    allow_origin_regex=r"https://[a-z0-9-]+\\.acme\\.io",\n)\n'
                )
            }
        ),
    ),
    check=check,
)
