"""Finds keys that nothing reads: in env files that code loads and in the process environment."""

from collections.abc import Collection, Mapping
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
    opened: Mapping[str, tuple[str, bool]],
    touched: Mapping[str, bool],
    of_files: Collection[str],
) -> list[Observation]:
    """Return an observation for each key that no code asks for, with the nearest name it does.

    ``opened`` says of each env file that code reads its dialect, and whether its keys become
    variables of the process. ``touched`` says for each name that code asks for whether it may be
    written in any case; ``of_files`` are those that the readers of env files ask for.
    """
    if not touched:
        return []
    any_case = {name.lower() for name, any_case in touched.items() if any_case}

    def is_read(key: str) -> bool:
        return key in touched or key.lower() in any_case

    files = [(world.open(path, one), exported) for path, (one, exported) in opened.items()]
    entries = [entry for file, _ in files if file is not None for entry in file.entries]
    missed = {
        entry.location
        for file, exported in files
        if file is not None and not exported
        for entry in file.entries
        if entry.key in touched and entry.key not in of_files and entry.key not in given
    }
    present = {entry.key for entry in entries} | set(given)
    found_in_any_case = any_case & {name.lower() for name in present}
    free = {
        name.lower(): name
        for name in touched
        if name not in present and name.lower() not in found_in_any_case
    }
    found = [
        _unread(entry.key, entry.key_location, _nearest(entry.key, free))
        for entry in entries
        if not is_read(entry.key)
    ]
    found += [
        _unread(entry.key, entry.key_location, entry.key)
        for entry in entries
        if entry.location in missed
    ]
    for name, candidates in given.items():
        location = candidates[0].location
        if is_read(name) or location is None or location.path in opened:
            continue
        found.append(_unread(name, location, _nearest(name, free)))
    return found


def _unread(key: str, location: Location, nearest: str) -> Observation:
    return Observation("key-unread", location, key, {"key": key, "nearest": nearest})


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
