"""Notes keys of env files that nothing reads, and lines that their loader passes over."""

from difflib import get_close_matches

from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.world import ClosedWorld


def note_unread(interpreter: Interpreter, world: ClosedWorld) -> None:
    """Compare the keys of all env files at hand with the names that code asked for."""
    environment = interpreter.environment
    if environment.searched or not environment.touched:
        return
    read = {name.lower(): name for name in environment.touched}
    for path, dialect in world.opened.items():
        file = world.open(path, dialect)
        for entry in () if file is None else file.entries:
            if entry.key.lower() not in read:
                near = get_close_matches(entry.key.lower(), list(read), 1, 0.75)
                nearest = read[near[0]] if near else ""
                interpreter.observe(
                    "key-unread", entry.key_location, entry.key, key=entry.key, nearest=nearest
                )
    for name in environment.names():
        location = environment.peek(name)[0].location
        if name.lower() in read or location is None or location.path in world.opened:
            continue
        near = get_close_matches(name.lower(), list(read), 1, 0.75)
        nearest = read[near[0]] if near else ""
        interpreter.observe("key-unread", location, name, key=name, nearest=nearest)
