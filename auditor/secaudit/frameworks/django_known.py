"""What Django and its packages do with the settings that the auditor judges, and their defaults."""

from typing import Any, Final

from secaudit.records import NamedTuple

SECURITY: Final = "django.middleware.security.SecurityMiddleware"
SESSIONS: Final = "django.contrib.sessions.middleware.SessionMiddleware"
CSRF: Final = "django.middleware.csrf.CsrfViewMiddleware"
FRAME: Final = "django.middleware.clickjacking.XFrameOptionsMiddleware"
CORS: Final = "corsheaders.middleware.CorsMiddleware"
TELLING: Final = frozenset((SECURITY, FRAME, CORS))  # nobody misses a cookie that is not set
DRF: Final = "rest_framework"
JWT: Final = "rest_framework_simplejwt"


class Known(NamedTuple):
    """One setting of a library: its dotted name, what it means, the default behind it."""

    name: str
    concept: str
    default: Any
    topic: str = ""  # part of the group
    service: str = "django"
    needs: str = ""  # the middleware or app without which it does nothing


KNOWN: Final = (
    Known("DEBUG", "debug.enabled", default=False),
    Known("SECRET_KEY", "signing.secret", "", "", "session"),
    Known("ALLOWED_HOSTS", "hosts.allowed", []),
    Known("SECURE_SSL_REDIRECT", "tls.redirect", False, "", "django", SECURITY),
    Known("SECURE_HSTS_SECONDS", "header.hsts", 0, "", "django", SECURITY),
    Known("SECURE_CONTENT_TYPE_NOSNIFF", "header.nosniff", True, "", "django", SECURITY),
    Known("X_FRAME_OPTIONS", "header.frame", "DENY", "", "django", FRAME),
    Known("SESSION_COOKIE_SECURE", "cookie.secure", False, "session", "session", SESSIONS),
    Known("SESSION_COOKIE_HTTPONLY", "cookie.httponly", True, "session", "session", SESSIONS),
    Known("SESSION_COOKIE_SAMESITE", "cookie.samesite", "Lax", "session", "session", SESSIONS),
    Known("CSRF_COOKIE_SECURE", "cookie.secure", False, "csrf", "csrf", CSRF),
    Known("CSRF_COOKIE_SAMESITE", "cookie.samesite", "Lax", "csrf", "csrf", CSRF),
    Known("CSRF_TRUSTED_ORIGINS", "csrf.origins", [], "csrf", "csrf", CSRF),
    Known("CORS_ALLOW_ALL_ORIGINS", "cors.allow_all", False, "cors", "django", CORS),
    Known("CORS_ALLOWED_ORIGINS", "cors.origins", [], "cors", "django", CORS),
    Known("CORS_ALLOWED_ORIGIN_REGEXES", "cors.regex", [], "cors", "django", CORS),
    Known("CORS_ALLOW_CREDENTIALS", "cors.credentials", False, "cors", "django", CORS),
    Known(
        "REST_FRAMEWORK.DEFAULT_PERMISSION_CLASSES",
        "access.permissions",
        ["rest_framework.permissions.AllowAny"],
        "drf",
        "drf",
        DRF,
    ),
    Known(
        "REST_FRAMEWORK.DEFAULT_AUTHENTICATION_CLASSES",
        "access.authentication",
        [
            "rest_framework.authentication.SessionAuthentication",
            "rest_framework.authentication.BasicAuthentication",
        ],
        "drf",
        "drf",
        DRF,
    ),
    Known("REST_FRAMEWORK.DEFAULT_THROTTLE_CLASSES", "limit.enabled", [], "drf", "drf", DRF),
    Known("REST_FRAMEWORK.PAGE_SIZE", "limit.page", None, "drf", "drf", DRF),
    Known("SIMPLE_JWT.ALGORITHM", "token.algorithm", "HS256", "jwt", "jwt", JWT),
    Known("AUTH_PASSWORD_VALIDATORS", "password.validators", []),
)
OLD_NAMES: Final = {
    "CORS_ORIGIN_ALLOW_ALL": "CORS_ALLOW_ALL_ORIGINS",
    "CORS_ORIGIN_WHITELIST": "CORS_ALLOWED_ORIGINS",
    "CORS_ORIGIN_REGEX_WHITELIST": "CORS_ALLOWED_ORIGIN_REGEXES",
}
DEFAULT_VALUES: Final = {  # known defaults that other code may read through django.conf.settings
    known.name: known.default for known in KNOWN if "." not in known.name
}
NAMES: Final = (  # what a misspelt name may have meant
    *DEFAULT_VALUES,
    *("CSRF_COOKIE_HTTPONLY", "CSRF_USE_SESSIONS", "SESSION_COOKIE_AGE"),
    *("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_PROXY_SSL_HEADER", "SECURE_REFERRER_POLICY"),
    *("SECURE_HSTS_PRELOAD", "SESSION_SERIALIZER", "PASSWORD_HASHERS", "REST_FRAMEWORK"),
    *("DATA_UPLOAD_MAX_MEMORY_SIZE", "SESSION_EXPIRE_AT_BROWSER_CLOSE", "EMAIL_USE_TLS"),
)
