"""SHA-256 without OpenSSL: loading that library costs a cold start more than all its hashes."""

import sys

try:  # Python's own code, for which no stubs exist since only hashlib is to import it
    if sys.version_info >= (3, 12):
        from _sha2 import sha256 as _sha256  # type: ignore[import-not-found]
    else:
        from _sha256 import sha256 as _sha256  # type: ignore[import-not-found]
except ImportError:  # another Python than CPython
    from hashlib import sha256 as _sha256


def sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes in hex; lone surrogates keep their bytes."""
    digest: str = _sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return digest
