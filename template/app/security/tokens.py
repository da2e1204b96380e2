"""Access tokens: JWTs of one exact shape (RFC 9068, RFC 8725), and opaque random tokens."""

import base64
import binascii
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import jwt

from .keys import KeyRing

_TYPE: Final = "at+jwt"
_HEADER: Final = frozenset({"alg", "kid", "typ"})
_TEXTS: Final = frozenset({"iss", "aud", "sub", "sid", "jti"})
_DATES: Final = frozenset({"iat", "exp"})
_CLAIMS: Final = _TEXTS | _DATES
_MAX_BYTES: Final = 2048
# How far another process's clock, or a token that follows a revocation, may be ahead.
_AHEAD_SECONDS: Final = 60
_OPAQUE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a genuine access token says; whether it was revoked is another question.

    Attributes:
        user_id: ``sub``, a UUID in its canonical form.
        session_id: ``sid``, a UUID in its canonical form.
        issued_at: ``iat``, in Unix seconds.
        expires_at: ``exp``, in Unix seconds.
    """

    user_id: str
    session_id: str
    issued_at: int
    expires_at: int


class AccessTokens:
    """Makes and reads access tokens.

    Args:
        ring: the keys; its algorithm is the only one accepted.
        issuer: the ``iss`` of every token.
        audience: the ``aud`` of every token.
        lifetime: seconds from ``iat`` to ``exp`` at most.
        clock: the time in Unix seconds.
    """

    def __init__(
        self,
        ring: KeyRing,
        *,
        issuer: str,
        audience: str,
        lifetime: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lifetime = lifetime
        self._ring = ring
        self._issuer = issuer
        self._audience = audience
        self._clock = clock

    def issue(
        self, user_id: UUID, session_id: UUID, *, not_before: int, session_ends: float
    ) -> tuple[str, int]:
        """Return a new token and the seconds it lives.

        Args:
            user_id: the account.
            session_id: the sign-in it belongs to.
            not_before: the Unix second before which the account's tokens are revoked; a token made
                in the second of the revocation is dated after it.
            session_ends: when the session ends, in Unix seconds; no token outlives it.
        """
        issued = max(int(self._clock()), not_before)
        expires = max(issued, min(issued + self.lifetime, int(session_ends)))
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(user_id),
            "sid": str(session_id),
            "iat": issued,
            "exp": expires,
            "jti": str(uuid4()),
        }
        token = jwt.encode(
            claims,
            self._ring.signing_key,
            algorithm=self._ring.algorithm,
            headers={"kid": self._ring.signing_id, "typ": _TYPE},
        )
        return token, expires - int(self._clock())

    def read(self, token: bytes) -> AccessClaims | None:
        """Return the claims of a token that this service signed and that has not expired.

        Header and claims must be exactly the documented ones, of the documented types: an unknown
        ``kid``, ``jwk``, ``crit``, a list as ``aud``, a date as text, all make it None.
        """
        header = _header(token)
        if header is None or header["typ"] != _TYPE:
            return None
        key = self._ring.verifying.get(header["kid"])
        if key is None:
            return None
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[self._ring.algorithm],
                audience=self._audience,
                issuer=self._issuer,
                options={"strict_aud": True, "verify_iat": False, "require": sorted(_CLAIMS)},
            )
        except (jwt.InvalidTokenError, RecursionError, OverflowError):
            return None
        return self._checked(claims)

    def _checked(self, claims: dict[str, Any]) -> AccessClaims | None:
        if claims.keys() != _CLAIMS:
            return None
        if not all(type(claims[name]) is str for name in _TEXTS):
            return None
        if not all(type(claims[name]) is int for name in _DATES):
            return None
        issued, expires = claims["iat"], claims["exp"]
        if issued > self._clock() + _AHEAD_SECONDS or expires - issued > self.lifetime:
            return None
        if not (_is_uuid(claims["sub"]) and _is_uuid(claims["sid"])):
            return None
        return AccessClaims(claims["sub"], claims["sid"], issued, expires)


def _header(token: bytes) -> dict[str, str] | None:
    """Return the header if it has exactly the three known members, each once and a string."""
    if len(token) > _MAX_BYTES:
        return None
    encoded = token.partition(b".")[0]
    try:
        text = base64.b64decode(encoded + b"=" * (-len(encoded) % 4), b"-_", validate=True)
        pairs = json.loads(text, object_pairs_hook=list)
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(pairs, list) or len(pairs) != len(_HEADER):
        return None
    if not all(isinstance(pair, tuple) and isinstance(pair[1], str) for pair in pairs):
        return None
    header = dict(pairs)
    return header if header.keys() == _HEADER else None


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def new_opaque_token() -> str:
    """Return 256 random bits in URL-safe base64: a refresh or a reset token."""
    return secrets.token_urlsafe(_OPAQUE_BYTES)


def opaque_hash(token: str) -> str:
    """Return what is stored of an opaque token, in hexadecimal.

    A fast hash is enough for 256 random bits: there is nothing to guess (ASVS 11.4.1).
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
