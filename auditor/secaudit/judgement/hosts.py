"""Where a host name points: this machine, the deployment's own network, or the world."""

from typing import Final

from secaudit.patterns import lazy
from secaudit.records import NamedTuple

_PRIVATE: Final = (  # RFC 1918, RFC 3927, RFC 4291
    *("10.", "192.168.", "169.254.", "fe80:"),
    *(f"172.{second}." for second in range(16, 32)),
)
_UNIQUE_LOCAL: Final = lazy(r"f[cd][0-9a-f]{2}:")  # RFC 4193
_LOOPBACK: Final = frozenset(("localhost", "::1", "0:0:0:0:0:0:0:1"))
_LOOPBACK_NETWORK: Final = lazy(r"127(\.\d{1,3}){3}")
_INTERNAL: Final = (".local", ".internal", ".lan", ".svc", ".cluster.local", ".home.arpa", ".test")
_RESERVED: Final = (".example", ".example.com", ".example.net", ".example.org", ".invalid")
_URL: Final = lazy(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?://)?"
    r"(?:(?P<user>[^\s:/?#]*)(?::(?P<password>[^\s/?#]*|[^\s]*))?@)?"
    r"(?P<host>\[[^\]\s]*\]|[^\s:/?#@]*)(?::(?P<port>\d+))?(?P<rest>[/?#][^\s]*)?"
)


class Url(NamedTuple):
    """The parts of a URL or DSN that rules ask for; absent parts are empty."""

    scheme: str  # lower case, without a driver: ``postgresql+asyncpg`` is ``postgresql``
    user: str
    password: str
    host: str  # lower case, without brackets
    rest: str  # path, query and fragment

    def option(self, name: str) -> str:
        """Return a query parameter in lower case, empty when it is not there."""
        query = self.rest.partition("#")[0].partition("?")[2]
        for pair in query.lower().split("&"):
            key, _, value = pair.partition("=")
            if key == name.lower():
                return value
        return ""


def url_of(text: object) -> Url | None:
    """Split a URL or DSN; None when ``text`` is not one."""
    if not isinstance(text, str) or "://" not in text:
        return None
    match = _URL.fullmatch(text.strip())
    if match is None:
        return None
    return Url(
        scheme=match["scheme"].lower().split("+")[0],
        user=match["user"] or "",
        password=match["password"] or "",
        host=(match["host"] or "").strip("[]").lower(),
        rest=match["rest"] or "",
    )


def is_loopback(host: str) -> bool:
    """Return whether ``host`` is this machine (RFC 6761, RFC 5735) or a socket file."""
    lower = host.lower()
    return (
        host == ""
        or host.startswith("/")
        or lower in _LOOPBACK
        or lower.endswith(".localhost")
        or (host.startswith("127.") and _LOOPBACK_NETWORK.fullmatch(host) is not None)
    )


def is_internal(host: str) -> bool:
    """Return whether ``host`` is reached inside the deployment's own network only.

    Names without a dot are Compose or Kubernetes services.
    """
    lower = host.lower()
    return (
        is_loopback(lower)
        or ("." not in lower and ":" not in lower)
        or lower.startswith(_PRIVATE)
        or (lower.startswith("f") and _UNIQUE_LOCAL.match(lower) is not None)
        or lower.endswith(_INTERNAL)
    )


def is_reserved(host: str) -> bool:
    """Return whether ``host`` is an example that no real service has (RFC 2606)."""
    return f".{host.lower()}".endswith(_RESERVED)
