"""What a conflicting update left behind: conflict markers and rejected hunks."""

import re
from collections.abc import Iterator
from typing import Final

from secaudit.discovery import entries, read
from secaudit.errors import AuditError
from secaudit.facts import Observation
from secaudit.finding import Problem
from secaudit.location import Location

_MARKER: Final = re.compile(rb"^(?:<{7}|>{7}) \S.*$", re.MULTILINE)


def left(folder: str, problems: list[Problem]) -> Iterator[Observation]:
    """Yield one observation a file, at its first marker."""
    for path, name, linked in sorted(entries(folder, (), problems)):
        if linked:
            continue
        if name.endswith(".rej"):
            detail = {"what": "is a rejected hunk: a change of the template that did not arrive"}
            yield Observation("update-leftover", Location(path, 1, 1, 1, 2), name, detail)
            continue
        try:
            content = read(path)
        except AuditError:
            continue  # no text file that an update merges: too large, or no file at all
        found = _MARKER.search(content)
        if found is not None:
            line = content.count(b"\n", 0, found.start()) + 1
            width = len(found[0].rstrip(b"\r").decode("utf-8", "replace"))
            place = Location(path, line, 1, line, width + 1)
            detail = {"what": "has a conflict marker"}
            yield Observation("update-leftover", place, name, detail)
