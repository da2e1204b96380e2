"""SEC008: the key is shorter than its algorithm needs."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts, Setting, Unknown
from secaudit.judgement.secrets import is_usable
from secaudit.judgement.values import generate, texts_of
from secaudit.rule import Example, Match, Rule, Severities

# RFC 7518, section 3.2: a key of the size of the hash output or larger.
_NEEDED: Final = {"HS256": 32, "HS384": 48, "HS512": 64}
_GUESSABLE: Final = 16  # bytes; below 128 bits an offline search is thinkable (ASVS 11.2.3)
_SEVERE: Final = Severities("medium", "low")


def check(facts: Facts) -> Iterator[Match]:
    """Yield concrete signing keys with fewer bytes than the algorithm's hash."""
    for setting, text in texts_of(facts, "signing.secret"):
        needed = _NEEDED.get(_algorithm(facts, setting), _NEEDED["HS256"])
        length = len(text.encode())
        if length < needed and is_usable(text):
            yield Match(
                setting,
                f"{setting.name} has {length} bytes; its algorithm needs at least {needed}",
                severities=_SEVERE if length < _GUESSABLE else None,
                fix=generate(setting, "Write a freshly generated secret of full length"),
            )


def _algorithm(facts: Facts, secret: Setting) -> str:
    """Return the algorithm of the secret's own group, or the only one that is known."""
    own = facts.beside(secret, "token.algorithm") if secret.group else None
    if own is not None and not isinstance(own.value, Unknown):
        return str(own.value).upper()
    known = {str(setting.value).upper() for setting in facts.of("token.algorithm")}
    return known.pop() if len(known) == 1 else ""


RULE = Rule(
    code="SEC008",
    name="short-secret",
    summary="the signing key has fewer bytes than its algorithm needs",
    severities=Severities("low", "low"),
    applies_to=("signing.secret",),
    owasp=("API2:2023",),
    cwe=(326, 521),
    asvs=("11.2.3",),
    explanation="""\
A token shows everyone a text and its signature, so keys can be searched offline at the speed of
the attacker's hardware. RFC 7518 asks for a key as long as the hash: 32 bytes for HS256, 48 for
HS384, 64 for HS512. Below 16 bytes the finding is medium.

Generate a longer key: `python -c "import secrets; print(secrets.token_urlsafe(48))"`.""",
    bad=(Example({".env": "JWT_SECRET_KEY=k9Xw2LqZ7v\n"}),),
    good=(Example({".env": "JWT_SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"}),),
    check=check,
    references=("https://www.rfc-editor.org/rfc/rfc7518#section-3.2",),
)
