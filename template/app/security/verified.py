"""Remembers verified access tokens for a short while: verifying one costs more than the request."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from .context import Principal
from .tokens import AccessClaims

_MAX_SECONDS: Final = 60
_MAX_TOKENS: Final = 10_000
_DIGEST_BYTES: Final = 16


class VerifiedTokens:
    """A bounded cache from the exact bytes of a token to the caller it names.

    It answers whether a token was genuine, never whether it has been revoked since: that is checked
    on every request. It holds hashes, so that a memory dump has no usable token.

    Args:
        max_tokens: entries kept; the least recently used goes first.
        clock: the time in Unix seconds.
    """

    def __init__(
        self, *, max_tokens: int = _MAX_TOKENS, clock: Callable[[], float] = time.time
    ) -> None:
        self._max_tokens = max_tokens
        self._clock = clock
        self._entries: OrderedDict[bytes, tuple[float, Principal, int]] = OrderedDict()

    def get(self, token: bytes) -> tuple[Principal, int] | None:
        """Return the caller and the token's ``iat``, or None when it has to be verified."""
        key = _key(token)
        entry = self._entries.get(key)
        if entry is None:
            return None
        until, principal, issued_at = entry
        if until <= self._clock():
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return principal, issued_at

    def put(self, token: bytes, principal: Principal, claims: AccessClaims) -> None:
        """Remember a token that has just been verified, at most until it expires."""
        if len(self._entries) >= self._max_tokens:
            self._entries.popitem(last=False)
        until = min(float(claims.expires_at), self._clock() + _MAX_SECONDS)
        self._entries[_key(token)] = (until, principal, claims.issued_at)


def _key(token: bytes) -> bytes:
    return hashlib.blake2b(token, digest_size=_DIGEST_BYTES).digest()
