"""Versions of the template as Copier records them."""

import re
from typing import Final

from secaudit.records import NamedTuple

_DESCRIBED: Final = re.compile(r"v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?P<after>-\d+-g[0-9a-f]{4,40})?")


class Version(NamedTuple):
    """A release, or a commit after it: ``v1.2.3`` and ``v1.2.3-4-gabcdef0``."""

    release: tuple[int, int, int]
    after: bool  # a commit after the release

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Return what ``git describe`` printed.

        Raises:
            ValueError: it is a bare commit or something else.
        """
        match = _DESCRIBED.fullmatch(text)
        if match is None:
            raise ValueError("not a version")
        major, minor, patch = (int(match[number]) for number in (1, 2, 3))
        return cls((major, minor, patch), match["after"] is not None)

    def __str__(self) -> str:
        """Return the release's tag."""
        return "v" + ".".join(map(str, self.release))
