"""AUTH007: tokens made for other services are accepted."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities, is_absent


def check(facts: Facts) -> Iterator[Match]:
    """Yield audience checks that were switched off."""
    for setting in facts.of("token.audience"):
        if not setting.value and not is_absent(setting):
            yield Match(setting, "tokens made for other services are accepted here")


RULE = Rule(
    code="AUTH007",
    name="audience-unchecked",
    summary="the audience of tokens is not checked",
    severities=Severities("low", "info"),
    applies_to=("token.audience",),
    owasp=("API2:2023",),
    cwe=(287,),
    asvs=("9.2.3",),
    explanation="""\
Where several services share an issuer, a token for the least of them works at all of them
unless each checks `aud`.

Issue tokens with an audience and pass `audience=` when reading them.""",
    bad=(
        Example(
            {
                "tokens.py": (
                    "import jwt\n\n\n"
                    "def read(token: str, key: str) -> dict[str, object]:\n"
                    "    return jwt.decode(\n"
                    '        token, key, algorithms=["RS256"], options={"verify_aud": False}\n'
                    "    )\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "tokens.py": (
                    "import jwt\n\n\n"
                    "def read(token: str, key: str) -> dict[str, object]:\n"
                    '    return jwt.decode(token, key, algorithms=["RS256"], audience="api")\n'
                )
            }
        ),
    ),
    check=check,
)
