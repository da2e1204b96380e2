"""Notes keys of env files that nothing reads, and lines that their loader passes over."""

from difflib import get_close_matches
from typing import Final

from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.world import ClosedWorld

_SHORTEST: Final = 5  # letters that a name without its prefix must have to mean the same


def note_unread(interpreter: Interpreter, world: ClosedWorld) -> None:
    """Compare the keys of all env files at hand with the names that code asked for."""
    environment = interpreter.environment
    if environment.searched or not environment.touched:
        return
    read = {name.lower(): name for name in environment.touched}
    files = [world.open(path, dialect) for path, dialect in world.opened.items()]
    given = {entry.key.lower() for file in files if file is not None for entry in file.entries}
    given |= {name.lower() for name in environment.names()}
    free = {lower: name for lower, name in read.items() if lower not in given}
    for file in files:
        for entry in () if file is None else file.entries:
            if entry.key.lower() not in read:
                nearest = _nearest(entry.key, free)
                interpreter.observe(
                    "key-unread", entry.key_location, entry.key, key=entry.key, nearest=nearest
                )
    for name in environment.names():
        location = environment.peek(name)[0].location
        if name.lower() in read or location is None or location.path in world.opened:
            continue
        nearest = _nearest(name, free)
        interpreter.observe("key-unread", location, name, key=name, nearest=nearest)


def _nearest(key: str, free: dict[str, str]) -> str:
    """Return the name that is read, not given, and differs by a prefix or a slip, else ``""``."""
    lower = key.lower()
    for other, name in free.items():
        shorter, longer = sorted((lower, other), key=len)
        if len(shorter) >= _SHORTEST and longer.endswith(f"_{shorter}"):
            return name
    near = get_close_matches(lower, list(free), 1, 0.75)
    return free[near[0]] if near else ""
