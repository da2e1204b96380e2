"""Collects what a dialect's reader finds, with exact locations."""

from secaudit.location import Location
from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.syntax.dotenv.model import Dropped, Entry, EnvFile, Part
from secaudit.syntax.text import LineIndex

_KEY_LIKE = lazy(r"\s*(?:export\s+)?['\"]?([A-Za-z_][\w.\-]*)['\"]?\s*(?:[=:]|$)")
_MAX_ENTRIES = 20_000


class Pieces(NamedTuple):
    """One assignment by offsets; ``value`` is decoded, before references are expanded."""

    key: str
    key_start: int
    key_end: int
    value: str | None
    value_start: int
    value_end: int
    parts: tuple[Part, ...]


class Builder:
    """What a dialect reads from and writes to: the text, and the entries found in it."""

    def __init__(self, text: str, path: str, dialect: str, *, marked: bool = False) -> None:
        self.text = text
        self.dialect = dialect
        self.marked = marked  # the file starts with a byte order mark, which is not in text
        self._path = path
        self._index = LineIndex(text, path)
        self._entries: list[Entry] = []
        self._dropped: list[Dropped] = []
        self._failure: Dropped | None = None

    def location(self, start: int, end: int) -> Location:
        """Return the location of ``text[start:end]``."""
        return self._index.location(start, end)

    def add(self, pieces: Pieces) -> None:
        """Add one assignment."""
        if len(self._entries) >= _MAX_ENTRIES:
            self.fail(pieces.key_start, f"more than {_MAX_ENTRIES} assignments")
            return
        place = self._index.location
        value_location = place(pieces.value_start, pieces.value_end)
        entry = Entry(
            pieces.key,
            pieces.value,
            self.text[pieces.value_start : pieces.value_end],
            pieces.parts,
            place(pieces.key_start, pieces.key_end),
            value_location,
            place(pieces.key_start, pieces.value_end),
        )
        self._entries.append(entry)

    def drop(self, start: int, end: int, reason: str) -> None:
        """Note text that the loader passes over; blanks around it are not part of its span."""
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        stop = max(start, start + len(text.strip()))
        self._dropped.append(Dropped(self._key(start), reason, self._index.location(start, stop)))

    def fail(self, start: int, reason: str) -> None:
        """Note that the loader refuses the whole file because of the line at ``start``."""
        line_end = self.text.find("\n", start)
        stop = len(self.text) if line_end < 0 else line_end
        place = self._index.location(start, max(start, stop))
        self._failure = self._failure or Dropped(self._key(start), reason, place)

    def finish(self) -> EnvFile:
        """Return the file; a refused file defines nothing."""
        entries = () if self._failure else tuple(self._entries)
        return EnvFile(
            self._path, self.dialect, entries, tuple(self._dropped), self.text, self._failure
        )

    def _key(self, start: int) -> str:
        line = self.text[start : start + 200].split("\n", 1)[0]
        match = _KEY_LIKE.match(line)
        return match[1] if match else ""
