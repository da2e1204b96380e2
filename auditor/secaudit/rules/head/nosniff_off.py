"""HEAD002: browsers may guess content types."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield switches that leave out ``X-Content-Type-Options``."""
    if any(seen.detail.get("what") == "header.nosniff" for seen in facts.seen("mitigation")):
        return
    for setting in facts.of("header.nosniff"):
        if setting.value is False:
            yield Match(
                setting,
                f"{setting.name} is off: browsers may read data as a page or a script",
                fix=switch(setting, to=True, title="Send X-Content-Type-Options: nosniff"),
            )


RULE = Rule(
    code="HEAD002",
    name="nosniff-off",
    summary="X-Content-Type-Options: nosniff is not sent",
    severities=Severities("low", "info"),
    applies_to=("header.nosniff",),
    owasp=("API8:2023",),
    cwe=(430, 693),
    asvs=("3.4.4",),
    explanation="""\
A browser that guesses types may run an uploaded file or a JSON answer as a script of the
service's own origin.

Send the header with every answer; Django does unless `SECURE_CONTENT_TYPE_NOSNIFF` is off.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "SECURE_CONTENT_TYPE_NOSNIFF = False\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "SECURE_CONTENT_TYPE_NOSNIFF = True\n"
                )
            }
        ),
    ),
    check=check,
)
