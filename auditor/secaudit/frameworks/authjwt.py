"""fastapi-jwt-auth: what a settings object says about tokens in cookies.

Source: fastapi-jwt-auth 0.5 (``config.LoadConfig``, ``auth_config.AuthConfig``): tokens are read
from headers alone unless told otherwise.
"""

from typing import Final

from secaudit.evaluation.runtime import Interpreter, SinkUse, slot_of
from secaudit.evaluation.values import Instance, plain
from secaudit.frameworks.sinks import use

_PROTECTION: Final = "authjwt_cookie_csrf_protect"
_PLACES: Final = "authjwt_token_location"


def look(interpreter: Interpreter) -> None:
    """Judge the double-submit check where a cookie holds tokens."""
    for instance in interpreter.instances:
        value = instance.attributes.get(_PROTECTION)
        if value is not None and value.place is not None and _in_cookies(instance):
            made = value._replace(source=slot_of(instance, _PROTECTION))
            place = value.place.location()
            use(interpreter, SinkUse("csrf.enabled", "authjwt", _PROTECTION, made, place, "jwt"))


def _in_cookies(instance: Instance) -> bool:
    places = instance.attributes.get(_PLACES)
    known = () if places is None else plain(places)
    return isinstance(known, list | tuple | set | frozenset) and "cookies" in known
