"""The rate class of a caller: whose counter a request counts on, and what the answer says of it."""

import time
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Address, ip_network
from math import ceil
from typing import Final

from app.security.limits import Decision, Quota
from app.security.problems import Problem

from .proxies import parse_address

# draft-ietf-httpapi-ratelimit-headers, section "Quota Exceeded"
_QUOTA_EXCEEDED: Final = "https://iana.org/assignments/http-problem-types#quota-exceeded"
_IPV6_PREFIX: Final = 64


@dataclass(frozen=True, slots=True)
class RateClass:
    """A named quota.

    Attributes:
        name: what callers read in ``RateLimit``.
        quota: how many requests in which time.
        lines: the ``RateLimit-Policy`` line and the start of the ``RateLimit`` line.
    """

    name: str
    quota: Quota
    lines: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Compute what does not change."""
        policy = f'ratelimit-policy: "{self.name}";q={self.quota.limit};w={self.quota.window}'
        start = f'{policy}\r\nratelimit: "{self.name}";r='
        object.__setattr__(self, "lines", start.encode("ascii"))


def rate_class(name: str, quota: Quota | None) -> RateClass | None:
    """Return the class of a quota; None, unlimited, stays None."""
    return None if quota is None else RateClass(name, quota)


@lru_cache(maxsize=8192)
def client_key(client: str) -> str:
    """Return what an address counts as: itself, or the /64 network that one IPv6 host owns."""
    address = parse_address(client)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_PREFIX), strict=False).network_address)
    return client


def rate_lines(rate: RateClass, decision: Decision) -> bytes:
    """Return ``RateLimit-Policy`` and ``RateLimit`` (draft-ietf-httpapi-ratelimit-headers).

    ``t`` counts whole seconds until the quota is whole again, or until ``Retry-After`` on a 429.
    """
    wait = decision.reset_after if decision.allowed else decision.retry_after
    return b"%b%d;t=%d\r\n" % (rate.lines, decision.remaining, ceil(wait))


def too_many(name: str, retry_after: float, quota: Quota | None = None) -> Problem:
    """Return the 429 of an exceeded quota, for rate classes and flow limits alike.

    Args:
        name: the quota's name.
        retry_after: seconds until one more event fits.
        quota: a flow's quota, for its own items in ``RateLimit`` and ``RateLimit-Policy``; the edge
            writes those of a rate class, which every answer carries.
    """
    seconds = str(max(1, ceil(retry_after)))
    headers = {"Retry-After": seconds}
    if quota is not None:
        headers["RateLimit-Policy"] = f'"{name}";q={quota.limit};w={quota.window}'
        headers["RateLimit"] = f'"{name}";r=0;t={seconds}'
    return Problem(
        429,
        "Too many requests.",
        headers=headers,
        extensions={
            "type": _QUOTA_EXCEEDED,
            "title": "Request cannot be satisfied as assigned quota has been exceeded",
            "violated-policies": [name],
        },
    )


class Reports:
    """Remembers which exceeded quotas were reported, so that a flood does not flood the log."""

    _MOST: Final = 1024

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def is_new(self, key: str, seconds: float) -> bool:
        """Tell whether ``key`` was not reported within the ``seconds`` its last report covers."""
        now = time.monotonic()
        if self._until.get(key, 0.0) > now:
            return False
        if len(self._until) >= self._MOST:
            self._until.clear()
        self._until[key] = now + seconds
        return True
