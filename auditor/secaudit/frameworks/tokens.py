"""JSON Web Tokens: PyJWT, python-jose, Authlib, joserfc, and FastAPI Users."""

import ast
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeAlias

from secaudit.evaluation.runtime import Call, SinkUse
from secaudit.evaluation.values import DictData, Instance, Value, plain, unknown
from secaudit.facts import Unknown
from secaudit.frameworks.moments import MOMENTS
from secaudit.frameworks.reading import cast
from secaudit.frameworks.sinks import Argument, group_of, record, recorder, use

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_KEY: Final = Argument("key", "signing.secret", position=1)
_ENCODE: Final = (_KEY, Argument("algorithm", "token.algorithm", "HS256", 2))
_DECODE: Final = (
    _KEY,
    Argument("algorithms", "token.algorithms", position=2),
    Argument("audience", "token.audience"),
)


def _encode(call: Call) -> Value:
    """``jwt.encode(claims, key, algorithm="HS256")``."""
    group = record(call, "jwt.encode", _ENCODE, "jwt")
    claims = call.argument(0, "payload") or call.keywords.get("claims")
    if claims is not None:
        _claims(call, claims, group)
    return unknown("a token", call.place)


def _claims(call: Call, claims: Value, group: str) -> None:
    """Record whether a token expires, and when."""
    data = claims.data
    if not isinstance(data, DictData):
        return
    expiry = data.items.get("exp")
    if expiry is None:
        present: Any = False if data.rest is None else Unknown("claims that are not known")
        _use(call, "token.expires", Value(present, call.place), group)
        return
    _use(call, "token.expires", Value(True, call.place), group)
    moment = expiry.data
    if isinstance(moment, Instance) and moment.type_name in MOMENTS:
        delta: Value | None = moment.state.get("delta")
        if delta is not None:
            is_refresh = "refresh" in f"{_kind(data)} {_function_name(call)}".lower()
            concept = "token.refresh_lifetime" if is_refresh else "token.access_lifetime"
            _use(call, concept, delta, group)


def _kind(claims: DictData) -> str:
    """Return what a token says that it is, ``""`` when it does not."""
    kind = plain(claims.items.get("type", claims.items.get("token_type", Value(""))))
    return kind if isinstance(kind, str) else ""


def _function_name(call: Call) -> str:
    """Return the name of the innermost function around a call."""
    around = functions_around(call)
    return around[-1].name if around else ""


def _use(call: Call, concept: str, value: Value, group: str) -> None:
    name = f"jwt.encode.{concept.partition('.')[2]}"
    use(
        call.interpreter,
        SinkUse(concept, group, name, value, call.place.location(), "jwt"),
    )


def _decode(call: Call) -> Value:
    """``jwt.decode(token, key, algorithms=[...], options={...})``."""
    group = record(call, "jwt.decode", _DECODE, "jwt")
    verified: Value | None = call.keywords.get("verify")
    options = call.argument(3, "options")
    if options is not None and isinstance(options.data, DictData):
        verified = options.data.items.get("verify_signature", verified)
        expiry = options.data.items.get("verify_exp")
        if expiry is not None:
            name, place = "jwt.decode.verify_exp", call.location("options")
            use(call.interpreter, SinkUse("token.expires", group, name, expiry, place, "jwt"))
        audience = options.data.items.get("verify_aud")
        if audience is not None and audience.data is False:
            unchecked = audience._replace(data="")
            name, place = "jwt.decode.verify_aud", call.location("options")
            use(call.interpreter, SinkUse("token.audience", group, name, unchecked, place, "jwt"))
    if verified is not None and not (verified.data is False and _looks_first(call)):
        use(
            call.interpreter,
            SinkUse(
                "token.verify",
                group,
                "jwt.decode.verify",
                verified,
                call.location("options"),
                "jwt",
            ),
        )
    return unknown("the claims of a token", call.place)


def functions_around(call: Call) -> list[_Function]:
    """Return the functions that a call stands in, the outermost first."""
    return [
        function  # a walk meets the outer function first
        for function in ast.walk(call.place.module.tree)
        if isinstance(function, _FUNCTIONS) and call.place.node in ast.walk(function)
    ]


def _looks_first(call: Call) -> bool:
    """Say whether the same function decodes again: a look at the claims tells which key verifies.

    The signature is then checked by the other call.
    """
    return any(
        isinstance(node, ast.Call)
        and node is not call.place.node
        and getattr(node.func, "attr", "") == "decode"
        and "verify_signature" not in ast.unparse(node)
        and node.args
        for function in functions_around(call)[-1:]
        for node in ast.walk(function)
    )


def _unverified(call: Call) -> Value:
    """``jwt.get_unverified_claims(token)``: reading is no verification, and no fault by itself."""
    return unknown("claims that are not verified", call.place)


def _headed_encode(call: Call) -> Value:
    """``jwt.encode(header, claims, key)`` of Authlib and joserfc."""
    group = group_of(call.place, "jwt.encode")
    header, key = call.argument(0, "header"), call.argument(2, "key")
    claims = call.keywords.get("payload") or call.argument(1, "claims")
    if header is not None and isinstance(header.data, DictData) and "alg" in header.data.items:
        _use(call, "token.algorithm", header.data.items["alg"], group)
    if key is not None:
        use(
            call.interpreter,
            SinkUse("signing.secret", group, "jwt.encode.key", key, call.place.location(), "jwt"),
        )
    if claims is not None:
        _claims(call, claims, group)
    return unknown("a token", call.place)


def _decoder(arguments: tuple[Argument, ...]) -> Callable[[Call], Value]:
    """Return the handler of a ``decode`` that never takes ``none`` unless it is told to."""

    def handle(call: Call) -> Value:
        record(call, "jwt.decode", arguments, "jwt")
        return unknown("the claims of a token", call.place)

    return handle


def _generate(call: Call) -> Value:
    """``OctKey.generate_key(...)``: another key at each start."""
    return unknown("generated anew at each start", call.place)


def _key_of(call: Call) -> Value:
    """``OctKey.import_key(text)``, ``OctKey(text)``: the key is its text."""
    return call.arguments[0] if call.arguments else unknown("a key", call.place)


_AUTHLIB: Final = "authlib.jose.JsonWebToken"


def _strategy(call: Call) -> Value:
    """``JWTStrategy(secret, lifetime_seconds, algorithm=...)``; without a lifetime for ever."""
    group = record(call, "JWTStrategy", _STRATEGY, "jwt")
    given = call.argument(1, "lifetime_seconds")
    if given is not None:
        lasting = cast(call.interpreter, given, _seconds, call.place, "a number of seconds")
        name, place = "JWTStrategy.lifetime_seconds", call.location("lifetime_seconds")
        use(call.interpreter, SinkUse("token.access_lifetime", group, name, lasting, place, "jwt"))
    return Value(Instance("JWTStrategy", None, call.interpreter.level), call.place)


def _seconds(number: Any) -> timedelta | None:  # noqa: ANN401 - an argument
    return None if number is None else timedelta(seconds=number)


_STRATEGY: Final = (
    Argument("secret", "signing.secret", position=0),
    Argument("algorithm", "token.algorithm"),
)
_TRANSPORT: Final = (
    Argument("cookie_secure", "cookie.secure", default=True),
    Argument("cookie_httponly", "cookie.httponly", default=True),
    Argument("cookie_samesite", "cookie.samesite", "lax"),
)
CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "jwt.encode": _encode,
    "jwt.decode": _decode,
    "jose.jwt.encode": _encode,
    "jose.jwt.decode": _decode,
    "jose.jwt.get_unverified_claims": _unverified,
    "joserfc.jwt.encode": _headed_encode,
    "joserfc.jwt.decode": _decoder((_KEY, _DECODE[1])),
    "authlib.jose.jwt.encode": _headed_encode,
    "authlib.jose.jwt.decode": _decoder((_KEY,)),
    "authlib.jose.JsonWebToken": recorder(
        "JsonWebToken", (Argument("algorithms", "token.algorithms", position=0),), "jwt", _AUTHLIB
    ),
    **{f"{package}.OctKey.import_key": _key_of for package in ("joserfc.jwk", "authlib.jose")},
    **{f"{package}.OctKey.generate_key": _generate for package in ("joserfc.jwk", "authlib.jose")},
    "fastapi_users.authentication.JWTStrategy": _strategy,
    "fastapi_users.authentication.CookieTransport": recorder(
        "CookieTransport", _TRANSPORT, "session"
    ),
    "itsdangerous.URLSafeTimedSerializer": recorder(
        "URLSafeTimedSerializer",
        (Argument("secret_key", "signing.secret", position=0),),
        "itsdangerous",
    ),
    "itsdangerous.URLSafeSerializer": recorder(
        "URLSafeSerializer", (Argument("secret_key", "signing.secret", position=0),), "itsdangerous"
    ),
}
METHODS: Final = {
    f"{_AUTHLIB}.encode": lambda _receiver, _instance, call: _headed_encode(call),
    f"{_AUTHLIB}.decode": lambda _receiver, _instance, call: _decoder((_KEY,))(call),
}
