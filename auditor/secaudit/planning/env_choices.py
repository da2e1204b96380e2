"""Env files that code chooses by a variable, ``f".env.{ENV}"``: each is an alternative."""

from collections.abc import Iterable

from secaudit.planning.env_uses import EnvUse
from secaudit.planning.layers import Environment, given
from secaudit.records import NamedTuple


class Choice(NamedTuple):
    """One value of the variable, its default when empty, and the files that it rules out."""

    variable: str
    value: str
    absent: tuple[str, ...]

    @property
    def environment(self) -> Environment:
        """Return the variable as the process is given it."""
        return given([(self.variable, self.value)]) if self.value else {}


NONE = Choice("", "", ())


def choices(loaded: Iterable[EnvUse], known: Iterable[str]) -> list[Choice]:
    """Return the alternatives of the first variable that chooses among several env files.

    Args:
        loaded: the env files that code loads.
        known: variables that are given already: they choose for themselves.
    """
    found: dict[tuple[str, str], dict[str, str]] = {}
    for use in loaded:
        selector = use.loader.selector if use.loader is not None else ("", "")
        match = use.loader.pattern.fullmatch(use.path) if use.loader and selector[0] else None
        if match is not None:
            found.setdefault(selector, {})[match[match.lastindex or 0]] = use.path
    taken = set(known)
    for (variable, default), files in found.items():
        if variable not in taken:
            values = [default, *(value for value in files if value != default)]
            return [_choice(variable, value, default, files) for value in values]
    return [NONE]


def _choice(variable: str, value: str, default: str, files: dict[str, str]) -> Choice:
    others = tuple(path for other, path in files.items() if other != value)
    return Choice(variable, "" if value == default else value, others)
