"""Turns what an evaluation found into the settings that rules see."""

from datetime import timedelta
from typing import Any

from secaudit.evaluation.by_variable import identical, meaning_by_variable, unit_by_variable
from secaudit.evaluation.candidates import candidates_of
from secaudit.evaluation.runtime import Interpreter, SinkUse
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    External,
    FunctionData,
    Instance,
    ListData,
    Method,
    ModuleData,
    Place,
    Slot,
    Value,
    plain,
)
from secaudit.facts import AS_VALUE, Candidate, Setting, Unknown
from secaudit.location import Location
from secaudit.naming import FLAGS, SECRET_CONCEPTS, Meaning, from_text, in_unit, meaning_of
from secaudit.patterns import lazy

_MAX_DEPTH = 8
_MAX_SETTINGS = 20_000
OBJECTS = (ModuleData, FunctionData, ClassData, Method, External)  # values that are no setting
_PASSWORD = lazy(r"(?<=://)([^\s:/@]*):[^\s@]*@")
# Tables about settings, whose entries take effect elsewhere or never.
_NO_SETTINGS = lazy(
    r"(?i)(^|_)(defaults?|forbidden|expected|required|examples?|help|labels?"
    r"|codes?|errors?|messages?|levels?|kinds?|types?|rules?)(_|$)"
)
_TOPICS = frozenset({"cors", "cookie", "token", "docs", "debug", "database", "admin", "csrf"})


class Collector:
    """Collects settings by the slot they are bound to, then gives them the meaning of their use."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.settings: list[Setting] = []
        self.by_slot: dict[Slot, int] = {}
        self.hidden: dict[Slot, tuple[str, Value, str, str]] = {}  # named only if something uses it
        self._seen: dict[tuple[object, ...], list[int]] = {}
        self._sunk: dict[int, str] = {}  # setting index -> purpose of its sink
        self._composed: list[tuple[int, Value]] = []
        self._nameless: list[tuple[int, str]] = []  # index and owner

    def add(  # noqa: PLR0913 - what a setting consists of
        self,
        slot: Slot | None,
        name: str,
        value: Value,
        owner: str,
        *,
        type_: str = "",
        layer: str = "assignment",
        meaning: Meaning | bool | None = True,
        text: bool = False,
    ) -> int | None:
        """Add one named setting; returns its index, None when there is no place to show.

        ``text`` says that no code reads the value: flags, numbers and lists are then read from it.
        """
        candidates = candidates_of(value, layer) if value.data is not None else value.candidates
        named = meaning is True
        if meaning is True:
            meaning = meaning_of(name)
        meaning = meaning or None
        location = self._location(value, candidates)
        if location is None or len(self.settings) >= _MAX_SETTINGS:
            return None
        data = plain(value)
        key = (name, location, owner if slot is None else "")
        known = self._seen.setdefault(key, [])
        equal = [one for one in known if identical(self.settings[one].program_value, data)]
        if equal:
            index = equal[0]
        else:
            index = len(self.settings)
            known.append(index)
            judged = _judged(name, value, candidates, meaning, text=text)
            setting = self._setting(
                name, value, data, judged, candidates, location, owner, meaning, type_
            )
            self.settings.append(setting)
            self._composed.append((index, value))
            if named and meaning is None and len(value.variables) == 1:
                self._nameless.append((index, owner))
        if slot is not None:
            self.by_slot[slot] = index
        return index

    def _setting(  # noqa: PLR0913, PLR0917 - what a setting consists of
        self,
        name: str,
        value: Value,
        data: Any,  # noqa: ANN401 - a value of the evaluated program
        judged: Any,  # noqa: ANN401 - the same, or what a text means
        candidates: tuple[Any, ...],
        location: Location,
        owner: str,
        meaning: Meaning | None,
        type_: str,
    ) -> Setting:
        used: tuple[Location, ...] = ()
        if value.place is not None and candidates and candidates[0].location is not None:
            read = value.place.location()
            used = (read,) if read != location else ()
        return Setting(
            name,
            "" if meaning is None else meaning.concept,
            "" if meaning is None else _group(meaning, owner),
            type_ or _type_name(value),
            judged,
            candidates,
            location,
            used,
            value.error,
            value.variables,
            "" if meaning is None else meaning.service,
            AS_VALUE if judged is data or identical(judged, data) else data,
        )

    def _location(self, value: Value, candidates: tuple[Any, ...]) -> Location | None:
        for candidate in candidates:
            if candidate.location is not None:
                return candidate.location  # type: ignore[no-any-return]
        if value.place is not None:
            return value.place.location()
        return Location(self.interpreter.world.root, 1, 1, 1, 1) if candidates else None

    def add_tree(self, slot: Slot, name: str, value: Value, owner: str, depth: int = 0) -> None:
        """Add a value and, for a dictionary with text keys, each entry under its dotted name."""
        data = value.data
        if isinstance(data, DictData) and not depth and _NO_SETTINGS.search(name):
            return
        if isinstance(data, DictData) and depth < _MAX_DEPTH and data.items:
            for key, item in list(data.items.items()):
                if isinstance(key, str):
                    child = Slot(id(data), key)
                    self.add_tree(child, f"{name}.{key}", item, owner, depth + 1)
            return
        if isinstance(data, Instance) and "plain" not in data.state:
            return
        if isinstance(data, OBJECTS):
            return
        self.add(slot, name, value, owner)

    def mute(self, slot: Slot) -> bool:
        """Take the meaning from a setting that has no effect; False when it had none."""
        index = self.by_slot.get(slot)
        if index is None or not self.settings[index].concept:
            return False
        self.settings[index] = self.settings[index]._replace(concept="", group="", service="")
        return True

    def assign(  # noqa: PLR0913, PLR0917 - what a setting consists of
        self,
        slot: Slot | None,
        name: str,
        value: Value,
        concept: str,
        group: str,
        service: str,
        place: Place,
        layer: str,
    ) -> None:
        """Give a named setting its exact meaning, or add a library's default."""
        index = self.by_slot.get(slot) if slot is not None else None
        if index is None:
            self._own(SinkUse(concept, group, name, value, place.location(), service, layer))
            return
        setting = self.settings[index]
        judged = plain(value)
        written = _written(setting, judged)
        self.settings[index] = setting._replace(
            concept=concept, group=group, service=service, value=judged, written=written
        )

    def use(self, sink: SinkUse) -> None:
        """Give the named setting behind a sink its meaning, or list the sink's own value."""
        index = self._named(sink.value)
        purpose = f"{sink.concept}:{sink.service}:{sink.group}"
        if index is not None:
            setting = self.settings[index]
            if self._fits(setting, sink) and self._sunk.get(index, purpose) == purpose:
                self._sunk[index] = purpose
                used = (*setting.used, sink.location)
                self.settings[index] = setting._replace(
                    concept=sink.concept,
                    group=sink.group,
                    value=plain(sink.value),
                    written=_written(setting, plain(sink.value)),
                    used=tuple(dict.fromkeys(used)),
                    service=sink.service or setting.service,
                )
                return
            if setting.concept == sink.concept and index not in self._sunk:
                self.settings[index] = setting._replace(concept="", group="", service="")
            elif not setting.concept and isinstance(sink.value.data, timedelta):
                self._own(sink, setting.location)  # the number that code gives a unit
                return
        self._own(sink)

    def _fits(self, setting: Setting, sink: SinkUse) -> bool:
        program, value = setting.program_value, plain(sink.value)
        if setting.concept == sink.concept and type(setting.value) is type(value):
            return bool(setting.value == value)
        if isinstance(program, Unknown) or isinstance(value, Unknown):
            return isinstance(program, Unknown) and isinstance(value, Unknown)
        return type(program) is type(value) and bool(program == value)

    def _named(self, value: Value) -> int | None:
        slots = [value.source] if value.source is not None else list(value.parts)
        if len(slots) != 1 or slots[0] is None:
            return None
        slot = slots[0]
        if slot in self.hidden and slot not in self.by_slot:
            name, hidden, owner, type_ = self.hidden[slot]
            self.add(slot, name, hidden, owner, type_=type_, meaning=None)
        return self.by_slot.get(slot)

    def _own(self, sink: SinkUse, written: Location | None = None) -> None:
        """List a sink's own value; ``written`` is where a part stands that decides it."""
        value = sink.value
        if isinstance(value.data, External) and sink.concept in SECRET_CONCEPTS:
            value = value._replace(data=Unknown(f"{value.data.name}, which is not known"))
        candidates = candidates_of(value, sink.layer)
        if written is not None:
            candidates = (candidates[0]._replace(location=written), *candidates[1:])
        if sink.layer == "library-default":
            first = candidates[0]._replace(location=sink.location, layer=sink.layer)
            candidates = (first, *candidates[1:])
        location = self._location(value, candidates) or sink.location
        if sink.layer == "library-default":
            location = sink.location
        used = () if location == sink.location else (sink.location,)
        setting = Setting(
            sink.name,
            sink.concept,
            sink.group,
            _type_name(value),
            plain(value),
            candidates,
            location,
            used,
            value.error,
            value.variables,
            sink.service,
        )
        if setting not in self.settings:
            self._composed.append((len(self.settings), value))
            self.settings.append(setting)

    def finish(self) -> tuple[Setting, ...]:
        """Return the settings; a DSN made of a named password is judged at the password."""
        self._name_by_variables()
        for index, value in self._composed:
            setting = self.settings[index]
            if setting.concept == "database.url" and not value.candidates:
                concepts = {
                    self.settings[self.by_slot[part]].concept
                    for part in value.parts
                    if part in self.by_slot
                }
                if "database.password" in concepts or "password" in concepts:
                    self.settings[index] = _without_password(setting)
        return tuple(map(_as_flag, self.settings))

    def _name_by_variables(self) -> None:
        """Give settings whose own name says nothing the meaning of the variable they hold.

        Not where another setting has it: ``raw`` becomes ``CORS_ORIGINS`` in the next line.
        """
        meant = {name for one in self.settings if one.concept for name in one.variables}
        for index, owner in self._nameless:
            setting = self.settings[index]
            name = setting.variables[0]
            known = setting.concept or name in meant
            meaning = None if known else meaning_by_variable(setting)
            if meaning is None:
                continue
            judged = in_unit(meaning, name, setting.value)
            self.settings[index] = setting._replace(
                concept=meaning.concept,
                group=_group(meaning, owner),
                value=judged,
                written=_written(setting, judged),
                service=meaning.service,
            )


def _as_flag(setting: Setting) -> Setting:
    """Return a flag that the program holds as 0 or 1 as it is judged."""
    if (
        setting.concept not in FLAGS
        or type(setting.value) is not int
        or setting.value not in {0, 1}
    ):
        return setting
    judged = bool(setting.value)
    return setting._replace(value=judged, written=_written(setting, judged))


def _judged(
    name: str,
    value: Value,
    candidates: tuple[Candidate, ...],
    meaning: Meaning | None,
    *,
    text: bool,
) -> Any:  # noqa: ANN401 - values of any type
    """Return a value in the unit of its meaning; ``text`` as in :meth:`Collector.add`."""
    data = plain(value)
    if meaning is None:
        return data
    given = candidates[0] if candidates else None
    unit = unit_by_variable(name, value.variables, given)
    return in_unit(meaning, unit, from_text(meaning, data) if text else data)


def _without_password(setting: Setting) -> Setting:
    """Return a DSN as it is judged when its password has a name of its own."""
    url = setting.value
    if not isinstance(url, str):
        return setting._replace(concept="", group="")
    bare = _PASSWORD.sub(r"\1@", url)
    return setting._replace(value=bare, written=_written(setting, bare))


def _group(meaning: Meaning, owner: str) -> str:
    """Return what settings of one policy share, ``""`` for one that stands alone."""
    concept = meaning.concept
    family = "database" if concept == "tls.database" else concept.partition(".")[0]
    if family not in _TOPICS:
        return ""
    divided = meaning.service and family in {"cookie", "database"}
    return f"{owner}:{family}:{meaning.service}" if divided else f"{owner}:{family}"


def _written(setting: Setting, value: Any) -> Any:  # noqa: ANN401 - values of any type
    program = setting.program_value
    return AS_VALUE if identical(program, value) else program


def _type_name(value: Value) -> str:
    data = value.data
    if isinstance(data, ListData):
        return data.kind
    if isinstance(data, DictData):
        return "dict"
    if isinstance(data, Unknown | Instance | type(None)):
        return ""
    return type(data).__name__
