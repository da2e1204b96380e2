"""Litestar: the application, CORS, hosts, sessions, CSRF and tokens."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import Value
from secaudit.frameworks.sinks import Argument, recorder

_APPLICATION: Final = (
    Argument("debug", "debug.enabled"),
    Argument("request_max_body_size", "limit.body"),
    Argument("allowed_hosts", "hosts.allowed"),
)
_CORS: Final = (
    Argument("allow_origins", "cors.origins", ["*"], position=0),
    Argument("allow_origin_regex", "cors.regex", None),
    Argument("allow_credentials", "cors.credentials", default=False),
)
_COOKIE: Final = (
    Argument("secure", "cookie.secure", default=False),
    Argument("httponly", "cookie.httponly", default=True),
    Argument("samesite", "cookie.samesite", "lax"),
)
_SECRET: Final = Argument("secret", "signing.secret", position=0)
_CSRF: Final = (
    _SECRET,
    Argument("cookie_secure", "cookie.secure", default=False, service="csrf"),
    Argument("cookie_samesite", "cookie.samesite", "lax", service="csrf"),
)
_TOKEN: Final = (
    Argument("token_secret", "signing.secret"),
    Argument("algorithm", "token.algorithm", "HS256"),
    Argument("default_token_expiration", "token.access_lifetime"),
)

CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    **dict.fromkeys(
        ("litestar.Litestar", "litestar.app.Litestar"), recorder("Litestar", _APPLICATION)
    ),
    "litestar.config.cors.CORSConfig": recorder("CORSConfig", _CORS),
    "litestar.config.allowed_hosts.AllowedHostsConfig": recorder(
        "AllowedHostsConfig", (Argument("allowed_hosts", "hosts.allowed", ["*"], position=0),)
    ),
    "litestar.config.csrf.CSRFConfig": recorder("CSRFConfig", _CSRF, "csrf"),
    "litestar.middleware.session.client_side.CookieBackendConfig": recorder(
        "CookieBackendConfig", (_SECRET, *_COOKIE), "session"
    ),
    "litestar.middleware.session.server_side.ServerSideSessionConfig": recorder(
        "ServerSideSessionConfig", _COOKIE, "session"
    ),
    "litestar.security.jwt.JWTAuth": recorder("JWTAuth", _TOKEN, "jwt"),
    "litestar.security.jwt.JWTCookieAuth": recorder(
        "JWTCookieAuth", (*_TOKEN, Argument("secure", "cookie.secure", default=False)), "jwt"
    ),
}
