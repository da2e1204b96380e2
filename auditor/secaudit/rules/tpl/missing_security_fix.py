"""TPL001: the project follows a template version that a published fix has left behind."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield each advisory that the project lacks, with the severity of the advisory."""
    for seen in facts.seen("advisory-lacking"):
        detail = seen.detail
        action = f"; then: {detail['action']}" if detail["action"] else ""
        yield Match(
            seen,
            f"{detail['title']} Fixed in {detail['fixed']}, this project follows "
            f"{detail['installed']}. The update changes {detail['changes']}{action}",
            severity=detail["severity"],
        )


RULE = Rule(
    code="TPL001",
    name="missing-security-fix",
    summary="the project lacks a security fix that its template has published",
    severities=Severities("high", "high", "high", "high", "high"),
    applies_to=("advisory-lacking",),
    owasp=("API8:2023",),
    cwe=(1104,),
    explanation="""\
The template was repaired after this project was generated or last updated, and the repair is
public: so is the fault. The severity and the OWASP item are those of the advisory.

Run `copier update` on a branch, resolve what conflicts, run the tests, and do what the advisory
says besides.""",
    bad=(),
    good=(Example({".env": "APP_ENVIRONMENT=production\n"}),),
    check=check,
)
