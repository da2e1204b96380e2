"""Finds keys that nothing reads: in env files that code loads and in the process environment."""

from collections.abc import Iterable, Mapping
from typing import Final

from secaudit.evaluation.world import World
from secaudit.facts import Candidate, Observation
from secaudit.location import Location
from secaudit.records import NamedTuple

_SIMILAR: Final = 0.75
_MAX_NAMES: Final = 500  # compared with one key
# How keys of front ends, packagers and servers begin, which other programs read.
_OTHERS: Final = (
    *("vite_", "next_public_", "react_app_", "nuxt_", "expo_public_", "gatsby_", "vue_app_"),
    *("pip_", "poetry_", "uv_", "npm_", "pgadmin_", "compose_"),
)
_SHORTEST: Final = 5  # letters that a name without its prefix must have to mean the same


class Asked(NamedTuple):
    """What a program asks of its environment.

    ``names`` says for each name whether it may be written in any case, ``of_files`` are those that
    readers of env files ask for. ``opened`` says of each env file that code reads its dialect, and
    whether its keys become variables of the process.
    """

    names: dict[str, bool]
    of_files: frozenset[str]
    opened: dict[str, tuple[str, bool]]


def unread_keys(
    world: World, given: Mapping[str, tuple[Candidate, ...]], asked: Asked
) -> list[Observation]:
    """Return an observation for each key that no code asks for, with the nearest name it does.

    The nearest name of a key in a file that only its reader knows is the key itself, where code
    asks the process for it.
    """
    if not asked.names:
        return []
    files = [(world.open(path, one), exported) for path, (one, exported) in asked.opened.items()]
    entries = [(one, exported) for file, exported in files if file for one in file.entries]
    in_any_case = {name.lower() for name, any_case in asked.names.items() if any_case}
    free = _free(asked.names, in_any_case, {entry.key for entry, _ in entries} | set(given))

    def is_read(key: str) -> bool:
        return key in asked.names or key.lower() in in_any_case

    found = [
        _unread(entry.key, entry.key_location, _nearest(entry.key, free))
        for entry, _ in entries
        if not is_read(entry.key)
    ]
    found += [
        _unread(entry.key, entry.key_location, entry.key)
        for entry, exported in entries
        if entry.key in asked.names and entry.key not in asked.of_files
        if not exported and entry.key not in given
    ]
    for name, candidates in given.items():
        location = candidates[0].location
        if location is not None and not is_read(name) and location.path not in asked.opened:
            found.append(_unread(name, location, _nearest(name, free)))
    return found


def _free(names: Iterable[str], in_any_case: set[str], present: set[str]) -> dict[str, str]:
    """Return the names that nothing gives, by their lower case."""
    taken = in_any_case & {name.lower() for name in present}
    return {
        name.lower(): name for name in names if name not in present and name.lower() not in taken
    }


def _unread(key: str, location: Location, nearest: str) -> Observation:
    return Observation("key-unread", location, key, {"key": key, "nearest": nearest})


def _nearest(key: str, free: dict[str, str]) -> str:
    """Return the name that is read, not given, and differs by a prefix or a slip, else ``""``."""
    lower = key.lower()
    if lower.startswith(_OTHERS):
        return ""
    for other, name in free.items():
        shorter, longer = sorted((lower, other), key=len)
        if len(shorter) >= _SHORTEST and longer.endswith(f"_{shorter}"):
            return name
    if not free:
        return ""
    from difflib import get_close_matches  # noqa: PLC0415 - only keys that nothing reads need it

    near = get_close_matches(lower, list(free)[:_MAX_NAMES], 1, _SIMILAR)
    return free[near[0]] if near else ""
