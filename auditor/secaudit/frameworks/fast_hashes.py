"""Passwords hashed by ``hashlib``, too fast or in too few rounds, or by a weak way of werkzeug."""

import re
from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call, SinkUse
from secaudit.evaluation.values import ListData, Value, plain, unknown
from secaudit.frameworks.sinks import Argument, group_of, object_of, record, use
from secaudit.patterns import lazy

_ITERATIONS: Final = Argument("iterations", "password.pbkdf2_rounds", position=3)
_PASSWORD: Final = lazy(r"(^|[^a-z])(password|passwd|pwd)(?![a-z_]*(hash|reset|token))")
_HARDENED: Final = lazy(r"bcrypt|argon2|scrypt|pbkdf2|pwned", re.IGNORECASE)


def _digest(name: str) -> Callable[[Call], Value]:
    """Return the handler of ``hashlib.sha256(password.encode())``.

    A module that names a password hash digests the password for it, one that names "pwned" for a
    list of leaked ones; neither with MD5.
    """

    def handle(call: Call) -> Value:
        source = call.frame.module.syntax
        node = call.place.node
        hardened = name != "md5" and _HARDENED.search(source.text)
        if _PASSWORD.search(source.source(node).lower()) and not hardened:
            _record(call, f"hashlib.{name}", name)
        return object_of("hashlib.HASH", call)

    return handle


def _generate(call: Call) -> Value:
    """``werkzeug.security.generate_password_hash(password, method="scrypt")``."""
    method = call.argument(1, "method")
    text = plain(method) if method is not None else None
    if isinstance(text, str):
        digest = text.removeprefix("pbkdf2:") if text.startswith("pbkdf2:") else text
        weak = digest.split(":")[0] in {"plain", "md5", "sha1", "sha256", "sha512"}
        if weak and not text.startswith(("pbkdf2:sha256", "pbkdf2:sha512")):
            _record(call, "generate_password_hash.method", digest)
    return object_of("werkzeug.hash", call)


def _derive(call: Call) -> Value:
    """``hashlib.pbkdf2_hmac("sha256", password, salt, iterations)``."""
    node = call.place.node
    if _PASSWORD.search(call.frame.module.syntax.source(node).lower()):
        record(call, "hashlib.pbkdf2_hmac", (_ITERATIONS,))
    return unknown("a derived key", call.place)


def _record(call: Call, name: str, scheme: str) -> None:
    schemes = Value(ListData([Value(scheme, call.place)], "list"), call.place)
    group, place = group_of(call.place, name), call.place.location()
    use(call.interpreter, SinkUse("password.hashers", group, name, schemes, place))


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "hashlib.pbkdf2_hmac": _derive,
    **{f"hashlib.{name}": _digest(name) for name in ("md5", "sha1", "sha256", "sha512")},
    "werkzeug.security.generate_password_hash": _generate,
}
