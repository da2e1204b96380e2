"""What an env file says: entries with the references in their values, and lines passed over."""

from secaudit.facts import Unknown
from secaudit.location import Location
from secaudit.records import NamedTuple


class Reference(NamedTuple):
    """A ``${NAME}`` inside a value, with the operator of the shell's parameter expansion.

    ``operator`` is ``""`` (empty when unset), ``-`` (``word`` when unset), ``:-`` (when unset or
    empty), ``?`` and ``:?`` (an error then), ``+`` and ``:+`` (``word`` when set, or set and not
    empty), or ``inherit`` (the variable of the environment; without one, the key is not defined).
    """

    name: str
    operator: str
    word: tuple["Part", ...]
    text: str


Part = str | Reference | Unknown


class Entry(NamedTuple):
    """One assignment of an env file.

    ``value`` is the text after quotes and escapes, before references are expanded; None for a key
    without an equals sign. ``raw`` is the text of ``value_location``: with quotes, without trailing
    blanks and comments.
    """

    key: str
    value: str | None
    raw: str
    parts: tuple[Part, ...]
    key_location: Location
    value_location: Location
    location: Location


class Dropped(NamedTuple):
    """Text that the loader passes over although it is no comment; ``key`` as far as it shows."""

    key: str
    reason: str
    location: Location


class EnvFile(NamedTuple):
    """One env file as one loader reads it; ``failure`` when that loader refuses the whole file."""

    path: str
    dialect: str
    entries: tuple[Entry, ...]
    dropped: tuple[Dropped, ...]
    text: str
    failure: Dropped | None = None


class Resolved(NamedTuple):
    """An entry with its references expanded.

    ``absent`` names the references that were not given and had no default; ``error`` is why the
    loader would stop, as for ``${NAME:?message}``.
    """

    entry: Entry
    value: str | Unknown | None
    absent: tuple[str, ...] = ()
    error: str | None = None
