"""Whether a name is about security, for rules that see a name and no value."""

from typing import Final

from secaudit.facts import Facts
from secaudit.patterns import lazy

_SECURITY: Final = lazy(
    r"SECRET|PASSW|TOKEN|(^|_)KEYS?$|(^|_)KEY_|DEBUG|CORS|ALLOWED_(HOST|ORIGIN)|COOKIE|CSRF|(^|_)SSL"
    r"|(^|_)TLS|HTTPS|(^|_)JWT|(^|_)AUTH|CREDENTIAL|HSTS|SALT|SIGNING|ALGORITHM|ENVIRONMENT$"
    r"|(^|_)ENV$|ADMIN|TRUSTED|RATE_?LIMIT"
)


def is_security_name(name: str, facts: Facts) -> bool:
    """Return whether a key weakens the service when it is lost or misread.

    A key that gives a setting with a concept is about security because the concept is; others
    are judged by their words.
    """
    upper = name.upper()
    for setting in facts.settings:
        if setting.concept and upper in {known.upper() for known in setting.variables}:
            return True
    return _SECURITY.search(upper.replace(".", "_").replace("-", "_")) is not None
