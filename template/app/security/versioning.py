"""How a version of the API is retired: Deprecation (RFC 9745), Sunset (RFC 8594), then 410."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from .problems import Problem

Header = tuple[bytes, bytes]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """A route that still works and has a successor.

    Attributes:
        since: when it became deprecated, with a time zone.
        successor: the path of the route to use instead.
        sunset: when it may stop working, with a time zone; not before ``since``.
        enforce_sunset: answer 410 from ``sunset`` on; otherwise a passed sunset only warns in CI.
        clock: seconds since the epoch.
    """

    since: datetime
    successor: str
    sunset: datetime | None = None
    enforce_sunset: bool = False
    clock: Clock = field(default=time.time, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse dates that the two header fields cannot express."""
        for date in (self.since, self.sunset):
            if date is not None and date.tzinfo is None:
                raise ValueError("a deprecation needs dates with a time zone")
        if self.sunset is not None and self.sunset < self.since:
            raise ValueError("a route cannot stop working before it is deprecated (RFC 9745 4)")
        if self.enforce_sunset and self.sunset is None:
            raise ValueError("enforce_sunset needs a sunset date")

    def headers(self) -> tuple[Header, ...]:
        """Return the header fields of every answer of the route, as ASGI pairs."""
        fields = [
            (b"deprecation", b"@%d" % int(self.since.timestamp())),
            (b"link", f'<{self.successor}>; rel="successor-version"'.encode("ascii")),
        ]
        if self.sunset is not None:
            fields.append((b"sunset", http_date(self.sunset)))
        return tuple(fields)

    def sunset_passed(self) -> bool:
        """Return whether the sunset date lies in the past."""
        return self.sunset is not None and self.clock() >= self.sunset.timestamp()

    def check(self) -> None:
        """Let the request pass unless the route is gone.

        Raises:
            Problem: 410, the sunset has passed and is enforced.
        """
        if self.enforce_sunset and self.sunset_passed():
            raise Problem(410, f"This route is gone; use {self.successor} instead.")


def http_date(moment: datetime) -> bytes:
    """Return an IMF-fixdate (RFC 9110 section 5.6.7)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True).encode("ascii")
