"""AUTH006: tokens are believed without checking their signature."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield verification that is off."""
    for setting in facts.of("token.verify"):
        if setting.value is False:
            yield Match(
                setting,
                "tokens are believed without checking their signature",
                fix=switch(setting, to=True, title="Verify signatures"),
            )


RULE = Rule(
    code="AUTH006",
    name="token-verification-off",
    summary="token signatures are not verified",
    severities=Severities("critical", "high", "medium"),
    applies_to=("token.verify",),
    owasp=("API2:2023",),
    cwe=(347,),
    asvs=("9.1.1",),
    explanation="""\
With `verify_signature: False` everybody can write a token that says who they are.

Verify each token with the expected algorithm and key. To read a claim before the key is known,
use `get_unverified_header` for the key's id and verify after that.""",
    bad=(
        Example(
            {
                "tokens.py": (
                    "import jwt\n\n\n"
                    "def read(token: str) -> dict[str, object]:\n"
                    '    return jwt.decode(token, options={"verify_signature": False})\n'
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
                    '    return jwt.decode(token, key, algorithms=["HS256"], audience="api")\n'
                )
            }
        ),
    ),
    check=check,
)
