"""A line on a terminal that says how far a long run is."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TextIO, TypeVar

Item = TypeVar("Item")
_PATIENCE: Final = 1.0  # seconds without a word
_CLEAR: Final = "\r\x1b[K"


def watch(
    items: Sequence[Item], stream: TextIO, clock: Callable[[], float] = time.monotonic
) -> Iterator[Item]:
    """Yield the items; after a second, tell a terminal how many are done."""
    started = clock()
    told = False
    for number, item in enumerate(items):
        if clock() - started > _PATIENCE and stream.isatty():
            stream.write(f"{_CLEAR}auditing deployment {number + 1} of {len(items)}")
            stream.flush()
            told = True
        yield item
    if told:
        stream.write(_CLEAR)
        stream.flush()
