"""SEC012: one secret serves two purposes."""

from collections.abc import Iterator

from secaudit.facts import Facts, Setting
from secaudit.judgement.secrets import KEYS, is_usable
from secaudit.judgement.values import texts_of, winner
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield the second of two differently named keys that were given the same usable value."""
    first: dict[str, Setting] = {}
    for setting, text in texts_of(facts, *KEYS):
        if not is_usable(text) or not _is_own(setting):
            continue
        earlier = first.setdefault(text, setting)
        if earlier is not setting and earlier.location != setting.location:
            yield Match(
                setting,
                f"{setting.name} and {earlier.name} are the same secret",
                related=(earlier.location,),
            )


def _is_own(setting: Setting) -> bool:
    """Return whether the value is written for this setting, not taken over from another."""
    candidate = winner(setting)
    return candidate is not None and candidate.literal and candidate.layer != "library-default"


RULE = Rule(
    code="SEC012",
    name="shared-secret-purpose",
    summary="two keys for different purposes have the same value",
    severities=Severities("low", "low"),
    applies_to=KEYS,
    owasp=("API8:2023",),
    cwe=(323,),
    asvs=("11.1.1",),
    explanation="""\
One value signs in two places, or signs and encrypts. A text made for one purpose may be
accepted for the other, a leak of one is a leak of both, and neither can be replaced alone.

Generate a value for each purpose.""",
    bad=(
        Example(
            {
                ".env": (
                    "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"
                    "ENCRYPTION_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                ".env": (
                    "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"
                    "ENCRYPTION_KEY=q3ZkT8wLr5Xn0cVb7YmJd2HgPs9UeKfA\n"
                )
            }
        ),
    ),
    check=check,
)
