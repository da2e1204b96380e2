"""Finds the concept of a name among tables of phrases, in time that does not grow with them."""

from collections.abc import Iterable
from typing import Final

from secaudit.naming.phrases import WORDS

_NONE: Final[frozenset[str]] = frozenset()


class Concepts:
    """An index of a table of phrases, whose notation ``secaudit.naming.phrases`` explains."""

    def __init__(self, table: Iterable[tuple[str, str]]) -> None:
        self._concepts: list[str] = []
        # The position of a concept in the table: by whole names, and by the ends of names
        # together with the words of which one must stand before.
        self._names: dict[str, int] = {}
        self._endings: dict[str, list[tuple[int, frozenset[str]]]] = {}
        for concept, phrases in table:
            for phrase in phrases.split():
                self._add(phrase, len(self._concepts))
            self._concepts.append(concept)

    def _add(self, phrase: str, position: int) -> None:
        before, star, ending = phrase.rpartition("*")
        among = frozenset(_expanded(before[1:])) if before else _NONE
        for text in _expanded(ending):
            if star:
                self._endings.setdefault(text, []).append((position, among))
            else:
                self._names.setdefault(text, position)

    def of(self, text: str) -> str:
        """Return the first concept that a normalised name fits, ``""`` when there is none."""
        fitting = [self._names[text]] if text in self._names else []
        start = 0
        while True:
            for position, among in self._endings.get(text[start:], ()):
                if not among or not among.isdisjoint(text[:start].split("_")):
                    fitting.append(position)
            start = text.find("_", start) + 1
            if not start:
                return self._concepts[min(fitting)] if fitting else ""


def _expanded(phrase: str) -> list[str]:
    """Return every text that a phrase without stars stands for."""
    if not phrase.islower():
        for name, words in WORDS.items():
            phrase = phrase.replace(name, f"{{{words}}}")
    return alternatives(phrase)


def alternatives(phrase: str) -> list[str]:
    """Return every text that a phrase with ``{a,b}`` in it stands for, as a shell would."""
    head, brace, rest = phrase.partition("{")
    if not brace:
        return [head]
    choices, _, tail = rest.partition("}")
    tails = alternatives(tail)
    return [head + choice + end for choice in choices.split(",") for end in tails]
