"""Access tokens: one exact shape, one algorithm, and nothing that an attacker can bend."""

import base64
import hashlib
import hmac
import json
import time
import warnings
from collections.abc import Callable
from itertools import count, pairwise
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from starlette.testclient import TestClient

from app.security.context import Principal
from app.security.keys import Algorithm, KeyRing, KeyRingError, new_key
from app.security.tokens import AccessClaims, AccessTokens
from app.security.verified import VerifiedTokens
from tests.security.accounts import Account

NOW = 1_800_000_000
SECRET = "q0Vf3xWm8ZrT1nLs6KyB4hJd9PcE7gUa-2iOoXvR5wM"


def codec(ring: KeyRing, *, now: float = NOW, lifetime: int = 900) -> AccessTokens:
    return AccessTokens(ring, issuer="desk", audience="desk", lifetime=lifetime, clock=lambda: now)


@pytest.fixture
def live() -> AccessTokens:
    """A codec on the real clock, which PyJWT reads too."""
    return AccessTokens(KeyRing.of("HS256", [SECRET]), issuer="desk", audience="desk", lifetime=900)


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = token.split(".")
    return _decoded(header), _decoded(payload)


def _decoded(part: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return value


def signed(header: object, payload: object, key: str = SECRET) -> bytes:
    """Return an HS256 token with any header and payload, both as JSON values or as bytes."""
    encoded = b".".join(
        base64.urlsafe_b64encode(
            part if isinstance(part, bytes) else json.dumps(part).encode()
        ).rstrip(b"=")
        for part in (header, payload)
    )
    mac = hmac.digest(key.encode(), encoded, hashlib.sha256)
    return encoded + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")


def issue(tokens: AccessTokens, *, not_before: int = 0, ends: float = NOW * 2) -> str:
    return tokens.issue(uuid4(), uuid4(), not_before=not_before, session_ends=ends)[0]


def test_a_token_has_exactly_the_documented_header_and_claims(live: AccessTokens) -> None:
    header, claims = parts_of(issue(live))
    assert header.keys() == {"alg", "kid", "typ"}
    assert (header["alg"], header["typ"]) == ("HS256", "at+jwt")
    assert claims.keys() == {"iss", "aud", "sub", "sid", "iat", "exp", "jti"}
    assert claims["iss"] == claims["aud"] == "desk"
    assert type(claims["iat"]) is type(claims["exp"]) is int
    assert claims["exp"] - claims["iat"] == 900


def test_the_hmac_key_is_the_text_of_the_setting(live: AccessTokens) -> None:
    header, claims = parts_of(issue(live))
    assert live.read(signed(header, claims)) is not None


Change = Callable[[dict[str, Any], dict[str, Any]], tuple[Any, Any]]


def _header(**changes: object) -> Change:
    return lambda header, claims: ({**header, **changes}, claims)


def _claims(**changes: object) -> Change:
    return lambda header, claims: (header, {**claims, **changes})


def _without(part: int, name: str) -> Change:
    def change(*parts: dict[str, Any]) -> tuple[Any, Any]:
        changed = [dict(value) for value in parts]
        del changed[part][name]
        return changed[0], changed[1]

    return change


REFUSED: dict[str, Change] = {
    "another algorithm": _header(alg="HS512"),
    "no algorithm": _header(alg="none"),
    "an unknown key id": _header(kid="unknown"),
    "a key id that is no text": _header(kid=1),
    "another type": _header(typ="JWT"),
    "an embedded key": _header(jwk={"kty": "oct", "k": "AA"}),
    "a key to be fetched": _header(jku="https://evil.example/jwks"),
    "a certificate to be fetched": _header(x5u="https://evil.example/x5u"),
    "a critical extension": _header(crit=["exp"]),
    "compression": _header(zip="DEF"),
    "a content type in the place of the type": lambda header, claims: (
        {"alg": header["alg"], "kid": header["kid"], "cty": "at+jwt"},
        claims,
    ),
    "no type": _without(0, "typ"),
    "no key id": _without(0, "kid"),
    "a list header": lambda header, claims: ([header], claims),
    "another issuer": _claims(iss="other"),
    "another audience": _claims(aud="other"),
    "a list of audiences": _claims(aud=["desk"]),
    "a list of a foreign audience too": _claims(aud=["desk", "other"]),
    "an empty subject": _claims(sub=""),
    "a subject that is no text": _claims(sub=1),
    "a subject that is no id": _claims(sub="admin"),
    "a subject spelt otherwise": lambda header, claims: (
        header,
        {**claims, "sub": claims["sub"].upper().replace("-", "")},
    ),
    "a session that is a list": _claims(sid=[]),
    "a text as expiry": _claims(exp="9999999999"),
    "a fraction as expiry": _claims(exp=time.time() + 60.5),
    "a truth as issue date": _claims(iat=True),
    "no expiry date": _claims(exp=None),
    "an issue date in the future": lambda header, claims: (
        header,
        {**claims, "iat": claims["iat"] + 600, "exp": claims["exp"] + 600},
    ),
    "an expired date": _claims(exp=int(time.time()) - 1),
    "a life longer than the service gives": lambda header, claims: (
        header,
        {**claims, "exp": claims["exp"] + 1},
    ),
    "a claim too many": _claims(role="admin"),
    "a not-before date": _claims(nbf=0),
    "a payload that is a list": lambda header, claims: (header, [claims]),
    "a payload that is no JSON": lambda header, _claims: (header, b"\xff"),
    "an empty token id": _claims(jti=""),
    "a payload in UTF-16": lambda header, claims: (header, json.dumps(claims).encode("utf-16")),
    "a payload behind a byte order mark": lambda header, claims: (
        header,
        b"\xef\xbb\xbf" + json.dumps(claims).encode(),
    ),
    "a claim named twice": lambda header, claims: (
        header,
        f'{{"sub": "{uuid4()}", {json.dumps(claims)[1:]}'.encode(),
    ),
    **{
        f"no {name}": _without(1, name)
        for name in ("iss", "aud", "sub", "sid", "iat", "exp", "jti")
    },
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED.keys())
def test_anything_else_is_refused_although_the_signature_is_right(
    live: AccessTokens, change: Change
) -> None:
    header, claims = parts_of(issue(live))
    assert live.read(signed(header, claims)) is not None
    assert live.read(signed(*change(header, claims))) is None


def test_a_repeated_header_member_is_refused(live: AccessTokens) -> None:
    header, claims = parts_of(issue(live))
    text = json.dumps(header)
    doubled = f'{{"alg": "none", {text[1:]}'.encode()
    assert live.read(signed(doubled, claims)) is None


@pytest.mark.parametrize("suffix", [b"=", b"==", b"\n", b" ", b".", b"%3D"])
def test_a_token_has_one_spelling(live: AccessTokens, suffix: bytes) -> None:
    token = issue(live).encode()
    assert live.read(token) is not None
    assert live.read(token + suffix) is None


@pytest.mark.parametrize(
    "token",
    [b"", b".", b"..", b"a.b.c", b"a.b.c.d", b"\xff.\xff.\xff", b"A" * 100_000, b"." * 5000],
)
def test_noise_is_no_token(live: AccessTokens, token: bytes) -> None:
    assert live.read(token) is None


def test_a_long_token_costs_nothing(live: AccessTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verifying is slow in the length of a token; whose key id is known must not buy that time."""
    header, claims = parts_of(issue(live))
    long = signed(header, {**claims, "jti": "x" * 3000})
    monkeypatch.setattr(jwt, "decode", lambda *_, **__: pytest.fail("it was verified"))
    assert live.read(long) is None


def test_an_unsigned_token_is_refused(live: AccessTokens) -> None:
    header, claims = parts_of(issue(live))
    unsigned = signed({**header, "alg": "none"}, claims).rpartition(b".")[0] + b"."
    assert live.read(unsigned) is None
    assert live.read(signed(header, claims).rpartition(b".")[0] + b".") is None


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_token_of_another_algorithm_is_refused(live: AccessTokens, algorithm: str) -> None:
    """Signed with the right key, and rightly, but not as the service signs."""
    header, claims = parts_of(issue(live))
    fields = {"kid": header["kid"], "typ": "at+jwt"}
    assert live.read(jwt.encode(claims, SECRET, "HS256", headers=fields).encode()) is not None
    secret = SECRET.encode()
    with warnings.catch_warnings(action="ignore"):  # the key is short for them
        token = jwt.encode(claims, secret, algorithm, headers=fields).encode()
        assert live.read(token) is None


def test_a_signature_of_another_key_is_refused(live: AccessTokens) -> None:
    header, claims = parts_of(issue(live))
    assert live.read(signed(header, claims, key=new_key("HS256"))) is None


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
def test_a_public_key_is_no_hmac_secret(algorithm: Algorithm) -> None:
    """The confusion of RFC 8725 section 2.1: the public key, used as the secret of HS256."""
    pem = new_key(algorithm)
    tokens = AccessTokens(
        KeyRing.of(algorithm, [pem]), issuer="desk", audience="desk", lifetime=900
    )
    token = issue(tokens)
    assert tokens.read(token.encode()) is not None
    header, claims = parts_of(token)
    public = load_pem_private_key(pem.encode(), None).public_key()
    text = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for secret in (text, text.strip()):
        assert tokens.read(signed({**header, "alg": "HS256"}, claims, key=secret)) is None


@pytest.mark.parametrize("algorithm", ["HS256", "EdDSA", "ES256"])
def test_rotation_signs_nobody_out(algorithm: Algorithm) -> None:
    """Old and new processes run side by side in each step, and read each other's tokens."""

    def tokens(*keys: str) -> AccessTokens:
        ring = KeyRing.of(algorithm, keys)
        return AccessTokens(ring, issuer="desk", audience="desk", lifetime=900)

    old, new = new_key(algorithm), new_key(algorithm)
    steps = [tokens(old), tokens(old, new), tokens(new, old), tokens(new)]
    for before, after in pairwise(steps[:3]):
        assert before.read(issue(after).encode()) is not None
        assert after.read(issue(before).encode()) is not None
    assert steps[3].read(issue(steps[2]).encode()) is not None
    assert steps[3].read(issue(steps[1]).encode()) is None


def test_the_key_id_does_not_tell_the_key() -> None:
    ring = KeyRing.of("HS256", [SECRET])
    assert ring.signing_id not in SECRET
    assert hashlib.sha256(SECRET.encode()).hexdigest()[:16] not in ring.signing_id
    assert KeyRing.of("HS256", [SECRET]).signing_id == ring.signing_id


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("EdDSA", SECRET),
        ("EdDSA", new_key("ES256")),
        ("ES256", new_key("EdDSA")),
        ("ES256", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
        ("HS256", new_key("EdDSA")),
        ("HS256", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMOH2vUw9kDsXjQ2pL0c7rT4"),
        ("HS256", json.dumps({"kty": "oct", "k": SECRET})),
    ],
)
def test_a_key_of_another_kind_is_refused_without_showing_it(
    algorithm: Algorithm, key: str
) -> None:
    with pytest.raises(KeyRingError) as caught:
        KeyRing.of(algorithm, [key])
    assert key not in str(caught.value)


def test_a_token_made_right_after_a_revocation_is_dated_after_it() -> None:
    tokens = codec(KeyRing.of("HS256", [SECRET]))
    token, expires_in = tokens.issue(uuid4(), uuid4(), not_before=NOW + 2, session_ends=NOW * 2)
    _, claims = parts_of(token)
    assert claims["iat"] == NOW + 2
    assert expires_in == 902


def test_the_lifetime_is_told_as_configured_whenever_the_second_ends() -> None:
    seconds = count(NOW)
    tokens = AccessTokens(
        KeyRing.of("HS256", [SECRET]),
        issuer="desk",
        audience="desk",
        lifetime=900,
        clock=lambda: next(seconds),
    )
    _, expires_in = tokens.issue(uuid4(), uuid4(), not_before=0, session_ends=NOW * 2)
    assert expires_in == 900


def test_no_token_outlives_its_session() -> None:
    tokens = codec(KeyRing.of("HS256", [SECRET]))
    token, expires_in = tokens.issue(uuid4(), uuid4(), not_before=0, session_ends=NOW + 10.9)
    _, claims = parts_of(token)
    assert (claims["exp"], expires_in) == (NOW + 10, 10)


def test_an_expired_token_is_refused_to_the_second() -> None:
    ring = KeyRing.of("HS256", [SECRET])
    now = int(time.time())
    expired = codec(ring, now=now - 900)
    assert codec(ring, now=now).read(issue(expired).encode()) is None
    alive = codec(ring, now=now - 890)
    assert codec(ring, now=now).read(issue(alive).encode()) is not None


def test_the_cache_forgets_with_the_token_and_after_a_minute() -> None:
    clock = [float(NOW)]
    cache = VerifiedTokens(clock=lambda: clock[0])
    principal = Principal(str(uuid4()), str(uuid4()), "user")
    for token, expires in ((b"short", NOW + 5), (b"long", NOW + 900)):
        cache.put(token, principal, AccessClaims("", "", NOW, expires))
        assert cache.get(token) == (principal, NOW)
    clock[0] += 5
    assert cache.get(b"short") is None
    assert cache.get(b"long") is not None
    clock[0] += 55
    assert cache.get(b"long") is None


def test_the_cache_is_bounded_and_keeps_what_is_used() -> None:
    cache = VerifiedTokens(max_tokens=3, clock=lambda: float(NOW))
    principal = Principal(str(uuid4()), str(uuid4()), "user")
    claims = AccessClaims("", "", NOW, NOW + 900)
    for token in (b"1", b"2", b"3"):
        cache.put(token, principal, claims)
    cache.get(b"1")
    cache.put(b"4", principal, claims)
    assert cache.get(b"2") is None
    assert cache.get(b"1") is not None


def test_one_changed_byte_is_another_token() -> None:
    cache = VerifiedTokens(clock=lambda: float(NOW))
    principal = Principal(str(uuid4()), str(uuid4()), "user")
    cache.put(b"token", principal, AccessClaims("", "", NOW, NOW + 900))
    assert cache.get(b"tokem") is None


@pytest.mark.parametrize("kind", ["refresh", "nothing", "forged", "basic"])
def test_what_is_no_access_token_is_401_with_a_challenge(
    client: TestClient, alice: Account, kind: str
) -> None:
    forged = jwt.encode({"sub": alice.id}, SECRET, algorithm="HS256")
    fields = {
        "refresh": {"Authorization": f"Bearer {alice.refresh}"},
        "forged": {"Authorization": f"Bearer {forged}"},
        "basic": {"Authorization": "Basic YWxpY2U6YQ=="},
        "nothing": {},
    }[kind]
    answer = client.get("/v1/users/me", headers=fields)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_token_is_taken_from_its_field_only(client: TestClient, alice: Account) -> None:
    answer = client.get("/v1/users/me", params={"access_token": alice.access})
    assert answer.status_code == 401
    answer = client.get("/v1/users/me", headers={"Cookie": f"access_token={alice.access}"})
    assert answer.status_code == 401
