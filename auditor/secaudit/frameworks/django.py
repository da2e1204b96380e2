"""Django settings modules: the final namespace, and the library's defaults behind it."""

from typing import TYPE_CHECKING, Any, Final

from secaudit.evaluation.runtime import Interpreter, SinkUse
from secaudit.evaluation.values import (
    DictData,
    ListData,
    ModuleData,
    Place,
    Slot,
    Value,
    plain,
)
from secaudit.facts import Unknown
from secaudit.frameworks.django_databases import add_transport
from secaudit.frameworks.django_passwords import add_minimum
from secaudit.frameworks.django_throttles import add_store
from secaudit.frameworks.sinks import library_default
from secaudit.records import NamedTuple

if TYPE_CHECKING:
    from secaudit.evaluation.collecting import Collector

_SECURITY: Final = "django.middleware.security.SecurityMiddleware"
_SESSIONS: Final = "django.contrib.sessions.middleware.SessionMiddleware"
_CSRF: Final = "django.middleware.csrf.CsrfViewMiddleware"
_FRAME: Final = "django.middleware.clickjacking.XFrameOptionsMiddleware"
_CORS: Final = "corsheaders.middleware.CorsMiddleware"
_TELLING: Final = frozenset((_SECURITY, _FRAME, _CORS))  # nobody misses a cookie that is not set
_DRF: Final = "rest_framework"
_JWT: Final = "rest_framework_simplejwt"


class Known(NamedTuple):
    """One setting of a library: its dotted name, what it means, the default behind it."""

    name: str
    concept: str
    default: Any
    topic: str = ""  # part of the group
    service: str = "django"
    needs: str = ""  # the middleware or app without which it does nothing


_KNOWN: Final = (
    Known("DEBUG", "debug.enabled", default=False),
    Known("SECRET_KEY", "signing.secret", "", "", "session"),
    Known("ALLOWED_HOSTS", "hosts.allowed", []),
    Known("SECURE_SSL_REDIRECT", "tls.redirect", False, "", "django", _SECURITY),
    Known("SECURE_HSTS_SECONDS", "header.hsts", 0, "", "django", _SECURITY),
    Known("SECURE_CONTENT_TYPE_NOSNIFF", "header.nosniff", True, "", "django", _SECURITY),
    Known("X_FRAME_OPTIONS", "header.frame", "DENY", "", "django", _FRAME),
    Known("SESSION_COOKIE_SECURE", "cookie.secure", False, "session", "session", _SESSIONS),
    Known("SESSION_COOKIE_HTTPONLY", "cookie.httponly", True, "session", "session", _SESSIONS),
    Known("SESSION_COOKIE_SAMESITE", "cookie.samesite", "Lax", "session", "session", _SESSIONS),
    Known("CSRF_COOKIE_SECURE", "cookie.secure", False, "csrf", "csrf", _CSRF),
    Known("CSRF_COOKIE_SAMESITE", "cookie.samesite", "Lax", "csrf", "csrf", _CSRF),
    Known("CORS_ALLOW_ALL_ORIGINS", "cors.allow_all", False, "cors", "django", _CORS),
    Known("CORS_ALLOWED_ORIGINS", "cors.origins", [], "cors", "django", _CORS),
    Known("CORS_ALLOWED_ORIGIN_REGEXES", "cors.regex", [], "cors", "django", _CORS),
    Known("CORS_ALLOW_CREDENTIALS", "cors.credentials", False, "cors", "django", _CORS),
    Known(
        "REST_FRAMEWORK.DEFAULT_PERMISSION_CLASSES",
        "access.permissions",
        ["rest_framework.permissions.AllowAny"],
        "drf",
        "drf",
        _DRF,
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
        _DRF,
    ),
    Known("REST_FRAMEWORK.DEFAULT_THROTTLE_CLASSES", "limit.enabled", [], "drf", "drf", _DRF),
    Known("SIMPLE_JWT.ALGORITHM", "token.algorithm", "HS256", "jwt", "jwt", _JWT),
    Known("AUTH_PASSWORD_VALIDATORS", "password.validators", []),
)
_OLD_NAMES: Final = {
    "CORS_ORIGIN_ALLOW_ALL": "CORS_ALLOW_ALL_ORIGINS",
    "CORS_ORIGIN_WHITELIST": "CORS_ALLOWED_ORIGINS",
    "CORS_ORIGIN_REGEX_WHITELIST": "CORS_ALLOWED_ORIGIN_REGEXES",
}
_DEFAULT_VALUES: Final = {  # known defaults that other code may read through django.conf.settings
    known.name: known.default for known in _KNOWN if "." not in known.name
}
_SQUEEZED: Final = {
    name.replace("_", ""): name
    for name in (
        *(known.name for known in _KNOWN if "." not in known.name),
        *("CSRF_COOKIE_HTTPONLY", "CSRF_TRUSTED_ORIGINS", "CSRF_USE_SESSIONS"),
        *("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_PROXY_SSL_HEADER", "SECURE_REFERRER_POLICY"),
    )
}


def is_settings_module(module: ModuleData) -> bool:
    """Say whether a module looks like what DJANGO_SETTINGS_MODULE names."""
    names = module.namespace
    if "INSTALLED_APPS" in names or ("MIDDLEWARE" in names and "ROOT_URLCONF" in names):
        return True
    middleware = names.get("MIDDLEWARE")
    if middleware is None or not isinstance(middleware.data, ListData):
        return False
    return any(str(plain(item)).startswith("django.") for item in middleware.data.items)


def complete(interpreter: Interpreter, module: ModuleData, collector: "Collector") -> None:
    """Give Django's settings their exact meaning and add the library's defaults."""
    place = Place(module.syntax, _last(module))
    installed = _installed(module)
    for known in _KNOWN:
        slot, value = _find(module, known.name)
        active = _active(known, installed, module)
        if active is False:
            if slot is not None and collector.mute(slot) and value is not None:
                _note_inert(interpreter, known, value)
            continue
        layer, where = "assignment", place
        if value is None:
            if module.rest is not None or active is None or _open(module, known.name):
                continue
            layer, where = "library-default", _would_be(module, known.name, place)
            value = library_default(known.default, where)
        if known.concept == "limit.enabled":
            value = _throttled(value)
        group = f"{module.path}:{known.topic or known.concept.partition('.')[0]}"
        at = where.location()
        sink = SinkUse(known.concept, group, known.name, value, at, known.service, layer)
        collector.assign(slot, sink)
    _csrf(module, installed, collector, place)
    _tokens(module, collector)
    add_transport(module, collector)
    add_minimum(module, collector)
    add_store(module, collector)
    _note_misspelt(interpreter, module)


def _note_inert(interpreter: Interpreter, known: Known, value: Value) -> None:
    """Note a setting without its middleware, unless it only says what is so anyway."""
    if known.needs in _TELLING and value.place is not None and plain(value) != known.default:
        reason = f"{known.needs} is not installed"
        place = value.place.location()
        interpreter.observe("setting-inert", place, known.name, name=known.name, reason=reason)


def _would_be(module: ModuleData, name: str, place: Place) -> Place:
    """Return where a setting that is left out would be written: in its dictionary, or last."""
    table = module.namespace.get(name.partition(".")[0]) if "." in name else None
    return place if table is None or table.place is None else table.place


def _note_misspelt(interpreter: Interpreter, module: ModuleData) -> None:
    """Note names that differ from a security setting of Django in underscores only."""
    for name, value in module.namespace.items():
        meant = _SQUEEZED.get(name.replace("_", ""))
        if meant is None or meant in module.namespace or value.place is None:
            continue
        if name.isupper() and name not in _OLD_NAMES:
            interpreter.observe("key-unread", value.place.location(), name, key=name, nearest=meant)


def _last(module: ModuleData) -> Any:  # noqa: ANN401 - a syntax node
    body = module.syntax.tree.body
    return body[-1] if body else module.syntax.tree


def _find(module: ModuleData, name: str) -> tuple[Slot | None, Value | None]:
    """Return a setting by dotted name; old names of the same setting count."""
    first, _, rest = name.partition(".")
    old = next((one for one, new in _OLD_NAMES.items() if new == name), "")
    for candidate in (first, old):
        value = module.namespace.get(candidate) if candidate else None
        if value is None:
            continue
        if not rest:
            return value.source or Slot(id(module), candidate), value
        if isinstance(value.data, DictData) and rest in value.data.items:
            return Slot(id(value.data), rest), value.data.items[rest]
    return None, None


def _open(module: ModuleData, name: str) -> bool:
    """Say whether the dictionary of a dotted name may hold an entry that is not known."""
    first, _, rest = name.partition(".")
    value = module.namespace.get(first)
    if not rest or value is None:
        return False
    return not isinstance(value.data, DictData) or value.data.rest is not None


def _installed(module: ModuleData) -> list[str] | None:
    """Return installed apps and middleware, None when the lists are not fully known."""
    found: list[str] = []
    for name in ("INSTALLED_APPS", "MIDDLEWARE"):
        value = module.namespace.get(name)
        items = [] if value is None else plain(value)
        if isinstance(items, Unknown):
            if value is None or not isinstance(value.data, ListData):
                return None
            known = [plain(item) for item in value.data.items]
            found += [item for item in known if isinstance(item, str)] + ["?"]
        elif isinstance(items, list | tuple):
            found += [item for item in items if isinstance(item, str)]
        else:
            return None
    return found


def _active(known: Known, installed: list[str] | None, module: ModuleData) -> bool | None:
    """Say whether a setting has an effect; None when that is not known."""
    if not known.needs:
        return True
    if known.needs == _JWT:
        return "SIMPLE_JWT" in module.namespace
    if known.needs == _DRF and "REST_FRAMEWORK" in module.namespace:
        return True  # the views read it, whether or not the app is installed
    if known.name.startswith("CSRF_COOKIE"):
        sessions = module.namespace.get("CSRF_USE_SESSIONS")
        if sessions is not None and plain(sessions) is True:
            return False
    if installed is None:
        return None
    if known.needs in installed:
        return True
    return None if "?" in installed else False


def _throttled(value: Value) -> Value:
    """A list of throttle classes is a limiter that is on."""
    items = plain(value)
    if isinstance(items, Unknown):
        return Value(items, value.place)
    return Value(bool(items), value.place)


def _csrf(
    module: ModuleData, installed: list[str] | None, collector: "Collector", place: Place
) -> None:
    """CSRF protection is missing where sessions authenticate without its middleware."""
    if installed is None or "?" in installed or _SESSIONS not in installed:
        return
    classes = _find(module, "REST_FRAMEWORK.DEFAULT_AUTHENTICATION_CLASSES")[1]
    names = plain(classes) if classes is not None else None
    if isinstance(names, Unknown) or (
        _DRF in installed
        and names is not None
        and not any("Session" in str(name) for name in names)
    ):
        return
    value = module.namespace.get("MIDDLEWARE")
    shown = value.place if value is not None and value.place is not None else place
    name, protected = "MIDDLEWARE.CsrfViewMiddleware", Value(_CSRF in installed, shown)
    group = f"{module.path}:csrf"
    sink = SinkUse("csrf.enabled", group, name, protected, shown.location(), "django")
    collector.assign(None, sink)


def _tokens(module: ModuleData, collector: "Collector") -> None:
    """Name what SIMPLE_JWT entries mean; SECRET_KEY signs when no key of its own is given."""
    table = module.namespace.get("SIMPLE_JWT")
    if table is None or not isinstance(table.data, DictData):
        return
    meanings = {
        "ACCESS_TOKEN_LIFETIME": "token.access_lifetime",
        "REFRESH_TOKEN_LIFETIME": "token.refresh_lifetime",
        "SIGNING_KEY": "signing.secret",
        "AUTH_COOKIE_SECURE": "cookie.secure",
        "AUTH_COOKIE_HTTP_ONLY": "cookie.httponly",
        "AUTH_COOKIE_SAMESITE": "cookie.samesite",
    }
    for key, concept in meanings.items():
        value = table.data.items.get(key)
        if value is not None and table.place is not None:
            slot = Slot(id(table.data), key)
            group = f"{module.path}:jwt"
            name = f"SIMPLE_JWT.{key}"
            at = table.place.location()
            collector.assign(slot, SinkUse(concept, group, name, value, at, "jwt"))


def setting(interpreter: Interpreter, name: str, place: Place) -> Value:
    """``django.conf.settings.NAME``: the final namespace of the settings module."""
    for module in interpreter.modules.values():
        if is_settings_module(module) and name in module.namespace:
            value = module.namespace[name]
            return value if value.source else value._replace(source=Slot(id(module), name))
    if name in _DEFAULT_VALUES and any(map(is_settings_module, interpreter.modules.values())):
        return library_default(_DEFAULT_VALUES[name], place)
    return Value(Unknown(f"django.conf.settings.{name} is not known"), place)
