"""How static answers are compared with what the real library computes."""

import contextlib
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from secaudit.facts import Unknown

CASES: Final = int(os.environ.get("SECAUDIT_DIFFERENTIAL_CASES", "0"))


class Outcome(NamedTuple):
    """How often the auditor knew the answer."""

    known: int
    unknown: int

    @property
    def share(self) -> float:
        """Return the share of Unknown among all values."""
        return self.unknown / max(self.known + self.unknown, 1)


def number_of_cases(usual: int) -> int:
    """Return how many cases to generate: ``SECAUDIT_DIFFERENTIAL_CASES`` scales the nightly run."""
    return CASES or usual


@pytest.fixture
def cases() -> Callable[[int], Iterator[tuple[int, random.Random]]]:
    """Return a generator of (seed, random) pairs; a failing seed reproduces its case."""

    def generate(usual: int) -> Iterator[tuple[int, random.Random]]:
        first = int(os.environ.get("SECAUDIT_DIFFERENTIAL_SEED", "0"))
        for seed in range(first, first + number_of_cases(usual)):
            yield seed, random.Random(seed)  # noqa: S311 - reproducible cases, no secret

    return generate


@pytest.fixture
def process() -> Callable[[dict[str, str], Path], contextlib.AbstractContextManager[None]]:
    """Return a context in which the process has exactly this environment and working directory."""

    @contextlib.contextmanager
    def inside(environment: dict[str, str], folder: Path) -> Iterator[None]:
        before, there = dict(os.environ), Path.cwd()
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(there)
            os.environ.clear()
            os.environ.update(before)

    return inside


@pytest.fixture
def compare() -> Callable[[str, dict[str, Any], dict[str, Any]], Outcome]:
    """Return a function that demands that every static value equals the real one or is Unknown."""

    def check(case: str, real: dict[str, Any], static: dict[str, Any]) -> Outcome:
        known = unknown = 0
        for name, value in real.items():
            known_as = name
            while known_as not in static and "." in known_as:  # all of it is Unknown
                known_as = known_as.rpartition(".")[0]
            assert known_as in static, f"{name} is missing\n{case}"
            answer = static[known_as]
            if isinstance(answer, Unknown):
                unknown += 1
                continue
            known += 1
            same = type(answer) is type(value) and answer == value
            assert same, f"{name}: the auditor says {answer!r}, it is {value!r}\n{case}"
        return Outcome(known, unknown)

    return check
