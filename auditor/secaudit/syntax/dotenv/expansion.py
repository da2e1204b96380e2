"""Expands the references of env file entries the way the file's loader does."""

from collections.abc import Callable

from secaudit.facts import Unknown
from secaudit.syntax.dotenv.model import Entry, EnvFile, Part, Reference, Resolved
from secaudit.syntax.text import is_templated

Lookup = Callable[[str], str | Unknown | None]
_MAX_LENGTH = 1_000_000  # of one expanded value
_FILE_FIRST = frozenset({"bash"})  # an assignment replaces the variable of the environment


class _Expander:
    """Expands the parts of one value; remembers what was absent and what would stop the loader."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.absent: list[str] = []
        self.error: str | None = None

    def text(self, parts: tuple[Part, ...]) -> str | Unknown:
        """Return the expanded text, or Unknown as soon as one part of it is.

        Readers let references nest 20 levels deep, so that this ends.
        """
        pieces: list[str] = []
        length = 0
        for part in parts:
            piece = self.reference(part) if isinstance(part, Reference) else part
            if isinstance(piece, Unknown):
                return piece
            length += len(piece)
            if length > _MAX_LENGTH:
                return Unknown("the expanded value is too long")
            pieces.append(piece)
        return "".join(pieces)

    def reference(self, part: Reference) -> str | Unknown:
        """Return what one ``${NAME...}`` becomes."""
        value = self.lookup(part.name)
        if isinstance(value, Unknown):
            return value
        operator = part.operator.removeprefix(":")
        given = value is not None and (value != "" or not part.operator.startswith(":"))
        if operator == "-" and not given:
            return self.text(part.word)
        if operator == "+":
            return self.text(part.word) if given else ""
        if operator == "?" and not given:
            message = self.text(part.word)
            told = message if isinstance(message, str) and message else "it is not set"
            self.error = self.error or f"{part.name} is required: {told}"
        if value is None:
            self.absent.append(part.name)
            return ""
        return value


def expand(parts: tuple[Part, ...], lookup: Lookup) -> tuple[str | Unknown, list[str], str | None]:
    """Return the expanded text, the names that were absent, and why the loader would stop."""
    expander = _Expander(lookup)
    text = expander.text(parts)
    return text, expander.absent, expander.error


def resolve(file: EnvFile, environment: Lookup, *, override: bool = True) -> tuple[Resolved, ...]:
    """Expand every entry in file order.

    Args:
        file: the parsed file.
        environment: what the loading process already has; None for an absent variable.
        override: python-dotenv's flag. True (``dotenv_values``, pydantic-settings): earlier lines
            of the file win over the environment; False (``load_dotenv``): the environment wins.
            Compose always lets the environment win, bash always the file.

    A later duplicate stands later; the last one of a key is the one that counts.
    """
    file_first = file.dialect in _FILE_FIRST or (override and file.dialect == "python-dotenv")
    known: dict[str, str | Unknown] = {}

    def lookup(name: str) -> str | Unknown | None:
        if file_first:
            return known[name] if name in known else environment(name)
        value = environment(name)
        return known.get(name) if value is None else value

    resolved: list[Resolved] = []
    for entry in file.entries:
        outcome = _entry(entry, lookup, environment)
        if outcome is None:
            continue
        resolved.append(outcome)
        known[entry.key] = "" if outcome.value is None else outcome.value
    return tuple(resolved)


def _entry(entry: Entry, lookup: Lookup, environment: Lookup) -> Resolved | None:
    """Expand one entry; None when it inherits a variable that the environment does not have."""
    first = entry.parts[0] if entry.parts else ""
    if isinstance(first, Reference) and first.operator == "inherit":
        value = environment(first.name)
        return None if value is None else Resolved(entry, value)
    if entry.value is None:
        return Resolved(entry, None)
    text, absent, error = expand(entry.parts, lookup)
    if isinstance(text, str) and is_templated(text):
        text = Unknown("a template expression")
    return Resolved(entry, text, tuple(absent), error)


def effective(resolved: tuple[Resolved, ...]) -> dict[str, Resolved]:
    """Return the entry that counts for each key: the last one."""
    return {item.entry.key: item for item in resolved}
