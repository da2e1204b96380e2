"""The process environment as the program changes it while it starts."""

from collections.abc import Iterator, Mapping

from secaudit.facts import Candidate


class Environment:
    """Variables with all their candidates, winner first.

    ``touched`` are the names the program asked for, ``searched`` is true once it asked for names
    that are not determined: then nobody can say that a variable is not read.
    """

    def __init__(self, given: Mapping[str, tuple[Candidate, ...]]) -> None:
        self._given = dict(given)
        self.touched: dict[str, None] = {}
        self.searched = False

    def lookup(self, name: str) -> tuple[Candidate, ...]:
        """Return the candidates of a variable, the effective one first; empty when absent."""
        self.touched[name] = None
        return self._given.get(name, ())

    def peek(self, name: str) -> tuple[Candidate, ...]:
        """Return the candidates of a variable without counting it as read."""
        return self._given.get(name, ())

    def names(self) -> Iterator[str]:
        """Return the names of all variables that are set."""
        return iter(tuple(self._given))

    def add(self, name: str, candidate: Candidate, *, override: bool) -> None:
        """Give a variable one more candidate: as the effective one, or behind those it has."""
        present = self._given.get(name, ())
        self._given[name] = (candidate, *present) if override else (*present, candidate)

    def remove(self, name: str) -> None:
        """Unset a variable."""
        self._given.pop(name, None)
