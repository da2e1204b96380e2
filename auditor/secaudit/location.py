"""Places in files, as every report names them."""

from secaudit.records import NamedTuple


class Location(NamedTuple):
    """A span of text in one file.

    Lines and columns are 1-based, columns count code points, the end is exclusive.
    ``path`` is absolute inside the pipeline; reporters make it relative to the working directory.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class Step(NamedTuple):
    """One place on the way to a value: ``role`` is effective, shadowed, default or used."""

    location: Location
    role: str
