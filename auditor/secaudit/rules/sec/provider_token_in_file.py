"""SEC009: a token that a provider issued stands in a file."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.provider_tokens import provider_of
from secaudit.judgement.secrets import text_of
from secaudit.judgement.values import is_env_file
from secaudit.rule import Example, Match, Rule, Severities

_PRIVATE: Final = Severities("info", "info", "info")


def check(facts: Facts) -> Iterator[Match]:
    """Yield provider tokens; in an env file that git does not track they are where they belong."""
    tracked = {seen.location.path for seen in facts.seen("file-tracked")}
    reported: set[tuple[object, ...]] = set()
    for setting in facts.settings:
        for candidate in setting.candidates:
            place, text = candidate.location, text_of(candidate.value)
            if place is None or text is None or not candidate.literal or place in reported:
                continue
            provider = provider_of(text)
            if provider:
                reported.add(place)
                own = is_env_file(place) or candidate.layer == "secrets-dir"
                private = own and place.path not in tracked
                yield Match(
                    setting,
                    f"{setting.name} is a token that {provider} issued",
                    severities=_PRIVATE if private else None,
                    location=place,
                )


RULE = Rule(
    code="SEC009",
    name="provider-token-in-file",
    summary="a token with the shape of a known provider's stands in code or a shared file",
    severities=Severities("high", "high", "high", "high", "high"),
    applies_to=(),
    owasp=("API8:2023",),
    cwe=(798, 540),
    asvs=("13.3.1",),
    explanation="""\
The text has the shape that AWS, GitHub, Stripe or another provider gives its tokens, and it
stands in code, a Compose file, an example or an env file that git tracks. Tokens in
repositories are found by machines within minutes.

Revoke the token at its provider, then read a new one from the environment. In an env file that
git does not track the finding is only information: that is where a token belongs.""",
    bad=(
        Example(
            {"settings.py": 'GITHUB_TOKEN = "ghp_' + 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA3"\n'}
        ),
    ),
    good=(
        Example({"settings.py": 'import os\n\nGITHUB_TOKEN = os.environ["GITHUB_TOKEN"]\n'}),
        Example({"settings.py": 'GITHUB_TOKEN = "ghp_' + "x" * 36 + '"\n'}),
    ),
    check=check,
)
