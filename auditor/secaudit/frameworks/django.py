"""Django settings modules: the final namespace, and the library's defaults behind it."""

from typing import TYPE_CHECKING, Any

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
from secaudit.frameworks import misspelt
from secaudit.frameworks.django_databases import add_transport
from secaudit.frameworks.django_known import (
    CSRF,
    DEFAULT_VALUES,
    DRF,
    JWT,
    KNOWN,
    NAMES,
    OLD_NAMES,
    SESSIONS,
    TELLING,
    Known,
)
from secaudit.frameworks.django_passwords import add_minimum
from secaudit.frameworks.django_throttles import add_store
from secaudit.frameworks.django_tokens import add_tokens
from secaudit.frameworks.rest_framework import has_pages, page_size
from secaudit.frameworks.sinks import library_default

if TYPE_CHECKING:
    from secaudit.evaluation.collecting import Collector


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
    for known in KNOWN:
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
            if known.concept == "limit.page" and not has_pages(module):
                continue
            layer, where = "library-default", _would_be(module, known.name, place)
            value = library_default(known.default, where)
        if known.concept == "limit.enabled":
            value = _throttled(value)
        elif known.concept == "limit.page":
            value = page_size(module, value)
        elif known.concept == "signing.secret" and plain(value) in {"", None}:
            value = value._replace(error="Django refuses an empty SECRET_KEY")
        group = f"{module.path}:{known.topic or known.concept.partition('.')[0]}"
        at = where.location()
        sink = SinkUse(known.concept, group, known.name, value, at, known.service, layer)
        collector.assign(slot, sink)
    _csrf(module, installed, collector, place)
    add_tokens(module, collector)
    add_transport(module, collector)
    add_minimum(module, collector)
    add_store(module, collector)
    upper = {name: value for name, value in module.namespace.items() if name.isupper()}
    misspelt.note(interpreter, upper, NAMES)


def _note_inert(interpreter: Interpreter, known: Known, value: Value) -> None:
    """Note a setting without its middleware, unless it only says what is so anyway."""
    if known.needs in TELLING and value.place is not None and plain(value) != known.default:
        reason = f"{known.needs} is not installed"
        place = value.place.location()
        interpreter.observe("setting-inert", place, known.name, name=known.name, reason=reason)


def _would_be(module: ModuleData, name: str, place: Place) -> Place:
    """Return where a setting that is left out would be written: in its dictionary, or last."""
    table = module.namespace.get(name.partition(".")[0]) if "." in name else None
    return place if table is None or table.place is None else table.place


def _last(module: ModuleData) -> Any:  # noqa: ANN401 - a syntax node
    body = module.syntax.tree.body
    return body[-1] if body else module.syntax.tree


def _find(module: ModuleData, name: str) -> tuple[Slot | None, Value | None]:
    """Return a setting by dotted name; old names of the same setting count."""
    first, _, rest = name.partition(".")
    old = next((one for one, new in OLD_NAMES.items() if new == name), "")
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
    if known.needs == JWT:
        return "SIMPLE_JWT" in module.namespace
    if known.needs == DRF and "REST_FRAMEWORK" in module.namespace:
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
    if installed is None or "?" in installed or SESSIONS not in installed:
        return
    classes = _find(module, "REST_FRAMEWORK.DEFAULT_AUTHENTICATION_CLASSES")[1]
    names = plain(classes) if classes is not None else None
    if isinstance(names, Unknown) or (
        DRF in installed and names is not None and not any("Session" in str(name) for name in names)
    ):
        return
    value = module.namespace.get("MIDDLEWARE")
    shown = value.place if value is not None and value.place is not None else place
    name, protected = "MIDDLEWARE.CsrfViewMiddleware", Value(CSRF in installed, shown)
    group = f"{module.path}:csrf"
    sink = SinkUse("csrf.enabled", group, name, protected, shown.location(), "django")
    collector.assign(None, sink)


def setting(interpreter: Interpreter, name: str, place: Place) -> Value:
    """``django.conf.settings.NAME``: the final namespace of the settings module."""
    for module in interpreter.modules.values():
        if is_settings_module(module) and name in module.namespace:
            value = module.namespace[name]
            return value if value.source else value._replace(source=Slot(id(module), name))
    if name in DEFAULT_VALUES and any(map(is_settings_module, interpreter.modules.values())):
        return library_default(DEFAULT_VALUES[name], place)
    return Value(Unknown(f"django.conf.settings.{name} is not known"), place)
