"""SHA-256 without OpenSSL: loading that library costs a cold start more than all its hashes."""

try:
    # Python's own, since 3.12; no stubs exist for modules that only hashlib is to import.
    from _sha2 import sha256 as _sha256  # type: ignore[import-not-found]
except ImportError:
    try:
        from _sha256 import sha256 as _sha256  # type: ignore[import-not-found]  # in 3.11
    except ImportError:
        from hashlib import sha256 as _sha256  # another Python than CPython


def sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes in hex; lone surrogates keep their bytes."""
    digest: str = _sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return digest
