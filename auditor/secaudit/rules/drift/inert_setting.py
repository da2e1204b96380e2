"""DRIFT008: a security setting is written and nothing makes use of it."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield settings whose middleware is not installed."""
    for seen in facts.seen("setting-inert"):
        yield Match(seen, f"{seen.detail['name']} has no effect: {seen.detail['reason']}")


RULE = Rule(
    code="DRIFT008",
    name="inert-setting",
    summary="a security setting is written, but the middleware that reads it is not installed",
    severities=Severities("low", "low", "info"),
    applies_to=("setting-inert",),
    owasp=("API8:2023",),
    cwe=(1188,),
    asvs=("13.4.6",),
    explanation="""\
Django's `SECURE_...` settings and `X_FRAME_OPTIONS` are read by middleware, and so are those of
django-cors-headers. Without it nothing happens, and no error says so: the redirect, the header
or the policy that stands in the settings is not there. Settings of CORS do as little in a FastAPI
or Flask application that installs nothing for them.

Install the middleware, or remove the setting.""",
    bad=(
        Example(
            {
                "settings.py": (
                    'ROOT_URLCONF = "urls"\n'
                    'MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]\n'
                    "SECURE_HSTS_SECONDS = 31536000\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    'ROOT_URLCONF = "urls"\n'
                    'MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\n'
                    "SECURE_HSTS_SECONDS = 31536000\n"
                )
            }
        ),
        Example(
            {
                "settings.py": (
                    "from shared import MIDDLEWARE\n\n"
                    'ROOT_URLCONF = "urls"\n'
                    "SECURE_HSTS_SECONDS = 31536000\n"
                )
            }
        ),
    ),
    check=check,
    references=("https://docs.djangoproject.com/en/stable/ref/middleware/",),
)
