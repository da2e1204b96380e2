"""How long a token lives, in seconds and in words."""

from datetime import timedelta
from typing import Final

DAY: Final = 86_400.0


def seconds_of(value: object) -> float | None:
    """Return a lifetime in seconds; zero for a token that never expires, None if it is no time."""
    if value is None or value is False:
        return 0.0
    return value.total_seconds() if isinstance(value, timedelta) else None


def words(seconds: float) -> str:
    """Return a lifetime as people say it: ``8 days``, ``24 hours``, ``1.5 days``."""
    for size, unit in ((DAY, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second")):
        if seconds >= size:
            amount = round(seconds / size, 1)
            return f"{amount:g} {unit}{'' if amount == 1 else 's'}"
    return "0 seconds"
