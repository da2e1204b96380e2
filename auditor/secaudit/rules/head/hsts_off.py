"""HEAD001: browsers are not told to insist on https."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities, is_absent


def check(facts: Facts) -> Iterator[Match]:
    """Yield HSTS lifetimes of zero; a short positive one is how HSTS is rolled out."""
    if any(seen.detail.get("what") == "header.hsts" for seen in facts.seen("mitigation")):
        return
    for setting in facts.of("header.hsts"):
        if not setting.value:
            how = "is not set" if is_absent(setting) else "is 0"
            yield Match(setting, f"{setting.name} {how}: browsers may use plain http")


RULE = Rule(
    code="HEAD001",
    name="hsts-off",
    summary="Strict-Transport-Security is not sent",
    severities=Severities("low", "info"),
    applies_to=("header.hsts",),
    owasp=("API8:2023",),
    cwe=(319, 523),
    asvs=("3.4.1",),
    explanation="""\
Without the header a browser uses plain http whenever a link, a bookmark or an attacker says so.

Send it with a lifetime of a year once https works everywhere; begin with a short one. If the
proxy sends it, suppress the finding with that reason.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\nSECURE_HSTS_SECONDS = 0\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "app.py": (
                    "from flask import Flask\nfrom flask_talisman import Talisman\n\n"
                    "app = Flask(__name__)\nTalisman(app, strict_transport_security=False)\n\n\n"
                    "@app.after_request\ndef harden(response):\n"
                    '    response.headers["Strict-Transport-Security"] = "max-age=31536000"\n'
                    "    return response\n"
                )
            }
        ),
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\nSECURE_HSTS_SECONDS = 60\n"
                )
            }
        ),
    ),
    check=check,
    references=("https://www.rfc-editor.org/rfc/rfc6797",),
)
