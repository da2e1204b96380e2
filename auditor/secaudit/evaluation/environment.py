"""The process environment as the program changes it while it starts."""

from collections.abc import Iterator, Mapping

from secaudit.facts import Candidate, Unknown

Given = dict[str, tuple[Candidate, ...]]


class Environment:
    """Variables with all their candidates, winner first.

    ``touched`` are the names the program asked for, with whether it takes them in any case of
    letters; ``in_process`` are those it asked the process alone for, ``exported`` the env files
    whose keys became variables, and ``prefixes`` the beginnings of names it looked through.
    ``searched`` is true once it asked for names that are not determined: then nobody can say that
    a variable is not read.
    """

    def __init__(self, given: Mapping[str, tuple[Candidate, ...]]) -> None:
        self._given = dict(given)
        self.touched: dict[str, bool] = {}
        self.in_process: set[str] = set()
        self.exported: set[str] = set()
        self.prefixes: dict[str, None] = {}
        self.searched = False
        self.changed = False
        self.disturbed: Unknown | None = None  # why any that is absent may be set

    def lookup(self, name: str) -> tuple[Candidate, ...]:
        """Return the candidates of a variable, the effective one first; empty when absent."""
        if name not in self.touched:
            self.touched[name] = False
            self.in_process.add(name)
        return self.peek(name)

    def touch(self, name: str, *, any_case: bool = False) -> None:
        """Count a variable as read by a library that looks into its env files too."""
        self.touched[name] = any_case or self.touched.get(name, False)
        self.in_process.discard(name)

    def peek(self, name: str) -> tuple[Candidate, ...]:
        """Return the candidates of a variable without counting it as read."""
        if name not in self._given and self.disturbed is not None:
            return (_unknown(self.disturbed),)
        return self._given.get(name, ())

    def names(self) -> Iterator[str]:
        """Return the names of all variables that are set."""
        return iter(tuple(self._given))

    def all(self) -> Given:
        """Return all variables as they are now."""
        return dict(self._given)

    def add(self, name: str, candidate: Candidate, *, override: bool) -> None:
        """Give a variable one more candidate: as the effective one, or behind those it has."""
        present = self.peek(name)
        self._given[name] = (candidate, *present) if override else (*present, candidate)
        self.changed = True

    def remove(self, name: str) -> None:
        """Unset a variable."""
        self._given.pop(name, None)
        self.changed = True

    def disturb(self, reason: Unknown, *, override: bool = True) -> None:
        """Let the program set variables that nobody knows.

        Every one that is absent becomes Unknown; with ``override`` the given ones do too.
        """
        for name in self._given if override else ():
            self.add(name, _unknown(reason), override=True)
        self.disturbed = reason
        self.changed = True


def _unknown(reason: Unknown) -> Candidate:
    return Candidate("assignment", reason, None, None, literal=False)


class Reads:
    """What one evaluation asked of its environment; equal answers mean an equal outcome."""

    def __init__(self, environment: Environment, before: Given) -> None:
        self._names = frozenset(name.lower() for name in environment.touched)
        self._prefixes = tuple(prefix.lower() for prefix in environment.prefixes)
        self._all = environment.searched or environment.changed
        self._answers = self._select(before)

    def fits(self, given: Given) -> bool:
        """Say whether another environment gives the same answers."""
        return self._select(given) == self._answers

    def _select(self, given: Given) -> Given:
        if self._all:
            return given
        return {
            name: candidates
            for name, candidates in given.items()
            if name.lower() in self._names
            or (self._prefixes and name.lower().startswith(self._prefixes))
        }
