"""SEC001: a placeholder is what signs or encrypts."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.secrets import KEYS, is_marked_insecure, is_placeholder
from secaudit.judgement.values import generate, is_of_object_store, texts_of
from secaudit.rule import Example, Match, Rule, Severities

_FORGED = Severities("high", "medium")  # whoever guesses it can send what the provider would
_ISSUED = Severities("low", "info")  # the provider refuses it


def check(facts: Facts) -> Iterator[Match]:
    """Yield keys, and secrets of providers, whose effective value is a placeholder."""
    for setting, text in texts_of(facts, *KEYS):
        if is_placeholder(text) and not is_marked_insecure(text):
            yield Match(
                setting,
                f"{setting.name} is a placeholder that anybody can guess",
                fix=generate(setting, "Write a freshly generated secret"),
            )
    for setting, text in texts_of(facts, "provider.secret"):
        name = setting.name.lower()
        is_id = name.endswith("access_key") and "secret" not in name
        if is_placeholder(text) and not is_id and not is_of_object_store(setting):  # else CRED001
            forged = "webhook" in name
            yield Match(
                setting,
                f"{setting.name} is a placeholder instead of what the provider issued",
                severities=_FORGED if forged else _ISSUED,
            )


RULE = Rule(
    code="SEC001",
    name="placeholder-secret",
    summary="a placeholder or a guessable word signs tokens, sessions or cookies",
    severities=Severities("critical", "high", "info"),
    applies_to=(*KEYS, "provider.secret"),
    owasp=("API8:2023", "API2:2023"),
    cwe=(798, 1188),
    asvs=("13.3.1",),
    explanation="""\
The value that will sign tokens, sessions or cookies is a text such as `change-me`, `<your key>`
or `secret`. Whoever guesses it can sign a token for any user, administrators included.

The same goes for the secret by which a provider signs its webhooks. Where a provider compares the
secret itself, a placeholder only means that the feature cannot work, and the finding is low.

Give each deployment its own random secret through the environment, for example the output of
`python -c "import secrets; print(secrets.token_urlsafe(48))"`, and give the setting no default,
so that a deployment without the secret does not start.""",
    bad=(
        Example({".env": "SECRET_KEY=change-me-to-a-random-secret-string-at-least-32-chars\n"}),
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    secret_key: str = "changeme"\n'
                )
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env")\n'
                    "    signing_keys: list[str]\n"
                ),
                ".env": 'SIGNING_KEYS=["Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i", "changeme"]\n',
            }
        ),
    ),
    good=(
        Example({".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"}),
        Example({".env.example": "SECRET_KEY=change-me\n"}, ("--profile", "auto")),
    ),
    check=check,
)
