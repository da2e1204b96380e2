"""JSON Web Tokens: PyJWT, python-jose, Authlib, joserfc, and FastAPI Users."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from secaudit.evaluation.runtime import Call, Interpreter, SinkUse
from secaudit.evaluation.values import DictData, Instance, Place, Value, plain, unknown
from secaudit.facts import GENERATED, Unknown
from secaudit.frameworks import unverified_tokens
from secaudit.frameworks.moments import MOMENTS
from secaudit.frameworks.reading import cast
from secaudit.frameworks.sinks import (
    Argument,
    group_of,
    library_default,
    object_of,
    record,
    recorder,
    use,
)

_HEADER: Final = "jwt.Header"
_ASYMMETRIC: Final = ("RS", "ES", "PS", "ED")
_PUBLIC: Final = ("-----BEGIN PUBLIC KEY", "-----BEGIN RSA PUBLIC KEY", "-----BEGIN CERTIFICATE")
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
    around = unverified_tokens.functions_around(call)
    return around[-1].name if around else ""


def _use(call: Call, concept: str, value: Value, group: str) -> None:
    name = f"jwt.encode.{concept.partition('.')[2]}"
    use(
        call.interpreter,
        SinkUse(concept, group, name, value, call.place.location(), "jwt"),
    )


def _decode(call: Call) -> Value:
    """``jwt.decode(token, key, algorithms=[...], options={...})``."""
    group = record(call, "jwt.decode", _arguments(call, _DECODE), "jwt")
    verified: Value | None = call.keywords.get("verify")
    options = call.argument(3, "options")
    if options is not None and isinstance(options.data, DictData):
        verified = options.data.items.get("verify_signature", verified)
        _options(call, options.data, group)
    if verified is not None:
        name, place = "jwt.decode.verify", call.location("options")
        sink = SinkUse("token.verify", group, name, verified, place, "jwt")
        if verified.data is False:
            unverified_tokens.note(call, sink)
        else:
            use(call.interpreter, sink)
    return unknown("the claims of a token", call.place)


def _options(call: Call, options: DictData, group: str) -> None:
    """Record which claims are left unchecked."""
    place = call.location("options")
    expiry, audience = (options.items.get(name) for name in ("verify_exp", "verify_aud"))
    if expiry is not None:
        sink = SinkUse("token.expires", group, "jwt.decode.verify_exp", expiry, place, "jwt")
        use(call.interpreter, sink)
    if audience is not None and audience.data is False:
        unchecked, name = audience._replace(data=""), "jwt.decode.verify_aud"
        use(call.interpreter, SinkUse("token.audience", group, name, unchecked, place, "jwt"))


def _arguments(call: Call, arguments: tuple[Argument, ...]) -> tuple[Argument, ...]:
    """Return what to record of a ``decode``: a key that only verifies is public."""
    algorithms = plain(call.argument(2, "algorithms") or Value(None))
    several = algorithms if isinstance(algorithms, list | tuple) else [algorithms]
    symmetric = [one for one in several if not str(one).upper().startswith(_ASYMMETRIC)]
    key = call.argument(1, "key")
    is_public = key is not None and str(key.data).lstrip().startswith(_PUBLIC)
    return arguments if symmetric and not is_public else arguments[1:]


def _decode_of_jose(call: Call) -> Value:
    """``jose.jwt.decode(token, key, algorithms=None)``: None is whatever the token names."""
    given = call.argument(2, "algorithms")
    if call.rest is None and (given is None or given.data is None):
        place = call.location()
        value = library_default(["*"], call.place)
        group, name = group_of(call.place, "jwt.decode"), "jwt.decode.algorithms"
        layer = "library-default"
        sink = SinkUse("token.algorithms", group, name, value, place, "jwt", layer)
        use(call.interpreter, sink)
    return _decode(call)


def _header(call: Call) -> Value:
    """``jwt.get_unverified_header(token)``: what whoever wrote the token says."""
    return object_of(_HEADER, call)


def _header_item(_interpreter: Interpreter, _receiver: Value, key: Value, place: Place) -> Value:
    if plain(key) != "alg":
        return unknown("the header of a token", place)
    named = Instance("jwt.Algorithm")
    named.state["plain"] = Value("*", place)
    return Value(named, place)


def _header_get(receiver: Value, _instance: Instance, call: Call) -> Value:
    return _header_item(call.interpreter, receiver, call.arguments[0], call.place)


def _unverified(label: str) -> Callable[[Call], Value]:
    """Return the handler of a call that gives claims without looking at the signature."""

    def handle(call: Call) -> Value:
        group, off = group_of(call.place, label), Value(False, call.place)
        sink = SinkUse("token.verify", group, label, off, call.place.location(), "reading")
        unverified_tokens.note(call, sink)
        return unknown("claims that are not verified", call.place)

    return handle


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
    return unknown(GENERATED, call.place)


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
    return object_of("JWTStrategy", call)


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
_READING: Final = ("jwt.get_unverified_claims", "jws.get_unverified_claims")
_HEADERS: Final = (
    *("jwt.get_unverified_header", "jose.jwt.get_unverified_header"),
    *("jose.jws.get_unverified_header", "jose.jwt.get_unverified_headers"),
)
CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "jwt.encode": _encode,
    **dict.fromkeys(("jwt.decode", "jwt.decode_complete", "jwt.api_jwt.decode"), _decode),
    "jwt.PyJWT": recorder("jwt.PyJWT", ()),
    "jose.jwt.encode": _encode,
    "jose.jwt.decode": _decode_of_jose,
    **{f"jose.{name}": _unverified(f"jose.{name}") for name in _READING},
    "joserfc.jws.extract_compact": _unverified("jws.extract_compact"),
    **dict.fromkeys(_HEADERS, _header),
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
    f"{_HEADER}.get": _header_get,
    "jwt.PyJWT.encode": lambda _receiver, _instance, call: _encode(call),
    **{
        f"jwt.PyJWT.{name}": lambda _receiver, _instance, call: _decode(call)
        for name in ("decode", "decode_complete")
    },
    f"{_AUTHLIB}.encode": lambda _receiver, _instance, call: _headed_encode(call),
    f"{_AUTHLIB}.decode": lambda _receiver, _instance, call: _decoder((_KEY,))(call),
}
ITEMS: Final = {_HEADER: _header_item}
FINISH: Final = unverified_tokens.settle
