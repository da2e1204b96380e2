"""Gives every request an id, the caller's own when it is well formed."""

import re
from random import getrandbits
from typing import Final

_ACCEPTED: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")


def request_id(sent: bytes | None) -> str:
    """Return the id the caller sent, or 32 random hexadecimal digits when it is missing or odd."""
    if sent is not None and _ACCEPTED.fullmatch(sent):
        return sent.decode("ascii")
    return f"{getrandbits(128):032x}"  # nosec B311 # an id, no secret: a system call costs more
