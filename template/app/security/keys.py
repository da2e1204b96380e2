"""The key ring that signs and verifies access tokens: pinned algorithm, key ids, safe rotation."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from jwt.algorithms import HMACAlgorithm
from jwt.exceptions import InvalidKeyError

Algorithm = Literal["HS256", "EdDSA", "ES256"]

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey

_KEY_ID_BYTES: Final = 9
_SECRET_BYTES: Final = 48


class KeyRingError(ValueError):
    """A key does not fit the algorithm; the message holds no key material."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys of one algorithm (RFC 8725 section 3.1: one key, one algorithm).

    Attributes:
        algorithm: the only algorithm that tokens may name.
        signing_id: the ``kid`` of the key that signs.
        signing_key: the key that signs.
        verifying: every key that verifies, by ``kid``.
    """

    algorithm: Algorithm
    signing_id: str
    signing_key: bytes | PrivateKey
    verifying: Mapping[str, bytes | PublicKey]

    @classmethod
    def of(cls, algorithm: Algorithm, keys: Sequence[str]) -> "KeyRing":
        """Return the ring of ``keys``, of which the first signs.

        Args:
            algorithm: what every key is for.
            keys: secrets, whose UTF-8 bytes are the key, for HS256; else PEM private keys, or
                public ones that only verify.

        Raises:
            KeyRingError: a key is of another kind, or the first cannot sign.
        """
        if algorithm == "HS256":
            texts = [_secret(key) for key in keys]
            verifying = {_key_id(text): text for text in texts}
            signing_id, signing = _key_id(texts[0]), texts[0]
            return cls(algorithm, signing_id, signing, MappingProxyType(verifying))
        pairs = [_load(algorithm, key) for key in keys]
        private = pairs[0][0]
        if private is None:
            raise KeyRingError("the first key must be a private key, because it signs")
        public = {_key_id(_der(public)): public for _, public in pairs}
        return cls(algorithm, _key_id(_der(pairs[0][1])), private, MappingProxyType(public))


def new_key(algorithm: Algorithm) -> str:
    """Return a fresh random key, as the settings spell it."""
    if algorithm == "HS256":
        return secrets.token_urlsafe(_SECRET_BYTES)
    private: PrivateKey = (
        ed25519.Ed25519PrivateKey.generate()
        if algorithm == "EdDSA"
        else ec.generate_private_key(ec.SECP256R1())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode("ascii").strip()


def _key_id(key: bytes) -> str:
    """Name a key without telling anything about it: a truncated keyed hash of it."""
    digest = hmac.digest(key, b"secure-api key id", hashlib.sha256)[:_KEY_ID_BYTES]
    return base64.urlsafe_b64encode(digest).decode("ascii")


def _der(key: PublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _secret(key: str) -> bytes:
    """Return the bytes of an HMAC secret, unless they are a key of another kind.

    The library signs with no such key, so that every sign-in would fail; and a public key is no
    secret (RFC 8725 section 2.1).
    """
    try:
        return HMACAlgorithm(HMACAlgorithm.SHA256).prepare_key(key)
    except InvalidKeyError:
        raise KeyRingError("holds a PEM, SSH or JSON web key; HS256 needs a random text") from None


def _load(algorithm: Algorithm, pem: str) -> tuple[PrivateKey | None, PublicKey]:
    """Return the private key of a PEM text, if it holds one, and the public key."""
    text = pem.strip().encode()
    try:
        if b"PRIVATE KEY" in text:
            private = serialization.load_pem_private_key(text, password=None)
            key = private.public_key()
        else:
            private, key = None, serialization.load_pem_public_key(text)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyRingError(
            f"holds a key that is no unencrypted PEM key, which {algorithm} needs"
        ) from None
    if algorithm == "EdDSA" and isinstance(key, ed25519.Ed25519PublicKey):
        fits = private is None or isinstance(private, ed25519.Ed25519PrivateKey)
    elif algorithm == "ES256" and isinstance(key, ec.EllipticCurvePublicKey):
        fits = isinstance(key.curve, ec.SECP256R1)
    else:
        fits = False
    if not fits:
        raise KeyRingError(f"holds a key of another kind than {algorithm} needs")
    return private, key  # type: ignore[return-value]  # narrowed by `fits`
