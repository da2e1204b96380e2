"""SEC004: an empty text signs."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.secrets import KEYS, is_empty
from secaudit.judgement.values import generate, texts_of
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield each signing or encryption key that is empty or the text of an absent value."""
    switches = {seen.subject for seen in facts.seen("emptiness-tested")}
    for setting, text in texts_of(facts, *KEYS):
        first = setting.candidates[0].layer if setting.candidates else ""
        left_open = first == "config-file" and not text.strip()  # no code says what it makes of it
        if is_empty(text) and not left_open and setting.name not in switches:
            what = "empty" if not text.strip() else "the text of an absent value"
            yield Match(
                setting,
                f"{setting.name} is {what}, and an attacker can sign with it as well",
                fix=generate(setting, "Write a freshly generated secret"),
            )


RULE = Rule(
    code="SEC004",
    name="empty-secret",
    summary='the signing or encryption key is empty, or the text "None"',
    severities=Severities("critical", "high", "low"),
    applies_to=KEYS,
    owasp=("API8:2023", "API2:2023"),
    cwe=(1188, 521),
    asvs=("13.3.1", "11.2.3"),
    explanation="""\
`os.getenv("SECRET_KEY", "")`, `str(os.getenv("SECRET_KEY"))` and Compose's bare `${SECRET_KEY}`
all give the program a text when the variable is missing: an empty one or `"None"`. A required
`secret_key: str` accepts both. HMAC works with an empty key, so tokens signed by anyone are
valid.

Require the variable and a length: `os.environ["SECRET_KEY"]`, `Field(min_length=32)`,
`${SECRET_KEY:?}` in Compose.""",
    bad=(
        Example({"settings.py": 'import os\n\nJWT_SECRET_KEY = os.getenv("JWT_SECRET_KEY", "")\n'}),
        Example({"settings.py": 'import os\n\nSECRET_KEY = str(os.getenv("SECRET_KEY", None))\n'}),
    ),
    good=(
        Example({"settings.py": 'import os\n\nJWT_SECRET_KEY = os.environ["JWT_SECRET_KEY"]\n'}),
        Example({"config/app.ini": "[server]\nsecret_key =\n"}),
    ),
    check=check,
)
