"""Which files git tracks, read from ``.git/index`` as a file: git itself is never started.

Format: Documentation/gitformat-index in git's sources, versions 2 to 4.
"""

import os
import stat
from collections.abc import Iterator

from secaudit.planning import paths

_MAX_BYTES = 64 * 1024 * 1024
_MAX_PARENTS = 40
_FIXED = 40  # bytes of file status before the object name of an entry
_EXTENDED = 0x4000
_OBJECT_NAME = 20  # SHA-1, the format of nearly every repository
_PREFIX_COMPRESSED = 4
_EXTENDED_SINCE = 3


def tracked(folder: str) -> frozenset[str]:
    """Return the absolute paths tracked by the repository around ``folder``; empty when none."""
    for _ in range(_MAX_PARENTS):
        index = _index_of(folder)
        if index:
            data = _read(index)
            return frozenset(paths.join(folder, name) for name in _names(data))
        parent = paths.folder_of(folder)
        if parent == folder:
            break
        folder = parent
    return frozenset()


def _index_of(folder: str) -> str:
    """Return the path of a repository's index, following the ``gitdir:`` file of a worktree."""
    place = paths.join(folder, ".git")
    if paths.is_folder(place):
        return paths.join(place, "index")
    if paths.is_file(place):
        head = _read(place)[:4096].decode("utf-8", errors="replace")
        if head.startswith("gitdir:"):
            target = head.removeprefix("gitdir:").strip().splitlines()[0]
            return paths.join(paths.join(folder, target), "index")
    return ""


def _read(path: str) -> bytes:
    """Return a regular file's content, at most 64 MiB; empty when it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return b""
            return stream.read(_MAX_BYTES)
    except (OSError, ValueError):
        return b""


def _names(data: bytes) -> Iterator[str]:
    """Yield the paths of an index; a damaged one ends early."""
    version = int.from_bytes(data[4:8], "big")
    if data[:4] != b"DIRC" or version not in {2, 3, 4}:
        return
    position, name = 12, b""
    for _ in range(int.from_bytes(data[8:12], "big")):
        start = position
        flags_at = start + _FIXED + _OBJECT_NAME
        flags = int.from_bytes(data[flags_at : flags_at + 2], "big")
        position = flags_at + (4 if flags & _EXTENDED and version >= _EXTENDED_SINCE else 2)
        if version == _PREFIX_COMPRESSED:
            cut, position = _offset(data, position)
            name = name[: len(name) - cut]
        else:
            name = b""
        end = data.find(b"\0", position)
        if end < 0:
            return
        name += data[position:end]
        position = end + 1
        if version != _PREFIX_COMPRESSED:
            position = start + (end - start + 8) // 8 * 8
        yield os.fsdecode(name)


def _offset(data: bytes, position: int) -> tuple[int, int]:
    """Decode the variable-width number of version 4: how much of the last name is cut off."""
    value = 0
    for count, byte in enumerate(data[position : position + 10]):
        value = (value << 7) | (byte & 0x7F)
        if not byte & 0x80:
            return value, position + count + 1
        value += 1
    return 0, len(data)
