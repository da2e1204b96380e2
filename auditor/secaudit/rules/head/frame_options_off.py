"""HEAD003: other sites may put the service into a frame."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield frame options that are empty or allow everyone."""
    if any(seen.detail.get("what") == "header.frame" for seen in facts.seen("mitigation")):
        return
    for setting in facts.of("header.frame"):
        if str(setting.value or "").upper() in {"", "ALLOWALL", "ALLOW-FROM *", "FALSE"}:
            yield Match(setting, f"{setting.name} lets every site put this one into a frame")


RULE = Rule(
    code="HEAD003",
    name="frame-options-off",
    summary="every site may put the service's pages into a frame",
    severities=Severities("low", "info"),
    applies_to=("header.frame",),
    owasp=("API8:2023",),
    cwe=(1021,),
    asvs=("3.4.6",),
    explanation="""\
A page in an invisible frame can be made to receive the visitor's clicks.

Send `X-Frame-Options: DENY`, and `frame-ancestors 'none'` in the content security policy.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\nX_FRAME_OPTIONS = 'ALLOWALL'\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\nX_FRAME_OPTIONS = 'DENY'\n"
                )
            }
        ),
    ),
    check=check,
)
