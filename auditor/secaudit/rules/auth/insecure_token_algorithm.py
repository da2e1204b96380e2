"""AUTH004: unsigned or weakly signed tokens are accepted."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list, is_wildcard
from secaudit.rule import Example, Match, Rule, Severities

_WEAK: Final = frozenset({"HS1", "RS1", "RSA1_5", "HS128", "MD5", "HMACMD5", "SHA1"})
_WEAKER: Final = Severities("medium", "medium", "low")


def check(facts: Facts) -> Iterator[Match]:
    """Yield algorithms that sign nothing, and those that sign weakly."""
    for setting in facts.of("token.algorithm", "token.algorithms"):
        names = {name.strip().upper() for name in as_list(setting.value)}
        if "NONE" in names:
            subject = setting.at(lambda name: name.strip().upper() == "NONE")
            yield Match(subject, "unsigned tokens are accepted: anybody can write one")
        elif "*" in names:
            subject = setting.at(is_wildcard)
            yield Match(subject, "the token itself says how it is signed", severities=_WEAKER)
        elif names & _WEAK:
            subject = setting.at(lambda name: name.strip().upper() in _WEAK)
            yield Match(subject, f"{min(names & _WEAK)} is a weak algorithm", severities=_WEAKER)


RULE = Rule(
    code="AUTH004",
    name="insecure-token-algorithm",
    summary="the token algorithm is none or a broken one",
    severities=Severities("critical", "critical", "high"),
    applies_to=("token.algorithm", "token.algorithms"),
    owasp=("API2:2023",),
    cwe=(347, 327),
    asvs=("9.1.2",),
    explanation="""\
The algorithm `none` means that there is no signature. A service that accepts it believes any
token.

The header of a token is written by whoever sends it. `algorithms=[header["alg"]]`, or python-jose's
`decode` without `algorithms`, leaves the choice to them.

Name the one algorithm you sign with: `HS256` with a key of 32 bytes, or `EdDSA` or `ES256`
where others verify.""",
    bad=(
        Example({".env": "JWT_ALGORITHM=none\n"}),
        Example(
            {
                "tokens.py": (
                    "import jwt\n\n\n"
                    "def read(token: str, key: str) -> dict[str, object]:\n"
                    "    header = jwt.get_unverified_header(token)\n"
                    '    return jwt.decode(token, key, algorithms=[header["alg"]], '
                    'audience="api")\n'
                )
            }
        ),
    ),
    good=(Example({".env": "JWT_ALGORITHM=HS256\n"}),),
    check=check,
    references=("https://www.rfc-editor.org/rfc/rfc8725#section-3.1",),
)
