"""Hashing of passwords: passlib, pwdlib and bcrypt."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call, SinkUse
from secaudit.evaluation.values import Instance, Value, unknown
from secaudit.frameworks.sinks import Argument, group_of, record, recorder, use

_COST: Final = "password.bcrypt_rounds"
_ROUNDS: Final = "password.pbkdf2_rounds"
_PBKDF2: Final = ("pbkdf2_sha256", "pbkdf2_sha512", "django_pbkdf2_sha256")
_FAST: Final = (  # schemes of passlib without a cost, or without a salt
    *("md5_crypt", "apr_md5_crypt", "des_crypt", "ldap_md5", "ldap_sha1"),
    *("ldap_salted_md5", "ldap_salted_sha1", "hex_md5", "hex_sha1", "hex_sha256", "hex_sha512"),
    *("plaintext", "ldap_plaintext", "mysql323", "mysql41", "nthash", "lmhash"),
)
_ENDS: Final = ("rounds", "default_rounds")
_SCHEMES: Final = (
    Argument("schemes", "password.hashers", position=0),
    Argument("bcrypt__rounds", _COST),
    Argument("bcrypt__default_rounds", _COST),
    *(Argument(f"{name}__{end}", _ROUNDS) for name in _PBKDF2 for end in _ENDS),
)


def _hasher(name: str, arguments: tuple[Argument, ...] = ()) -> Callable[[Call], Value]:
    """Return the handler of a hasher of pwdlib, which stands for its scheme."""

    def make(call: Call) -> Value:
        record(call, name, arguments)
        instance = Instance(f"pwdlib.{name}", None, call.interpreter.level)
        instance.state["plain"] = Value(name, call.place)
        return Value(instance, call.place)

    return make


def _fast(scheme: str) -> Callable[[Call], Value]:
    """Return the handler of ``passlib.hash.md5_crypt.hash(secret)``."""

    def make(call: Call) -> Value:
        schemes = call.interpreter.list_value([Value(scheme, call.place)], "list", call.place)
        label, place = f"{scheme}.hash", call.place.location()
        group = group_of(call.place, label)
        use(call.interpreter, SinkUse("password.hashers", group, label, schemes, place))
        return unknown("a hash of a password", call.place)

    return make


def _salt(call: Call) -> Value:
    """``bcrypt.gensalt(rounds=12, prefix=b"2b")``."""
    record(call, "bcrypt.gensalt", (Argument("rounds", _COST, 12, 0),))
    return unknown("a random salt", call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "passlib.context.CryptContext": recorder("CryptContext", _SCHEMES),
    "passlib.hash.bcrypt.using": recorder("bcrypt.using", (Argument("rounds", _COST),)),
    "passlib.hash.bcrypt.hash": recorder("bcrypt.hash", (Argument("rounds", _COST),)),
    **{
        f"passlib.hash.{name}.{method}": recorder(
            f"{name}.{method}", (Argument("rounds", _ROUNDS),), type_name=f"passlib.{name}"
        )
        for name in _PBKDF2
        for method in ("using", "hash")
    },
    **{f"passlib.hash.{name}.hash": _fast(name) for name in _FAST},
    "pwdlib.PasswordHash": recorder(
        "PasswordHash", (Argument("hashers", "password.hashers", position=0),)
    ),
    "pwdlib.hashers.argon2.Argon2Hasher": _hasher("argon2"),
    "pwdlib.hashers.bcrypt.BcryptHasher": _hasher("bcrypt", (Argument("rounds", _COST, 12, 0),)),
    "bcrypt.gensalt": _salt,
}
