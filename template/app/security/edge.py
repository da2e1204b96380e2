"""The security edge: one pure-ASGI layer around the whole service, so that no answer escapes it."""

from dataclasses import dataclass

from .context import Authenticator
from .limits import Limiter, Quota


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgePolicy:
    """Everything the edge has to know, as plain values.

    Attributes:
        limiter: counts the requests of every rate class; the store's answer on failure is its own.
        authenticator: names the caller of a bearer token.
        allowed_hosts: exact host names without port, or ``*.example.com``; empty allows any.
        trusted_proxies: addresses and networks that may set ``X-Forwarded-For`` and ``-Proto``.
        force_https: answer 403 to a request whose effective scheme is not https.
        hsts_seconds: ``max-age`` of ``Strict-Transport-Security``; 0 leaves the field out.
        cors_origins: exact origins, or ``http://localhost:*`` for any port.
        body_bytes: how long a body may be unless its route says otherwise.
        body_seconds: how long a body may take to arrive.
        timeout_seconds: how long the service may take to answer, waiting for the body excluded.
        public: quota of a client address without a valid token; None is unlimited.
        authenticated: quota of a user; None is unlimited.
        admin: quota of an administrator; None is unlimited.
        docs_enabled: whether ``/docs`` exists and needs its own content security policy.
    """

    limiter: Limiter
    authenticator: Authenticator
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    force_https: bool = True
    hsts_seconds: int = 31_536_000
    cors_origins: tuple[str, ...] = ()
    body_bytes: int = 1024 * 1024
    body_seconds: float = 30.0
    timeout_seconds: float = 30.0
    public: Quota | None = Quota(100, 60)
    authenticated: Quota | None = Quota(1000, 60)
    admin: Quota | None = Quota(5000, 60)
    docs_enabled: bool = False
