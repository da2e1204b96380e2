"""AUTH006: tokens are believed without checking their signature."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities

_READ = Severities("high", "medium", "low")  # something in front may have verified them


def check(facts: Facts) -> Iterator[Match]:
    """Yield verification that is off."""
    for setting in facts.of("token.verify"):
        if setting.value is False:
            yield Match(
                setting,
                "tokens are believed without checking their signature",
                severities=_READ if setting.service == "reading" else None,
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
                    "from jose import jwt\n\n\n"
                    "def user_of(token: str) -> str:\n"
                    '    return jwt.get_unverified_claims(token)["sub"]\n'
                )
            }
        ),
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
                    "def issuer_of(token: str) -> str:\n"
                    '    return jwt.decode(token, options={"verify_signature": False})["iss"]\n\n\n'
                    "def read(token: str, keys: dict[str, str]) -> dict[str, object]:\n"
                    "    key = keys[issuer_of(token)]\n"
                    '    return jwt.decode(token, key, algorithms=["RS256"], audience="api")\n'
                )
            }
        ),
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
