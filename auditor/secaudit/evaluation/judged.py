"""Puts a setting together: the value that rules judge, and beside it the one the program has."""

from typing import Any

from secaudit.evaluation.by_variable import identical, unit_by_variable
from secaudit.evaluation.candidates import choices_of, elements_of
from secaudit.evaluation.runtime import SinkUse
from secaudit.evaluation.values import DictData, Instance, ListData, Value, plain
from secaudit.facts import AS_VALUE, Candidate, Setting, Unknown
from secaudit.location import Location
from secaudit.naming import Meaning, as_flag, from_text, in_unit
from secaudit.patterns import lazy
from secaudit.records import NamedTuple

_PASSWORD = lazy(r"(?<=://)([^\s:/@]*):[^\s@]*@")
_POLICIES = frozenset({"cors", "cookie", "token", "docs", "debug", "database", "admin", "csrf"})


class Named(NamedTuple):
    """A value under the name that code or a file gives it."""

    name: str
    value: Value
    owner: str  # the module, class or file that the name is one of
    type_: str = ""  # as declared, "" where it is inferred


def setting_of(
    named: Named,
    candidates: tuple[Candidate, ...],
    location: Location,
    meaning: Meaning | None,
    *,
    text: bool,
) -> Setting:
    """Return a named value as the setting that its meaning makes of it.

    ``text`` says that no code reads the value: flags, numbers and lists are then read from it.
    """
    value = named.value
    data = plain(value)
    used: tuple[Location, ...] = ()
    if value.place is not None and candidates and candidates[0].location is not None:
        read = value.place.location()
        used = (read,) if read != location else ()
    type_ = named.type_ or _type_name(value)
    setting = Setting(
        named.name, "", "", type_, data, candidates, location, used, value.error, value.variables
    )
    setting = _with_origins(setting, value)
    if meaning is None:
        return setting
    unit = unit_by_variable(named.name, value.variables, candidates[0] if candidates else None)
    judged = in_unit(meaning, unit, from_text(meaning, data) if text else data)
    return meant(setting, meaning, named.owner, judged)


def meant(setting: Setting, meaning: Meaning, owner: str, value: Any) -> Setting:  # noqa: ANN401 - values of any type
    """Return a setting with a meaning, and its value in the unit of that."""
    judged = setting._replace(
        concept=meaning.concept, group=_group(meaning, owner), service=meaning.service
    )
    return with_value(judged, value)


def without_meaning(setting: Setting) -> Setting:
    """Return a setting that no rule looks at."""
    return setting._replace(concept="", group="", service="")


def with_value(setting: Setting, value: Any) -> Setting:  # noqa: ANN401 - values of any type
    """Return a setting with another judged value; what the program has stays beside it."""
    program, judged = setting.program_value, as_flag(setting.concept, value)
    written = AS_VALUE if identical(program, judged) else program
    return setting._replace(value=judged, written=written)


def without_password(setting: Setting) -> Setting:
    """Return a DSN as it is judged when its password has a name of its own."""
    url = setting.value
    if not isinstance(url, str):
        return without_meaning(setting)
    return with_value(setting, _PASSWORD.sub(r"\1@", url))


def setting_of_sink(
    sink: SinkUse, value: Value, candidates: tuple[Candidate, ...], location: Location
) -> Setting:
    """Return the setting that a sink's own value is, written at ``location``."""
    used = () if location == sink.location else (sink.location,)
    data = plain(value)
    setting = Setting(
        sink.name,
        sink.concept,
        sink.group,
        _type_name(value),
        data,
        candidates,
        location,
        used,
        value.error,
        value.variables,
        sink.service,
    )
    return with_value(_with_origins(setting, value), data)


def _with_origins(setting: Setting, value: Value) -> Setting:
    """Return a setting with the places of what code chose and put together for it."""
    if not value.choices and not isinstance(value.data, ListData):
        return setting
    return setting._replace(elements=elements_of(value), choices=choices_of(value))


def _group(meaning: Meaning, owner: str) -> str:
    """Return what settings of one policy share, ``""`` for one that stands alone."""
    concept = meaning.concept
    family = "database" if concept == "tls.database" else concept.partition(".")[0]
    if family not in _POLICIES:
        return ""
    divided = meaning.service and family in {"cookie", "database"}
    return f"{owner}:{family}:{meaning.service}" if divided else f"{owner}:{family}"


def _type_name(value: Value) -> str:
    data = value.data
    if isinstance(data, ListData):
        return data.kind
    if isinstance(data, DictData):
        return "dict"
    if isinstance(data, Unknown | Instance | type(None)):
        return ""
    return type(data).__name__
