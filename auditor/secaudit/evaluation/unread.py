"""Finds keys that nothing reads: in env files that code loads and in the process environment."""

from collections.abc import Iterable, Mapping
from typing import Final

from secaudit.evaluation.world import World
from secaudit.facts import Candidate, Observation
from secaudit.location import Location

_SIMILAR: Final = 0.75
_MAX_NAMES: Final = 500  # compared with one key
_SHORTEST: Final = 5  # letters that a name without its prefix must have to mean the same


def unread_keys(
    world: World,
    given: Mapping[str, tuple[Candidate, ...]],
    opened: Mapping[str, str],
    touched: Iterable[str],
) -> list[Observation]:
    """Return an observation for each key that no code asks for, with the nearest name it does."""
    read = {name.lower(): name for name in touched}
    if not read:
        return []
    files = [world.open(path, dialect) for path, dialect in opened.items()]
    entries = [entry for file in files if file is not None for entry in file.entries]
    present = {entry.key.lower() for entry in entries} | {name.lower() for name in given}
    free = {lower: name for lower, name in read.items() if lower not in present}
    found = [
        _unread(entry.key, entry.key_location, free)
        for entry in entries
        if entry.key.lower() not in read
    ]
    for name, candidates in given.items():
        location = candidates[0].location
        if name.lower() in read or location is None or location.path in opened:
            continue
        found.append(_unread(name, location, free))
    return found


def _unread(key: str, location: Location, free: dict[str, str]) -> Observation:
    return Observation("key-unread", location, key, {"key": key, "nearest": _nearest(key, free)})


def _nearest(key: str, free: dict[str, str]) -> str:
    """Return the name that is read, not given, and differs by a prefix or a slip, else ``""``."""
    lower = key.lower()
    for other, name in free.items():
        shorter, longer = sorted((lower, other), key=len)
        if len(shorter) >= _SHORTEST and longer.endswith(f"_{shorter}"):
            return name
    if not free:
        return ""
    from difflib import get_close_matches  # noqa: PLC0415 - only keys that nothing reads need it

    near = get_close_matches(lower, list(free)[:_MAX_NAMES], 1, _SIMILAR)
    return free[near[0]] if near else ""
