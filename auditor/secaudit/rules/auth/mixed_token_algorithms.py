"""AUTH005: symmetric and asymmetric algorithms are accepted together."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield lists of accepted algorithms that mix both kinds."""
    for setting in facts.of("token.algorithms"):
        names = {name.strip().upper() for name in as_list(setting.value)}
        symmetric = any(name.startswith("HS") for name in names)
        asymmetric = any(name.startswith(("RS", "ES", "PS", "ED")) for name in names)
        if symmetric and asymmetric:
            yield Match(setting, "symmetric and asymmetric algorithms are accepted together")


RULE = Rule(
    code="AUTH005",
    name="mixed-token-algorithms",
    summary="HMAC and public-key algorithms are accepted with the same key",
    severities=Severities("high", "high", "medium"),
    applies_to=("token.algorithms",),
    owasp=("API2:2023",),
    cwe=(347,),
    asvs=("9.1.2",),
    explanation="""\
A public key is public. Where HS256 is accepted beside RS256, an attacker signs a token with
HMAC and the public key's text as the secret, and a careless library accepts it.

Accept exactly one algorithm for a key.""",
    bad=(
        Example(
            {
                "tokens.py": (
                    "import jwt\n\n\n"
                    "def read(token: str, key: str) -> dict[str, object]:\n"
                    '    return jwt.decode(token, key, algorithms=["HS256", '
                    '"RS256"], audience="api")\n'
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
    references=("https://www.rfc-editor.org/rfc/rfc8725#section-3.1",),
)
