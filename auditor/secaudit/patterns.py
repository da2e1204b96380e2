"""Regular expressions that are compiled when first used: most runs need few of them."""

import re
from typing import Any, AnyStr, cast


class _Lazy:
    """Stands for a compiled pattern and becomes it at the first use."""

    __slots__ = ("_flags", "_pattern", "_source")

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags
        self._pattern: re.Pattern[Any] | None = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the pattern has
        if self._pattern is None:
            self._pattern = re.compile(self._source, self._flags)
        return getattr(self._pattern, name)


def lazy(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what ``re.compile`` returns, but compile at the first use of a method."""
    return cast("re.Pattern[AnyStr]", _Lazy(source, flags))
