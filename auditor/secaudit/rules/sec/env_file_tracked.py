"""SEC017: git tracks an env file, a mounted file or a key file that holds secrets."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import secrets_in
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield tracked files in which a secret with a usable value stands."""
    for seen in facts.seen("file-tracked"):
        secrets = secrets_in(seen.location.path, facts)
        if secrets:
            names = ", ".join([*secrets][:3])
            place = next(iter(secrets.values()))
            yield Match(seen, f"git tracks this file, and {names} is in it", location=place)


RULE = Rule(
    code="SEC017",
    name="env-file-tracked-by-git",
    summary="an env file, a key that code opens or a file that Compose mounts is committed",
    severities=Severities("high", "medium", "low"),
    applies_to=("file-tracked",),
    owasp=("API8:2023",),
    cwe=(540, 538),
    asvs=("13.3.1",),
    explanation="""\
The file is part of the repository, so its secrets are in every clone and stay in the history
after the file is deleted.

Replace the secrets, `git rm --cached` the file, name it in `.gitignore`, and commit an example
without values instead.""",
    bad=(
        Example({".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"}, tracked=(".env",)),
        Example(
            {
                "compose.yaml": (
                    "services:\n  db:\n    image: postgres:18\n    environment:\n"
                    "      POSTGRES_PASSWORD_FILE: /run/secrets/db_password\n"
                    "    secrets: [db_password]\n"
                    "secrets:\n  db_password:\n    file: db_password.txt\n"
                ),
                "db_password.txt": "Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n",
            },
            tracked=("compose.yaml", "db_password.txt"),
        ),
        Example(
            {
                "tokens.py": (
                    "from pathlib import Path\n\nimport jwt\n\n"
                    'KEY = Path("keys/private.pem").read_text()\n\n\n'
                    "def sign(claims: dict[str, object]) -> str:\n"
                    '    return jwt.encode(claims, KEY, algorithm="RS256")\n'
                ),
                "keys/private.pem": (
                    "-----BEGIN PRIVATE KEY-----\n"
                    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgV5p0b2k9c1d3e4f5\n"
                    "-----END PRIVATE KEY-----\n"
                ),
            },
            tracked=("tokens.py", "keys/private.pem"),
        ),
    ),
    good=(
        Example({".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"}),
        Example({".env": "LOG_LEVEL=INFO\n"}, tracked=(".env",)),
    ),
    check=check,
)
