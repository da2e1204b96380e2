"""What the edge knows about a request and every later layer may read."""

from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

Role = Literal["user", "admin"]

_KEY: Final = "app.security.context"
_current: ContextVar["RequestContext | None"] = ContextVar("app.security.context", default=None)


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller that a verified access token names.

    Attributes:
        user_id: the token's ``sub``, a UUID in its canonical form.
        session_id: the token's ``sid``, a UUID in its canonical form.
        role: the role the account had when the token was issued; a role change revokes the token.
    """

    user_id: str
    session_id: str
    role: Role


class Authenticator(Protocol):
    """Turns the bytes of a bearer token into the caller it names."""

    def cached(self, token: bytes) -> Principal | None:
        """Return the caller of a token verified before and not revoked since, without waiting."""
        ...

    async def verify(self, token: bytes) -> Principal | None:
        """Return the caller of a valid, unrevoked access token, else None.

        Raises:
            Problem: 503, revocation could not be checked.
        """
        ...


@dataclass(slots=True)
class RequestContext:
    """One request as the edge sees it after trusted proxies are resolved.

    Attributes:
        request_id: ``[A-Za-z0-9._-]{8,64}``, echoed as ``X-Request-ID``.
        client: the caller's address in canonical text form.
        scheme: the effective scheme, ``http`` or ``https``.
        principal: the caller of a valid access token, else None.
        token_present: whether an ``Authorization: Bearer`` header was sent at all.
        body_limit: bytes the body may have; a route that takes uploads raises it before it reads.
    """

    request_id: str
    client: str
    scheme: str
    principal: Principal | None = None
    token_present: bool = False
    body_limit: int = 0


def attach(scope: MutableMapping[str, Any], context: RequestContext) -> None:
    """Store ``context`` in an ASGI scope and for the log lines of the task that serves it."""
    scope[_KEY] = context
    _current.set(context)


def current() -> RequestContext | None:
    """Return the request that the running task serves; None outside of requests."""
    return _current.get()


def context_of(scope: MutableMapping[str, Any]) -> RequestContext:
    """Return the context of an ASGI scope.

    Raises:
        LookupError: the edge did not wrap this application, so nothing may be trusted.
    """
    try:
        context: RequestContext = scope[_KEY]
    except KeyError:
        raise LookupError("the security edge does not wrap this application") from None
    return context


def caller_of(scope: MutableMapping[str, Any]) -> Principal:
    """Return the caller of a request that an access rule has admitted.

    Raises:
        LookupError: there is none; the rule was not asked.
    """
    principal = context_of(scope).principal
    if principal is None:
        raise LookupError("a route that needs its caller was reached without one")
    return principal
