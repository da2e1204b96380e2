"""Refuses settings that are unsafe together or in one environment."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from .settings_tree import SettingsTree
from .settings_values import LOCAL_ORIGIN

MAX_ACCESS_SECONDS: Final = 3600
_PRIVATE_SUFFIXES: Final = (".local", ".internal", ".localhost", ".lan", ".home.arpa", ".svc")
_ENCRYPTED_MODES: Final = frozenset({"require", "verify-ca", "verify-full"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason not to start.

    Attributes:
        names: the variables, options or files at fault.
        reason: what is wrong and what to do; never a value.
        code: the secaudit rule that covers it, empty when no rule does.
    """

    names: tuple[str, ...]
    reason: str
    code: str = ""

    def __str__(self) -> str:
        """Return the fault on one line, for a terminal."""
        code = f" [{self.code}]" if self.code else ""
        return f"{', '.join(self.names)}{code}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Serving:
    """How the service is about to be served.

    Attributes:
        host: the address it binds.
        workers: the number of processes.
        tls: whether it has a certificate of its own.
    """

    host: str = "127.0.0.1"
    workers: int = 1
    tls: bool = False


def insecure(settings: SettingsTree) -> Iterator[Fault]:
    """Yield what is unsafe in these settings by themselves."""
    if not settings.http.allowed_hosts and settings.production:
        yield Fault(("APP_HTTP__ALLOWED_HOSTS",), "is required in production", "DRIFT002")
    if settings.tokens.refresh_ttl_seconds > settings.tokens.session_ttl_seconds:
        yield Fault(
            ("APP_TOKENS__REFRESH_TTL_SECONDS", "APP_TOKENS__SESSION_TTL_SECONDS"),
            "a refresh token may not outlive its session",
            "AUTH002",
        )
    if not settings.production:
        return
    if settings.debug:
        yield Fault(("APP_DEBUG",), "is on in production", "DBG001")
    if settings.tokens.access_ttl_seconds > MAX_ACCESS_SECONDS:
        yield Fault(
            ("APP_TOKENS__ACCESS_TTL_SECONDS",),
            f"is more than {MAX_ACCESS_SECONDS}; refresh tokens are for long sessions",
            "AUTH001",
        )
    if any(LOCAL_ORIGIN.fullmatch(origin) for origin in settings.cors.allow_origins):
        yield Fault(("APP_CORS__ALLOW_ORIGINS",), "allows a local origin in production", "CORS007")
    yield from _plaintext(settings)


def _plaintext(settings: SettingsTree) -> Iterator[Fault]:
    database = urlsplit(settings.database.url.get_secret_value())
    options = parse_qs(database.query)
    mode = options.get("sslmode", [""])[-1]
    # The driver takes hosts from the query too, several of them in one value.
    named = ",".join([*options.get("host", ()), *options.get("hostaddr", ())]).split(",")
    if any(map(_is_public, (database.hostname, *named))) and mode not in _ENCRYPTED_MODES:
        yield Fault(
            ("APP_DATABASE__URL",),
            "is not encrypted on a public host; add sslmode=verify-full",
            "TLS004",
        )
    store = urlsplit(settings.limits.store_url.get_secret_value())
    if store.scheme == "redis" and _is_public(store.hostname):
        yield Fault(
            ("APP_LIMITS__STORE_URL",), "is not encrypted on a public host; use rediss", "TLS004"
        )


def _is_public(host: str | None) -> bool:
    """Whether traffic to ``host`` leaves the private network, as far as a name can tell."""
    if not host or host.startswith("/"):  # a socket's folder
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".").lower()
        return "." in name and not name.endswith(_PRIVATE_SUFFIXES)


def questionable(settings: SettingsTree) -> Iterator[Fault]:
    """Yield what is allowed in production because it was asked for, and is worth a warning."""
    if not settings.production:
        return
    if not settings.https_required:
        yield Fault(
            ("APP_HTTP__FORCE_HTTPS",), "is off: requests over plain http are answered", "TLS002"
        )
    if settings.docs_served:
        yield Fault(("APP_DOCS_ENABLED",), "is on: the API document is public", "DOC001")


def unservable(settings: SettingsTree, serving: Serving) -> Iterator[Fault]:
    """Yield why these settings may not be served in this way."""
    if settings.https_required and not serving.tls and not settings.http.trusted_proxies:
        yield Fault(
            ("--tls-certificate", "APP_HTTP__TRUSTED_PROXIES", "APP_HTTP__FORCE_HTTPS"),
            "https is required, but there is neither a certificate nor a proxy that ends TLS",
            "TLS002",
        )
    shared = settings.limits.store_url.get_secret_value() != "memory://"
    if settings.production and serving.workers > 1 and not shared:
        yield Fault(
            ("APP_LIMITS__STORE_URL", "--workers"),
            "several workers need a shared store; each would grant the whole limit",
            "LIMIT003",
        )
    if not settings.production and not _is_loopback(serving.host):
        yield Fault(
            ("--host", "APP_ENVIRONMENT"), f"{settings.environment} binds loopback only", "DBG003"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
