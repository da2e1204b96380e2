"""Names of tables that speak about settings and hold none."""

from typing import Final

from secaudit.naming.meanings import normalised

_ABOUT: Final = frozenset(  # whatever follows: ``REQUIRED_SETTINGS``, ``DEFAULT_CONFIG``
    ("default", "defaults", "forbidden", "expected", "required", "example", "examples", "help")
)
_WORDING: Final = frozenset(  # ``TOKEN_KINDS``, ``ERROR_TEXT``, ``MESSAGES_EN``
    (
        *("label", "labels", "code", "codes", "error", "errors", "message", "messages"),
        *("level", "levels", "kind", "kinds", "type", "types", "event", "events", "topics"),
        *("field", "fields", "columns", "permissions", "scopes", "roles", "titles", "texts"),
        *("captions", "hints", "placeholders", "translations", "choices", "descriptions"),
    )
)
_RULES: Final = frozenset(("rule", "rules"))
# What a last word shows to be set up: ``MESSAGE_BROKER``, ``ERROR_TRACKING``.
_SET_UP: Final = frozenset(
    (
        *("broker", "queue", "bus", "store", "storage", "backend", "database", "db", "cache"),
        *("tracking", "tracker", "reporting", "reporter", "service", "server", "client", "api"),
        *("config", "configuration", "settings", "options"),
    )
)
_POLICIES: Final = frozenset(  # whose rules take effect: ``CORS_RULES``, unlike ``PASSWORD_RULES``
    ("cors", "cookie", "cookies", "session", "sessions", "csrf", "security", "tls", "ssl", "hsts")
)


def is_wording(name: str) -> bool:
    """Say whether a class with this name lists words: ``Messages``, ``AuditEvent``."""
    return normalised(name).rpartition("_")[2] in _WORDING


def speaks_of_settings(name: str) -> bool:
    """Say whether entries of a table with this name take effect elsewhere or never."""
    words = normalised(name).split("_")
    if not _ABOUT.isdisjoint(words):
        return True
    if words[-1] in _SET_UP:
        return False
    if not _RULES.isdisjoint(words) and _POLICIES.isdisjoint(words):
        return True
    return not _WORDING.isdisjoint(words)
