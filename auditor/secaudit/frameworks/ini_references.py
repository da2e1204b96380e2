"""References between the options of an INI file: ``%(name)s`` and ``${section:name}``.

Source: Python 3.13 (``configparser.BasicInterpolation`` and ``ExtendedInterpolation``).
"""

import re
from collections.abc import Callable
from typing import Final

from secaudit.facts import Unknown
from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.syntax.tree import Scalar

_MAX_DEPTH: Final = 10  # configparser.MAX_INTERPOLATION_DEPTH
_MAX_TEXT: Final = 100_000
_REFERENCE: Final = {
    "basic": lazy(r"%(?:(%)|\(([^)]+)\)s)?"),
    "extended": lazy(r"\$(?:(\$)|\{([^}]+)\})?"),
}

Sections = dict[str, dict[str, Scalar]]


class References(NamedTuple):
    """How the options of a parser refer to each other."""

    sections: Sections  # all options by section; those of ``DEFAULT`` are in each
    interpolation: str  # "basic", "extended", or "" for none
    key: Callable[[str], str]  # how the parser writes option names

    def text(self, section: str, option: Scalar, depth: int = 0) -> str | Unknown:
        """Return the text of an option of a section, its references replaced.

        Unknown where configparser would fail. ``depth``: how many references lead to the option.
        """
        text = "\n".join(line.strip() for line in option.raw.splitlines())
        if not self.interpolation:
            return text
        failed: list[Unknown] = []

        def replaced(match: re.Match[str]) -> str:
            if match[1]:
                return match[1]
            there, found = self._named(section, match[2] or "")
            inner: str | Unknown = Unknown("a reference of an INI file that cannot be resolved")
            if found is not None and depth < _MAX_DEPTH:
                inner = self.text(there, found, depth + 1)
            if isinstance(inner, Unknown):
                failed.append(inner)
                return ""
            return inner

        result = _REFERENCE[self.interpolation].sub(replaced, text)
        if failed:
            return failed[0]
        return result if len(result) <= _MAX_TEXT else Unknown("too large to compute")

    def _named(self, section: str, name: str) -> tuple[str, Scalar | None]:
        """Return the section and option that a reference names."""
        if self.interpolation == "extended" and ":" in name:
            section, _, name = name.partition(":")
        return section, self.sections.get(section, {}).get(self.key(name))
