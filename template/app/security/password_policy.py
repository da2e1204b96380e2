"""What a new password may not be: short, common, predictable, or the account's own words.

Any characters, no composition rules, no expiry (ASVS 6.2.5, 6.2.10; NIST SP 800-63B-4 3.1.1.2).
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final

MAX_LENGTH: Final = 128

_SEQUENCES: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "!@#$%^&*()",
)
_RUN: Final = 4
_SUBSTITUTES: Final = str.maketrans("013457@$!|", "oieastasil")
_BLOCK: Final = re.compile(r"(.{2,}?)\1+|(.)\2{2,}")
_AFFIX: Final = re.compile(r"^[\W\d_]{1,8}(?=[^\W\d_])|(?<=[^\W\d_])[\W\d_]{1,8}$")
_MIN_WORD: Final = 4


def password_faults(password: str, *, min_length: int, context: Iterable[str] = ()) -> list[str]:
    """Return why a password is refused, one sentence each; empty when it is accepted.

    Args:
        password: counted in code points and otherwise taken as it is.
        min_length: at least 8.
        context: words an attacker would try first: the address, the service's name (ASVS 6.2.11).
    """
    if len(password) < min_length:
        return [f"must have at least {min_length} characters"]
    if len(password) > MAX_LENGTH:
        return [f"must have at most {MAX_LENGTH} characters"]
    text = password.casefold()
    if _is_common(text):
        return ["is one of the most common passwords"]
    for word in sorted(_words(context), key=len, reverse=True):
        text = text.replace(word, "")
    condensed = _condensed(text)
    # What is long enough by itself may be said several times.
    short = len(condensed) < min_length and len(condensed) * 2 <= len(password)
    if short or _is_common(condensed):
        return ["is too predictable: words of the account, sequences and repetitions count little"]
    return []


def _words(context: Iterable[str]) -> set[str]:
    words = {text.casefold() for text in context}
    words |= {part for text in words for part in re.split(r"[\W_]+", text)}
    return {word for word in words if len(word) >= _MIN_WORD}


def _is_common(text: str) -> bool:
    plain = text.translate(_SUBSTITUTES)
    bases = {text, plain, _AFFIX.sub("", text), _AFFIX.sub("", text).translate(_SUBSTITUTES)}
    return not bases.isdisjoint(_common_passwords())


def _condensed(text: str) -> str:
    """Return the text with each sequence and each repetition shortened to its beginning."""
    kept, at = [], 0
    while at < len(text):
        length = _run_at(text, at)
        kept.append(text[at])
        at += max(length, 1)
    return _BLOCK.sub(lambda match: match[1] or match[2], "".join(kept))


def _run_at(text: str, at: int) -> int:
    """Return the length of the sequence that starts here, 0 when there is none."""
    length = 0
    for sequence in _directed():
        size = _RUN
        while at + size <= len(text) and text[at : at + size] in sequence:
            length = max(length, size)
            size += 1
    return length


@cache
def _directed() -> tuple[str, ...]:
    return _SEQUENCES + tuple(sequence[::-1] for sequence in _SEQUENCES)


@cache
def _common_passwords() -> frozenset[str]:
    text = (resources.files("app.security") / "common_passwords.txt").read_text("ascii")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))
