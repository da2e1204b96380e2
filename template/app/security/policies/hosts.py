"""Refuses requests that name a host the service was not told to answer for."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

# RFC 9110 section 7.2: uri-host [":" port]; an IPv6 literal stands in brackets. No label of a name
# is empty: a pattern asks for one.
_HOST: Final = re.compile(
    r"(?P<name>(?![A-Za-z0-9._-]{254})[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?"
    r"|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
)


def compile_hosts(allowed: tuple[str, ...]) -> Callable[[bytes | None], bool]:
    """Return the check of a ``Host`` field against exact names and ``*.example.com`` patterns.

    Without names every well-formed host passes. A missing host never does.
    """
    exact = frozenset(name.lower() for name in allowed if not name.startswith("*."))
    suffixes = tuple(name[1:].lower() for name in allowed if name.startswith("*."))

    @lru_cache(maxsize=256)
    def accepts(host: bytes | None) -> bool:
        match = _HOST.fullmatch((host or b"").decode("latin-1"))
        if match is None:
            return False
        name = match["name"].lower().removesuffix(".")
        return not allowed or name in exact or name.endswith(suffixes)

    return accepts
