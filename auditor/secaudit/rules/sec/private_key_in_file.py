"""SEC010: a private key stands in a file."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.secrets import is_private_key, text_of
from secaudit.judgement.values import is_env_file
from secaudit.rule import Example, Match, Rule, Severities

_PRIVATE: Final = Severities("info", "info", "info")


def check(facts: Facts) -> Iterator[Match]:
    """Yield PEM private keys in files; an env file that git does not track may hold one."""
    tracked = {seen.location.path for seen in facts.seen("file-tracked")}
    for setting in facts.settings:
        for candidate in setting.candidates[:1]:
            if candidate.literal and is_private_key(text_of(candidate.value) or ""):
                place = candidate.location
                if candidate.layer == "secrets-dir":
                    continue  # a file of its own is where a key belongs, unless git has it: SEC017
                private = place is not None and place.path not in tracked
                in_env_file = place is not None and is_env_file(place)
                yield Match(
                    setting,
                    f"{setting.name} is a private key written into this file",
                    severities=_PRIVATE if private and in_env_file else None,
                )


RULE = Rule(
    code="SEC010",
    name="private-key-in-file",
    summary="a PEM private key stands in code or configuration",
    severities=Severities("high", "high", "medium", "medium"),
    applies_to=(),
    owasp=("API8:2023",),
    cwe=(321, 798),
    asvs=("13.3.1",),
    explanation="""\
A private key in code or configuration is copied with every clone, image and backup. Whoever has
it can sign tokens or impersonate the server, and nothing shows it.

Keep the key in a file or secret store that only the running service can read, pass its path,
and replace the key that was exposed.""",
    bad=(
        Example(
            {
                "settings.py": (
                    'JWT_PRIVATE_KEY = """-----BEGIN PRIVATE KEY-----\n'
                    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgV5p0b2k9c1d3e4f5\n"
                    '-----END PRIVATE KEY-----"""\n'
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "import os\nfrom pathlib import Path\n\n"
                    'JWT_PRIVATE_KEY = Path(os.environ["JWT_KEY_PATH"]).read_text()\n'
                )
            }
        ),
    ),
    check=check,
)
