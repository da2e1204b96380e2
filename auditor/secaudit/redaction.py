"""What must never be shown, and what stands in its place.

Redaction errs towards hiding: a value under a secret concept or a name that looks secret, the
password inside a URL, whatever looks like a provider's token or a long random string.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from secaudit.facts import Facts, Setting, Unknown
from secaudit.location import Location
from secaudit.naming import SECRET_CONCEPTS, normalised, only_looks_secret, sounds_secret
from secaudit.patterns import lazy
from secaudit.provider_tokens import shapes_in
from secaudit.records import NamedTuple

_AMOUNTS: Final = frozenset({"max", "min", "num"})  # first words of names that count something
_SECRET_AFTER_ALL: Final = frozenset({"hash", "cookie"})  # no secrets to sign with, yet private
# The password of a URL: up to the last @, since an unescaped password may hold one itself.
_URL_PASSWORD: Final = lazy(
    r"(?P<keep>[A-Za-z][\w+.-]*://[^\s/:@\"'<>]*:)(?P<hide>[^\s\"'<>]+)(?=@)"
)
_NAMED: Final = lazy(
    r"(?P<keep>\b(?:password|passwd|pwd|token|access_token|api_key|secret|sig|signature)=)"
    r"(?P<hide>'[^']*'|\"[^\"]*\"|[^\s&;,\"'<>)]+)",
    re.IGNORECASE,
)
_NAME_ENDS: Final = (  # how the names of _NAMED end: texts without them need no search
    *("password=", "passwd=", "pwd=", "token=", "api_key=", "secret=", "sig=", "signature="),
)
_WORD: Final = lazy(r"[A-Za-z0-9+/_=.~!#$%^&*-]{16,}")
# The dotted name of a class: django.contrib.auth.hashers.MD5PasswordHasher.
_DOTTED: Final = lazy(r"[a-z_]+(?:\.[a-z_]+)+\.[A-Za-z]+\d{0,3}[A-Za-z]*")
_SHORTEST_KNOWN: Final = 8  # shorter secrets are hidden where they stand, not wherever they occur


def redacted(text: str) -> str:
    """Return what stands in the place of ``text``."""
    return f"<redacted: {len(text)} character{'' if len(text) == 1 else 's'}>"


def secret_name(name: str) -> bool:
    """Say whether a setting of unknown meaning sounds like a secret.

    ``TOKEN_URL`` and ``MAX_TOKENS`` do not: their values are hidden when they look secret
    themselves. A hash or a cookie may be one.
    """
    if not sounds_secret(name):
        return False
    words = normalised(name).split("_")
    if words[-1] in _SECRET_AFTER_ALL:
        return True
    return words[0] not in _AMOUNTS and not only_looks_secret("_".join(words))


def random_looking(text: str) -> bool:
    """Say whether a word looks drawn at random rather than written: no dictionary, no entropy.

    Hex of 32 digits or more is; so is a word of 20 characters or more that mixes letters and
    digits within its parts, or changes case all the time.
    """
    if re.fullmatch(r"[0-9a-fA-F]{32,}", text):
        return True
    if "." in text and _DOTTED.fullmatch(text):
        return False
    if len(text) < 16:  # noqa: PLR2004 - the shortest word worth a look
        return False
    parts = [part for part in re.split(r"[^A-Za-z0-9]+", text) if part]
    mixed = [part for part in parts if _mixed(part)]
    return sum(len(part) for part in mixed) >= 12  # noqa: PLR2004 - 60 bits of base 32


def _mixed(part: str) -> bool:
    """Say whether letters and digits or cases alternate more than in names such as HS256Key."""
    classes = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in part]
    changes = sum(
        1
        for before, after in pairwise(classes)
        if before != after and (before, after) != ("u", "l")
    )
    return changes * 6 >= len(part) > 3  # noqa: PLR2004 - a change within six characters


def patterns(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of ``text`` that look secret wherever they stand."""
    for shape in shapes_in(text):
        for match in shape.likely.finditer(text):
            yield match.span()
    for match in (*_url_passwords(text), *_named_secrets(text)):
        yield match.span("hide")
    for match in _WORD.finditer(text):
        if random_looking(match[0]):
            yield match.span()


def _url_passwords(text: str) -> Iterator[re.Match[str]]:
    return _URL_PASSWORD.finditer(text) if "://" in text else iter(())


def _named_secrets(text: str) -> Iterator[re.Match[str]]:
    lowered = text.lower()
    return _NAMED.finditer(text) if any(end in lowered for end in _NAME_ENDS) else iter(())


def hide(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return ``text`` with each of the spans, which may overlap, replaced by its length."""
    result, position = [], 0
    for start, end in merged(spans):
        result += [text[position:start], redacted(text[start:end])]
        position = end
    return "".join([*result, text[position:]])


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the non-empty spans in order, those that overlap joined."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


class Secrets(NamedTuple):
    """What one run knows to be secret."""

    spans: dict[tuple[str, int], tuple[Location, ...]]  # by path and line: where secrets stand
    values: dict[str, tuple[str, ...]]  # known secrets by their beginning, hidden wherever they are
    plain: frozenset[tuple[str, int]]  # lines whose setting is known and no secret
    names: frozenset[str]  # variables: looked up, so no secrets themselves

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return the spans of a free text that must be hidden."""
        return [*patterns(text), *self._known(text)]

    def _known(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where known secrets occur, in time that does not grow with their number."""
        if self.values:
            for start in range(len(text) - _SHORTEST_KNOWN + 1):
                for value in self.values.get(text[start : start + _SHORTEST_KNOWN], ()):
                    if text.startswith(value, start):
                        yield start, start + len(value)

    def text(self, text: str) -> str:
        """Return a message, a name or a path without secrets."""
        return hide(text, self.find(text))

    def value(self, setting: Setting) -> Any:  # noqa: ANN401 - any JSON value
        """Return the value that the program has for a setting as JSON data, without secrets."""
        return self._json(setting.program_value, is_secret(setting))

    def _json(self, value: Any, secret: bool) -> Any:  # noqa: ANN401, FBT001, PLR0911 - by type
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, Unknown):
            return None
        if isinstance(value, dict):
            return {
                self.text(str(key)): self._json(item, secret or secret_name(str(key)))
                for key, item in value.items()
            }
        if isinstance(value, set | frozenset):
            return sorted((self._json(item, secret) for item in value), key=repr)
        if isinstance(value, list | tuple):
            return [self._json(item, secret) for item in value]
        if isinstance(value, timedelta):
            seconds = value.total_seconds()
            return int(seconds) if seconds.is_integer() else seconds
        if isinstance(value, int | float) and not secret:
            return value if value == value and abs(value) < 2**53 else str(value)  # noqa: PLR0124 - NaN
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        return redacted(text) if secret and text else self.text(text)


def is_secret(setting: Setting) -> bool:
    """Say whether the value of a setting is a secret as a whole."""
    if setting.concept:
        return setting.concept in SECRET_CONCEPTS
    return any(secret_name(name) for name in (setting.name, *setting.variables))


def collect(facts: Sequence[Facts]) -> Secrets:
    """Gather the secrets of all deployments: where they stand and what they are."""
    spans: dict[tuple[str, int], set[Location]] = {}
    values: set[str] = set()
    plain: set[tuple[str, int]] = set()
    names: set[str] = set()
    shared = {id(setting): setting for one in facts for setting in one.settings}
    for setting in shared.values():  # deployments that read the same share what was evaluated
        names.update(setting.variables)
        secret = is_secret(setting)
        values.update(_strong(setting.value, secret))
        for candidate in setting.candidates:
            values.update(_strong(candidate.value, secret))
            values.update(_strong(candidate.raw, secret))
            place = candidate.location
            if place is None:
                continue
            if secret:
                for line in range(place.line, place.end_line + 1):
                    spans.setdefault((place.path, line), set()).add(place)
            else:
                plain.add((place.path, place.line))
    spoken = _spoken(facts, shared.values())
    known: dict[str, tuple[str, ...]] = {}
    for value in sorted(value for value in values if random_looking(value) or value not in spoken):
        beginning = value[:_SHORTEST_KNOWN]
        known[beginning] = (*known.get(beginning, ()), value)
    return Secrets(
        {key: tuple(sorted(places)) for key, places in spans.items()},
        known,
        frozenset(plain),
        frozenset(names),
    )


def _spoken(facts: Sequence[Facts], settings: Iterable[Setting]) -> str:
    """Return the names that reports say: a secret that is one of them is hidden where it stands.

    ``POSTGRES_PASSWORD=POSTGRES_PASSWORD`` must not make the name of the setting unreadable.
    """
    names: set[str] = set()
    for setting in settings:
        names.update((setting.name, *setting.variables, setting.location.path))
        names.update(one.location.path for one in setting.candidates if one.location is not None)
    for one in facts:
        names.add(one.deployment)
        names.update(seen.subject for seen in one.observations)
    return "\n".join(sorted(names))


def _strong(value: Any, secret: bool) -> Iterator[str]:  # noqa: ANN401, FBT001 - any value
    """Yield the texts within a value that are secret and too special to occur by chance.

    A weak secret such as ``password`` is a word of many messages; hiding it everywhere would
    garble them. It is hidden where it stands.
    """
    if isinstance(value, Unknown):  # a tuple too, of a reason that must stay readable
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _strong(item, secret or secret_name(str(key)))
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _strong(item, secret)
    elif isinstance(value, bytes):
        yield from _strong(value.decode("utf-8", "replace"), secret)
    elif isinstance(value, str):
        texts = [value] if secret else []
        texts += [match["hide"] for match in _url_passwords(value)]
        for text in texts:
            if len(text) >= _SHORTEST_KNOWN and not _is_common(text):
                yield text


def _is_common(text: str) -> bool:
    """Say whether a text is one word or one number, which other texts hold by chance."""
    return (text.isascii() and text.isalpha()) or text.replace(".", "").isdigit()
