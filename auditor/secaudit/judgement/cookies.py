"""What a cookie is for, by its name or by what sets it."""

import re
from typing import Final

from secaudit.patterns import lazy

_CREDENTIAL: Final = lazy(
    r"sess|token|jwt|auth|access|refresh|remember|(^|[_-])sid($|[_-])|login|bearer", re.IGNORECASE
)
_PREFERENCE: Final = lazy(r"lang|locale|theme|consent|time_?zone", re.IGNORECASE)
_READ_BY_SCRIPTS: Final = lazy(r"csrf|xsrf", re.IGNORECASE)


def carries_credentials(service: str) -> bool:
    """Return whether a cookie logs its sender in."""
    return _CREDENTIAL.search(service) is not None and not read_by_scripts(service)


def read_by_scripts(service: str) -> bool:
    """Return whether a cookie is made for scripts: CSRF tokens and preferences."""
    return _READ_BY_SCRIPTS.search(service) is not None or is_preference(service)


def is_preference(service: str) -> bool:
    """Return whether a cookie only remembers how its sender likes the pages."""
    return _PREFERENCE.search(service) is not None and _CREDENTIAL.search(service) is None
