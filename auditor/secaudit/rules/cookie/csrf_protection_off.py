"""COOKIE004: cookies authenticate and nothing stops other sites from using them."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield CSRF protection that is off."""
    for setting in facts.of("csrf.enabled"):
        if setting.value is False:
            yield Match(
                setting,
                "cookies authenticate here, and no CSRF protection stops other sites' requests",
                fix=switch(setting, to=True, title="Switch CSRF protection on"),
            )


RULE = Rule(
    code="COOKIE004",
    name="csrf-protection-off",
    summary="CSRF protection is off where cookies authenticate",
    severities=Severities("high", "medium", "low"),
    applies_to=("csrf.enabled",),
    owasp=("API8:2023",),
    cwe=(352,),
    asvs=("3.5.1",),
    explanation="""\
The browser adds the cookie by itself, so a form on any other site can act as the visitor.

Keep the framework's protection on (`CsrfViewMiddleware`, `WTF_CSRF_ENABLED`,
`JWT_COOKIE_CSRF_PROTECT`). An API whose clients send their token in a header needs none and is
not reported.""",
    bad=(Example({"settings.py": "WTF_CSRF_ENABLED = False\n"}),),
    good=(Example({"settings.py": "WTF_CSRF_ENABLED = True\n"}),),
    check=check,
)
