"""What an env file shows by itself: dropped lines, duplicates, readers that disagree, file mode."""

import os
import stat

from secaudit.facts import Candidate, Observation, Unknown
from secaudit.patterns import lazy
from secaudit.planning import paths
from secaudit.syntax.dotenv import Entry, EnvFile, Lookup, effective, resolve

_IGNORE_COMMENT = lazy(r"#\s*secaudit:\s*ignore\b")
_LITERAL_READERS = frozenset(("decouple", "starlette", "django-environ"))
_TRAILING_COMMENT = lazy(r"""^(?:[^'"\s]\S*|'[^']*'|"[^"]*")\s+#\s""")
_READABLE_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH


def observe(file: EnvFile) -> list[Observation]:
    """Return what one loader's reading of a file shows, in file order."""
    seen = [
        Observation(
            "line-dropped",
            dropped.location,
            dropped.key,
            {"key": dropped.key, "dialect": file.dialect, "reason": dropped.reason},
        )
        for dropped in file.dropped
    ]
    if file.failure:
        reason = f"{file.failure.reason}, so that {file.dialect} refuses the whole file"
        detail = {"key": file.failure.key, "dialect": file.dialect, "reason": reason}
        seen.append(Observation("line-dropped", file.failure.location, file.failure.key, detail))
    first: dict[str, Entry] = {}
    for entry in file.entries:
        earlier = first.setdefault(entry.key, entry)
        if earlier is not entry:
            twice = {"key": entry.key, "first": earlier.location}
            seen.append(Observation("key-duplicate", entry.location, entry.key, twice))
            first[entry.key] = entry
        value = entry.value or ""
        is_suppression = "secaudit:" in value and _IGNORE_COMMENT.search(value) is not None
        reason = "" if is_suppression else _surprise(entry, file.dialect)
        if reason:
            others = "python-dotenv and Compose"
            detail = {"key": entry.key, "dialect": file.dialect, "other": others, "reason": reason}
            seen.append(Observation("line-differs", entry.location, entry.key, detail))
        if is_suppression:
            detail = {"key": entry.key}
            seen.append(
                Observation("suppression-in-value", entry.value_location, entry.key, detail)
            )
    return sorted(seen, key=lambda one: one.location)


def _surprise(entry: Entry, dialect: str) -> str:
    """Return what a reader without inline comments or ``export`` makes of one, ``""`` if nothing.

    See the measured cases 05 and 13 to 17: decouple, Starlette and django-environ keep both.
    """
    if dialect not in _LITERAL_READERS:
        return ""
    if entry.key.startswith("export "):
        return "here export is part of the name"
    if "#" in entry.raw and _TRAILING_COMMENT.search(entry.raw):
        return "here the comment is part of the value"
    return ""


def differences(file: EnvFile, other: EnvFile) -> list[Observation]:
    """Return the keys that a second reader of the same file reads otherwise."""
    mine = effective(resolve(file, lambda _: None))
    theirs = effective(resolve(other, lambda _: None))
    seen = []
    for key, item in mine.items():
        there = theirs.get(key)
        if isinstance(item.value, Unknown) or (there and isinstance(there.value, Unknown)):
            continue
        if there is not None and there.value == item.value:
            continue
        reason = (
            f"{other.dialect} does not define it"
            if there is None
            else (f"{other.dialect} reads another value")
        )
        detail = {"key": key, "dialect": file.dialect, "other": other.dialect, "reason": reason}
        seen.append(Observation("line-differs", item.entry.location, key, detail))
    return seen


def candidates(
    file: EnvFile,
    environment: Lookup,
    *,
    layer: str = "process-environment",
    override: bool = True,
) -> dict[str, tuple[Candidate, ...]]:
    """Return what a file gives each variable, its last line first.

    ``override``: references see the file's own values before those of ``environment``.
    """
    found: dict[str, tuple[Candidate, ...]] = {}
    for item in resolve(file, environment, override=override):
        value = item.value
        if value is None:
            continue
        if value == "" and item.absent and file.dialect != "compose":
            value = Unknown(f"refers to {item.absent[0]}, which is not given")
        literal = all(isinstance(part, str) for part in item.entry.parts)
        one = Candidate(layer, value, item.entry.raw, item.entry.value_location, literal)
        found[item.entry.key] = (one, *found.get(item.entry.key, ()))
    return found


def permissions(path: str, file: EnvFile) -> list[Observation]:
    """Say whether others can read the file; silent where modes mean nothing."""
    if os.name != "posix" or not file.entries:
        return []
    try:
        mode = stat.S_IMODE(os.stat(path).st_mode)  # noqa: PTH116 - pathlib costs start-up
    except OSError:
        return []
    if not mode & _READABLE_BY_OTHERS:
        return []
    where = file.entries[0].location
    return [Observation("file-readable", where, paths.name_of(path), {"mode": f"{mode:04o}"})]


def in_git(file: EnvFile, tracked: frozenset[str]) -> list[Observation]:
    """Say whether git tracks the file."""
    if file.path not in tracked or not file.entries:
        return []
    return [Observation("file-tracked", file.entries[0].location, paths.name_of(file.path), {})]
