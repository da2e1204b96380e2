"""COOKIE003: a cookie goes along with requests from other sites."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield cookies with ``SameSite=None``; a missing attribute means Lax in today's browsers."""
    for setting in facts.of("cookie.samesite"):
        if not isinstance(setting.value, str) or setting.value.lower() != "none":
            continue
        secure = facts.beside(setting, "cookie.secure")
        if secure is not None and secure.value is False:
            message = "SameSite=None without Secure: new browsers drop the cookie, old ones leak it"
        else:
            message = "the cookie goes along with requests that other sites cause"
        yield Match(setting, message)


RULE = Rule(
    code="COOKIE003",
    name="cross-site-cookie",
    summary="a cookie is sent with SameSite=None",
    severities=Severities("medium", "low"),
    applies_to=("cookie.samesite",),
    owasp=("API2:2023", "API8:2023"),
    cwe=(1275, 352),
    asvs=("3.3.2",),
    explanation="""\
With `SameSite=None` the browser adds the cookie to requests from every other site, so CSRF
tokens and a strict CORS policy are the only defence left. Without `Secure` browsers refuse such
a cookie.

Use `Lax`, or `Strict` where nobody arrives by a link. If the front end lives on another site
and must send the cookie, suppress the finding with that reason and check the CSRF protection.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "SESSION_COOKIE_SAMESITE = 'None'\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "SESSION_COOKIE_SAMESITE = 'Lax'\n"
                )
            }
        ),
    ),
    check=check,
)
