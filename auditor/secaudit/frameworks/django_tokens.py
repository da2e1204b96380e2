"""Token packages of Django: what the entries of their tables in the settings mean."""

from typing import TYPE_CHECKING, Final

from secaudit.evaluation.runtime import SinkUse
from secaudit.evaluation.values import DictData, ModuleData, Slot, Value, plain
from secaudit.facts import Unknown

if TYPE_CHECKING:
    from secaudit.evaluation.collecting import Collector

_TOKENS: Final = {
    "ACCESS_TOKEN_LIFETIME": "token.access_lifetime",
    "REFRESH_TOKEN_LIFETIME": "token.refresh_lifetime",
    "SIGNING_KEY": "signing.secret",
    "AUTH_COOKIE_SECURE": "cookie.secure",
    "AUTH_COOKIE_HTTP_ONLY": "cookie.httponly",
    "AUTH_COOKIE_SAMESITE": "cookie.samesite",
}
_TABLES: Final = {  # the package's table: meanings of its entries
    "SIMPLE_JWT": _TOKENS,
    "NINJA_JWT": _TOKENS,
    "REST_KNOX": {"TOKEN_TTL": "token.access_lifetime"},
    "REST_AUTH": {  # dj-rest-auth
        "JWT_AUTH_SECURE": "cookie.secure",
        "JWT_AUTH_HTTPONLY": "cookie.httponly",
        "JWT_AUTH_SAMESITE": "cookie.samesite",
    },
}
_NAMES_THE_COOKIE: Final = {  # without it there is no cookie
    "REST_AUTH": "JWT_AUTH_COOKIE",
    "SIMPLE_JWT": "AUTH_COOKIE",
    "NINJA_JWT": "AUTH_COOKIE",
}


def add_tokens(module: ModuleData, collector: "Collector") -> None:
    """Give the entries of the tables their meaning; those of a cookie that is not set have none."""
    for name, meanings in _TABLES.items():
        table = module.namespace.get(name)
        if table is None or table.place is None or not isinstance(table.data, DictData):
            continue
        kept_in_cookie = _has_cookie(table.data, _NAMES_THE_COOKIE.get(name, ""))
        for key, concept in meanings.items():
            value = table.data.items.get(key)
            slot = Slot(id(table.data), key)
            if value is None:
                continue
            if concept.startswith("cookie.") and not kept_in_cookie:
                collector.mute(slot)
                continue
            at, group = table.place.location(), f"{module.path}:jwt"
            collector.assign(slot, SinkUse(concept, group, f"{name}.{key}", value, at, "jwt"))


def _has_cookie(table: DictData, key: str) -> bool:
    name: Value | None = table.items.get(key)
    if name is None:
        return table.rest is not None
    known = plain(name)
    return isinstance(known, Unknown) or known is not None
