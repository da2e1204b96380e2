"""Template-owned: the fixtures of the attack suite (``client``, ``alice`` ...) for all tests."""

from tests.security.conftest import *  # noqa: F403 - whatever fixtures the suite has
from tests.security.conftest import _no_settings_from_outside

__all__ = ["_no_settings_from_outside"]
