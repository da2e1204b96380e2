"""Fixtures of the attack suite, for your own tests: ``client``, ``alice`` and ``bob``."""

from tests.security.conftest import (
    _no_settings_from_outside,
    alice,
    bob,
    client,
    database_url,
    make_client,
    make_settings,
    signing_key,
)

__all__ = [
    "_no_settings_from_outside",
    "alice",
    "bob",
    "client",
    "database_url",
    "make_client",
    "make_settings",
    "signing_key",
]
