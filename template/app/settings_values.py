"""The types of single settings: each decodes the text of one variable and refuses unsafe values.

A refusal is a `PydanticCustomError` whose type is the code of the secaudit rule that finds the
same fault; its message never holds the value.
"""

import errno
import hashlib
import ipaddress
import json
import re
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_core import PydanticCustomError

from .security.limits import Quota

MIN_SECRET_BYTES: Final = 32  # RFC 7518 section 3.2: as long as the hash of HS256
_MIN_DISTINCT: Final = 8
_SECRET_FILE_BYTES: Final = 65_536
_UNITS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_PLACEHOLDER: Final = re.compile(
    r"change.?(me|this|it)|placeholder|replace|example|insecure|your[-_ ]|secret.?key|super.?secret"
    r"|signing.?key|not.a.secret|development|password|0123456789|\bxxx|<.*>",
    re.IGNORECASE,
)
# SHA-256 of secrets that tutorials print, so that no scanner takes this file for a leak.
_PUBLISHED: Final = frozenset(
    {
        "570dad43de1af4c925f92c16a68a50936da42b7dd6fdeb24850507a1199aac89",
        "465d9ad5d5528ebe287b5dce4fb51620833d09b290e49ddcc70ca6c4a0aea01b",
    }
)
_NAME: Final = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
_HOST: Final = re.compile(rf"(\*\.)?{_NAME}")
_TOP_LEVEL: Final = re.compile(r"\*\.(?!localhost$)[a-z0-9-]+")
# No network of proxies is wider; the exception is all that is private in IPv6 (RFC 4193).
_WIDEST: Final = {4: 8, 6: 16}
_PRIVATE_IPV6: Final = ipaddress.IPv6Network("fc00::/7")
_ORIGIN: Final = re.compile(rf"https://({_NAME}|\[[0-9a-f:.]+\])(:\d{{1,5}})?")
LOCAL_ORIGIN: Final = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:(\d{1,5}|\*))?")


def refusal(code: str, reason: str, *fields: str) -> PydanticCustomError:
    """Return the error for a value that secaudit's rule ``code`` would report.

    Args:
        code: the rule's code, such as ``SEC001``.
        reason: what is wrong and what to write instead; no value, no braces.
        fields: the settings at fault, relative to the group that raises, when it is not one field.
    """
    return PydanticCustomError(code, reason, {"fields": fields})


def decode_list(value: Any) -> Any:  # noqa: ANN401 - what is read is of any type
    """Decode a JSON list of strings; anything but text passes through for the type to judge."""
    if not isinstance(value, str):
        return value
    try:
        decoded = json.loads(value)
    except ValueError:
        decoded = None
    if not isinstance(decoded, list) or not all(isinstance(item, str) for item in decoded):
        raise refusal("DIALECT005", 'must be a JSON list of strings, such as ["a", "b"]')
    return decoded


def check_secret(secret: str) -> None:
    """Refuse a secret that is short, guessable or printed somewhere.

    Raises:
        PydanticCustomError: with the code of the fault (ASVS 11.2.3, 13.3.1).
    """
    if not secret.strip():
        raise refusal("SEC004", "is empty; `env --write` makes a random secret")
    if _PLACEHOLDER.search(secret):
        raise refusal("SEC001", "is a placeholder; `env --write` makes a random secret")
    if hashlib.sha256(secret.encode()).hexdigest() in _PUBLISHED:
        raise refusal("SEC005", "is printed in a tutorial; `env --write` makes a random secret")
    if len(secret.encode()) < MIN_SECRET_BYTES:
        raise refusal("SEC008", f"is shorter than {MIN_SECRET_BYTES} bytes")
    if len(set(secret)) < _MIN_DISTINCT or secret in (secret + secret)[1:-1]:
        raise refusal("SEC001", "repeats itself; `env --write` makes a random secret")


def _quota(value: Any) -> Any:  # noqa: ANN401 - what is read is of any type
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    match = re.fullmatch(r"([1-9]\d{0,8})/(second|minute|hour|day)", value.strip())
    if match is None:
        raise PydanticCustomError(
            "quota", "must look like 100/minute (second, minute, hour or day), or be empty"
        )
    return Quota(int(match[1]), _UNITS[match[2]])


def _origin(origin: str) -> str:
    if origin == "*":
        raise refusal("CORS002", "allows every origin; list exact https origins")
    if origin == "null":
        raise refusal("CORS003", "allows the origin null, which any sandboxed page has")
    if origin.startswith("http://") and not LOCAL_ORIGIN.fullmatch(origin):
        raise refusal("CORS006", "allows a plain http origin; use https")
    if not (LOCAL_ORIGIN.fullmatch(origin) or _ORIGIN.fullmatch(origin)):
        raise refusal(
            "CORS005",
            "must hold exact origins such as https://app.example.com, no path, no pattern",
        )
    return origin


def _host(host: str) -> str:
    name = host.lower()
    if name == "*":
        raise refusal("HOST001", "accepts every host; list the names this service is reached by")
    if _TOP_LEVEL.fullmatch(name):
        raise refusal("HOST001", "accepts every host of a top-level domain; name your own domain")
    if _HOST.fullmatch(name):
        return name
    try:
        return f"[{ipaddress.IPv6Address(name.strip('[]'))}]"
    except ValueError:
        raise PydanticCustomError(
            "host", "must hold host names without scheme, port or path"
        ) from None


def _proxy(proxy: str) -> str:
    if proxy == "*":
        raise refusal("HOST002", "trusts every proxy; list addresses or networks")
    try:
        network = ipaddress.ip_network(proxy, strict=False)
    except ValueError:
        raise PydanticCustomError("proxy", "must hold addresses or networks") from None
    if network.prefixlen < _WIDEST[network.version] and network != _PRIVATE_IPV6:
        raise refusal("HOST002", "trusts networks of anyone; list those of your proxies")
    return str(network)


def _database_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("sqlite+aiosqlite:///", "postgresql+psycopg://")):
        raise PydanticCustomError(
            "database_url", "must start with sqlite+aiosqlite:/// or postgresql+psycopg://"
        )
    return url


def _store_url(url: SecretStr) -> SecretStr:
    text = url.get_secret_value()
    if text != "memory://" and not text.startswith(("redis://", "rediss://")):
        raise PydanticCustomError(
            "store_url", "must be memory:// or start with redis:// or rediss://"
        )
    return url


SigningKeys = Annotated[tuple[SecretStr, ...], BeforeValidator(decode_list)]
Origins = Annotated[
    tuple[Annotated[str, AfterValidator(_origin)], ...], BeforeValidator(decode_list)
]
Hosts = Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], BeforeValidator(decode_list)]
Proxies = Annotated[
    tuple[Annotated[str, AfterValidator(_proxy)], ...], BeforeValidator(decode_list)
]
OptionalQuota = Annotated[Quota | None, BeforeValidator(_quota)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
StoreUrl = Annotated[SecretStr, AfterValidator(_store_url)]


def secret_text(path: Path) -> str:
    """Return what a file of secrets holds, without the mark that some editors put before UTF-8.

    Raises:
        OSError: it cannot be read, or is larger than secrets are; a wrong name may be a device's.
        UnicodeDecodeError: it is no text.
    """
    with path.open("rb") as file:
        content = file.read(_SECRET_FILE_BYTES + 1)
    if len(content) > _SECRET_FILE_BYTES:
        raise OSError(errno.EFBIG, "larger than a file of secrets")
    return content.decode("utf-8-sig")


def secret_lines(text: str) -> list[str]:
    """Return the secrets of a file: PEM blocks, or else one a line; ``#`` starts a comment line."""
    blocks = re.findall(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", text, re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    return blocks or [line for line in lines if line and not line.startswith("#")]
