"""DOC002: the documentation pages are closed, the document they show is not."""

from collections.abc import Iterator

from secaudit.facts import Facts, Unknown
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield open OpenAPI documents beside pages that were closed on purpose."""
    for setting in facts.of("docs.openapi"):
        pages = [facts.beside(setting, name) for name in ("docs.url", "docs.redoc")]
        if any(page is None or isinstance(page.value, Unknown) or page.value for page in pages):
            continue
        if setting.value:
            yield Match(
                setting,
                f"the documentation pages are off, but {setting.value} still lists every route",
            )


RULE = Rule(
    code="DOC002",
    name="docs-half-closed",
    summary="documentation pages are off while the OpenAPI document stays open",
    severities=Severities("medium", "low"),
    applies_to=("docs.openapi",),
    owasp=("API9:2023", "API8:2023"),
    cwe=(200, 1059),
    asvs=("13.4.5",),
    explanation="""\
With `docs_url=None, redoc_url=None` the pages answer 404 and `/openapi.json` answers 200 with
everything they would have shown. Somebody meant to close the documentation and did not.

Pass `openapi_url=None`: it closes the pages as well.""",
    bad=(
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n\napp = FastAPI(docs_url=None, redoc_url=None)\n"
                )
            }
        ),
    ),
    good=(
        Example({"main.py": "from fastapi import FastAPI\n\napp = FastAPI(openapi_url=None)\n"}),
    ),
    check=check,
)
