"""What every contestant answers, and how those that verify tokens do it."""

import os
from typing import Any, Final

import jwt
from pydantic import BaseModel

REQUIRED: Final = ["iss", "aud", "sub", "iat", "exp", "jti"]


class Address(BaseModel):
    """Part of the answer, so that serialising it is more than a flat copy."""

    street: str = "12 Wharf Lane"
    city: str = "Bristol"
    country: str = "GB"


class Person(BaseModel):
    """The answer: about 200 bytes of JSON."""

    id: int = 7
    name: str = "Ada Example"
    email: str = "ada@example.org"
    active: bool = True
    tags: list[str] = ["maths", "engines", "letters"]
    address: Address = Address()


def verify(authorization: str) -> dict[str, Any]:
    """Return the claims of a bearer token as PyJWT's documentation shows.

    Raises:
        jwt.InvalidTokenError: the token is not genuine.
    """
    return jwt.decode(
        authorization.removeprefix("Bearer "),
        os.environ["BENCH_KEY"],
        algorithms=["HS256"],
        issuer="service",
        audience="service",
        options={"require": REQUIRED},
    )
