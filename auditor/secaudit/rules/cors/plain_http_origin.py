"""CORS006: a plain-text site is an allowed origin."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list, is_plain_http
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield lists of origins with an ``http:`` site of another machine."""
    for setting in facts.of("cors.origins", "csrf.origins"):
        plain = [origin for origin in as_list(setting.value) if is_plain_http(origin)]
        if plain:
            told = f"{plain[0]} is allowed, and whoever is on its path can act as it"
            yield Match(setting.at(is_plain_http), told)


RULE = Rule(
    code="CORS006",
    name="plain-http-origin",
    summary="an origin without TLS is allowed",
    severities=Severities("low", "info"),
    applies_to=("cors.origins", "csrf.origins"),
    owasp=("API8:2023",),
    cwe=(319, 942),
    asvs=("3.4.2", "12.2.1"),
    explanation="""\
A page loaded over plain http can be changed by anyone on the way, in a café as at a provider.
Such a changed page calls the API as an allowed origin, or posts forms as a trusted one.

Serve the front end over https and allow that origin.""",
    bad=(
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    "app = FastAPI(openapi_url=None)\n"
                    'app.add_middleware(CORSMiddleware, allow_origins=["http://app.acme.io"])\n'
                )
            }
        ),
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['acme.io']\n"
                    "MIDDLEWARE = ['django.middleware.csrf.CsrfViewMiddleware']\n"
                    "CSRF_TRUSTED_ORIGINS = ['http://*.acme.io']\n"
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
