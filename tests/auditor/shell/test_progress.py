"""Progress is told on a terminal, after a second, and wiped away."""

import io
from itertools import count

import pytest

from secaudit.progress import watch


class Terminal(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        """Say what the test wants."""
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "pace", "told"), [(True, 1.0, True), (True, 0.01, False), (False, 1.0, False)]
)
def test_progress(*, terminal: bool, pace: float, told: bool) -> None:
    stream = Terminal(terminal=terminal)
    ticks = count()
    assert list(watch("abc", stream, lambda: next(ticks) * pace)) == ["a", "b", "c"]
    assert ("auditing deployment 3 of 3" in stream.getvalue()) is told
    assert stream.getvalue().endswith("\x1b[K" if told else "")
