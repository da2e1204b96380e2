"""Where a setting's value comes from, and the edits that replace it."""

import re
from collections.abc import Iterable
from typing import Final

from secaudit.facts import CODE_LAYERS, Candidate, Facts, Setting
from secaudit.finding import Edit, Fix
from secaudit.judgement.hosts import url_of
from secaudit.judgement.secrets import is_usable, text_of
from secaudit.location import Location
from secaudit.naming import SECRET_CONCEPTS

_ENV_LAYERS: Final = frozenset({"env-file", "process-environment"})
_OPPOSITE: Final = {
    "true": "false",
    "1": "0",
    "yes": "no",
    "on": "off",
    "y": "n",
    "t": "f",
}
_WORDS: Final = {True: set(_OPPOSITE), False: set(_OPPOSITE.values())}


def winner(setting: Setting) -> Candidate | None:
    """Return the candidate that gives the value, None when nothing does."""
    return setting.candidates[0] if setting.candidates else None


def texts_of(facts: Facts, *concepts: str) -> list[tuple[Setting, str]]:
    """Return the settings of these concepts whose value is text or bytes, with the text.

    A list, such as a ring of keys of which the first signs and all verify, gives a pair for each.
    """
    pairs = [
        (setting, text_of(value))
        for setting in facts.of(*concepts)
        for value in _parts(setting.value)
    ]
    return [(setting, text) for setting, text in pairs if text is not None]


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple | set | frozenset) else (value,)


def is_for_tests(setting: Setting) -> bool:
    """Return whether a setting's name says that only tests use it: ``test_database_url``."""
    return not {"test", "tests", "testing"}.isdisjoint(re.split(r"[._]", setting.name.lower()))


def is_of_object_store(setting: Setting) -> bool:
    """Return whether a setting's name has a store that speaks S3 in it: ``MINIO_SECRET_KEY``."""
    words = re.split(r"[._]", setting.name.lower())[:-1]  # what the last one is of
    return not {"s3", "minio", "r2", "spaces"}.isdisjoint(words)


def is_given(setting: Setting) -> bool:
    """Return whether the value comes from outside the code: an env file or the environment."""
    candidate = winner(setting)
    return candidate is not None and candidate.layer in _ENV_LAYERS


def is_code(candidate: Candidate) -> bool:
    """Return whether the value stands in source code or a file that ships with it."""
    place = candidate.location
    ships = candidate.layer in CODE_LAYERS or candidate.layer == "process-environment"
    return ships and place is not None and place.path.endswith(".py")


def is_written_in_code(candidate: Candidate) -> bool:
    """Return whether the value itself, not a reference, stands in source code."""
    return candidate.literal and is_code(candidate)


def is_env_file(location: Location) -> bool:
    """Return whether a place is in an env file that is no example."""
    name = location.path.rpartition("/")[2]
    example = any(word in name for word in ("example", "sample", "template", "dist"))
    return (name.startswith(".env") or name.endswith(".env")) and not example


def is_compose(location: Location | None) -> bool:
    """Return whether a place is in a Compose file."""
    if location is None:
        return False
    name = location.path.rpartition("/")[2].lower()
    return name.endswith((".yml", ".yaml")) and "compose" in name


def secrets_in(path: str, facts: Facts, *, usable: bool = True) -> dict[str, Location]:
    """Return where a file gives secrets to settings: places by the settings' names, sorted.

    ``usable`` leaves out placeholders and published keys.
    """
    places = {
        setting.name: candidate.location
        for setting in facts.settings
        for candidate in reversed(setting.candidates)  # the winner is last, and stays
        if candidate.location is not None and candidate.location.path == path
        if (is_usable if usable else bool)(_secret_of(setting, candidate))
    }
    return dict(sorted(places.items()))


def _secret_of(setting: Setting, candidate: Candidate) -> str:
    text = text_of(candidate.value) or ""
    if setting.concept == "database.url":
        url = url_of(text)
        return url.password if url is not None else ""
    return text if setting.concept in SECRET_CONCEPTS else ""


def workers_of(facts: Facts) -> int:
    """Return the largest number of worker processes that is known, at least 1."""
    counts = [setting.value for setting in facts.of("server.workers")]
    return max([1, *(count for count in counts if isinstance(count, int))])


def switch(setting: Setting, *, to: bool, title: str, safe: bool = False) -> Fix | None:
    """Return the edit that writes the other boolean in the words of the original.

    None when the value does not stand where an edit could change it: behind a reference, in the
    process environment, or nowhere (a library's default).
    """
    candidate = winner(setting)
    if candidate is None or not candidate.literal or candidate.location is None:
        return None
    if candidate.layer == "library-default":
        return None
    text = _spelling(candidate, to=to)
    if text is None:
        return None
    edit = Edit(candidate.location, text)
    return Fix(title, "safe" if safe else "unsafe", (edit,))


def _spelling(candidate: Candidate, *, to: bool) -> str | None:
    if candidate.raw is None:
        return str(to) if candidate.value is not to else None
    quoted = is_code(candidate) and candidate.layer in CODE_LAYERS
    raw = f'"{candidate.raw}"' if quoted else candidate.raw.strip()
    quote = raw[:1] if raw[:1] in {"'", '"'} and raw[-1:] == raw[:1] else ""
    text = raw.strip(quote) if quote else raw
    opposite = _OPPOSITE | {no: yes for yes, no in _OPPOSITE.items()}
    if text.lower() not in _WORDS[not to]:
        return None
    word = opposite[text.lower()]
    if text.isupper() and len(text) > 1:
        word = word.upper()
    elif text[:1].isupper():
        word = word.capitalize()
    return f"{quote}{word}{quote}"


def generate(setting: Setting, title: str) -> Fix | None:
    """Return the edit that puts a freshly generated secret into an env file.

    The replacement is empty: whoever applies a secret edit generates the text, so that no secret
    exists before it is written.
    """
    candidate = winner(setting)
    if candidate is None or candidate.location is None or not candidate.literal:
        return None
    if text_of(setting.program_value) is None:
        return None  # one of several
    if candidate.layer not in _ENV_LAYERS or is_compose(candidate.location):
        return None
    return Fix(title, "unsafe", (Edit(candidate.location, "", secret=True),))
