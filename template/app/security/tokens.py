"""Access tokens: JWTs of one exact shape (RFC 9068, RFC 8725), and opaque random tokens."""

import base64
import binascii
import hashlib
import json
import re
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
# RFC 7515 section 2: base64url without padding, line breaks or anything else.
_COMPACT: Final = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+")
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
        now = int(self._clock())
        issued = max(now, not_before)
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
        return token, expires - now

    def read(self, token: bytes) -> AccessClaims | None:
        """Return the claims of a token that this service signed and that has not expired.

        Header and claims must be exactly the documented ones, of the documented types: an unknown
        ``kid``, ``jwk``, ``crit``, a list as ``aud``, a date as text, all make it None.
        """
        compact = _COMPACT.fullmatch(token) if len(token) <= _MAX_BYTES else None
        if compact is None:
            return None
        header, claims = (_members(segment) for segment in compact.groups())
        if header is None or claims is None or header.keys() != _HEADER or header["typ"] != _TYPE:
            return None
        kid = header["kid"]
        key = self._ring.verifying.get(kid) if isinstance(kid, str) else None
        if key is None:
            return None
        try:
            jwt.decode(
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
        if not all(type(claims[name]) is str and claims[name] for name in _TEXTS):
            return None
        if not all(type(claims[name]) is int for name in _DATES):
            return None
        issued, expires = claims["iat"], claims["exp"]
        if issued > self._clock() + _AHEAD_SECONDS or expires - issued > self.lifetime:
            return None
        if not (_is_uuid(claims["sub"]) and _is_uuid(claims["sid"])):
            return None
        return AccessClaims(claims["sub"], claims["sid"], issued, expires)


def _members(segment: bytes) -> dict[str, Any] | None:
    """Return the members of a JSON object in base64url, each named once; None for anything else.

    The library reads claims in any UTF encoding and keeps the last of two equal names, so that
    what is checked here is what was written (RFC 8725 section 3.7).
    """
    try:
        text = base64.b64decode(segment + b"=" * (-len(segment) % 4), b"-_", validate=True)
        pairs = json.loads(text.decode("utf-8"), object_pairs_hook=tuple)
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(pairs, tuple):
        return None
    members = dict(pairs)
    return members if len(members) == len(pairs) else None


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
