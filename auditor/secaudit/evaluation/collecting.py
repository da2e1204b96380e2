"""Turns what an evaluation found into the settings that rules see."""

import sys
from datetime import timedelta
from typing import Final

from secaudit.evaluation.by_variable import identical, meaning_by_variable, telling
from secaudit.evaluation.candidates import candidates_of, choices_of
from secaudit.evaluation.judged import (
    Named,
    meant,
    setting_of,
    setting_of_sink,
    with_value,
    without_meaning,
    without_password,
)
from secaudit.evaluation.runtime import Interpreter, SinkUse
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    External,
    FunctionData,
    Instance,
    Method,
    ModuleData,
    Slot,
    Value,
    plain,
)
from secaudit.facts import CODE_LAYERS, Candidate, Setting, Unknown
from secaudit.location import Location
from secaudit.naming import SECRET_CONCEPTS, Meaning, in_unit, meaning_of

_MAX_DEPTH = 8
_VAGUE: Final = ("password",)  # what a name means that its variable may tell more of
_MAX_SETTINGS = 20_000
OBJECTS: Final = (ModuleData, FunctionData, ClassData, Method, External)  # that are no setting
_PASSWORDS = frozenset({"database.password", "password"})


class Collector:
    """Collects settings by the slot they are bound to, then gives them the meaning of their use."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.settings: list[Setting] = []
        self.by_slot: dict[Slot, int] = {}
        self.hidden: dict[Slot, Named] = {}  # settings only if something uses them
        self._seen: dict[tuple[object, ...], list[int]] = {}
        self._sunk: dict[int, str] = {}  # setting index -> purpose of its sink
        self._composed: list[tuple[int, Value]] = []
        self._nameless: dict[int, str] = {}  # settings whose names say nothing, and their owner

    def add(
        self, slot: Slot | None, named: Named, layer: str = "assignment", *, text: bool = False
    ) -> None:
        """Add a setting that means what its name says, unless there is no place to show.

        ``text`` says that no code reads the value: flags, numbers and lists are then read from it.
        """
        meaning = meaning_of(named.name)
        index = self.add_meant(slot, named, meaning, layer, text=text)
        vague = meaning is None or meaning.concept in _VAGUE
        if vague and index is not None and telling(self.settings[index]):
            self._nameless.setdefault(index, named.owner)

    def add_meant(
        self,
        slot: Slot | None,
        named: Named,
        meaning: Meaning | None,
        layer: str = "assignment",
        *,
        text: bool = False,
    ) -> int | None:
        """Add a setting with a meaning that its name need not have; None for one without.

        Returns its index, None when there is no place to show.
        """
        value = named.value
        candidates = candidates_of(value, layer) if value.data is not None else value.candidates
        location = self._location(value, candidates)
        if location is None or len(self.settings) >= _MAX_SETTINGS:
            return None
        data = plain(value)
        key = (named.name, location, named.owner if slot is None else "")
        known = self._seen.setdefault(key, [])
        equal = [one for one in known if identical(self.settings[one].program_value, data)]
        if equal:
            index = equal[0]
        else:
            index = len(self.settings)
            known.append(index)
            self.settings.append(setting_of(named, candidates, location, meaning, text=text))
            self._composed.append((index, value))
        if slot is not None:
            self.by_slot[slot] = index
        return index

    def _location(self, value: Value, candidates: tuple[Candidate, ...]) -> Location | None:
        for candidate in candidates:
            if candidate.location is not None:
                return candidate.location
        if value.place is not None:
            return value.place.location()
        return Location(self.interpreter.world.root, 1, 1, 1, 1) if candidates else None

    def add_tree(self, slot: Slot, named: Named, depth: int = 0) -> None:
        """Add a value and, for a dictionary with text keys, each entry under its dotted name."""
        data = named.value.data
        if isinstance(data, DictData) and not depth:
            from secaudit.naming.tables import speaks_of_settings  # noqa: PLC0415 - few are tables

            if speaks_of_settings(named.name):
                return
        if isinstance(data, DictData) and depth < _MAX_DEPTH and data.items:
            for key, item in list(data.items.items()):
                if isinstance(key, str):
                    child = Named(f"{named.name}.{key}", item, named.owner)
                    self.add_tree(Slot(id(data), key), child, depth + 1)
            return
        if isinstance(data, Instance) and "plain" not in data.state:
            return
        if isinstance(data, External) and depth and data.name.rpartition(".")[2].isupper():
            constant = data.name.rpartition(".")[2]  # such as CERT_NONE, by its own name
            named = named._replace(value=named.value._replace(data=constant))
        elif isinstance(data, OBJECTS):
            return
        self.add(slot, named)

    def mute(self, slot: Slot) -> bool:
        """Take the meaning from a setting that has no effect; False when it had none."""
        index = self.by_slot.get(slot)
        if index is None or not self.settings[index].concept:
            return False
        self.settings[index] = without_meaning(self.settings[index])
        return True

    def assign(self, slot: Slot | None, sink: SinkUse) -> None:
        """Give the named setting of a slot its exact meaning, or list a library's default."""
        index = self.by_slot.get(slot) if slot is not None else None
        if index is None:
            self._own(sink)
        else:
            self._mean(index, sink)

    def use(self, sink: SinkUse) -> None:
        """Give the named setting behind a sink its meaning, or list the sink's own value."""
        index = self._behind(sink.value)
        if index is None:
            self._own(sink)
            return
        purpose = f"{sink.concept}:{sink.service}:{sink.group}"
        setting = self.settings[index]
        if _fits(setting, sink) and self._sunk.get(index, purpose) == purpose:
            self._sunk[index] = purpose
            self._mean(index, sink._replace(service=sink.service or setting.service))
            used = tuple(dict.fromkeys((*setting.used, sink.location)))
            self.settings[index] = self.settings[index]._replace(used=used)
            return
        if setting.concept == sink.concept and index not in self._sunk:
            self.settings[index] = without_meaning(setting)
        unit_given = not setting.concept and isinstance(sink.value.data, timedelta)
        self._own(sink, setting.location if unit_given else None)

    def _mean(self, index: int, sink: SinkUse) -> None:
        """Give a named setting the meaning and the value that a sink has, and what refuses it."""
        setting = self.settings[index]
        setting = setting._replace(
            concept=sink.concept,
            group=sink.group,
            service=sink.service,
            error=sink.value.error or setting.error,
            choices=choices_of(sink.value) or setting.choices,
        )
        self.settings[index] = with_value(setting, plain(sink.value))

    def _behind(self, value: Value) -> int | None:
        """Return the index of the one named setting that a value was read from."""
        slots = [value.source] if value.source is not None else list(value.parts)
        if len(slots) != 1 or slots[0] is None:
            return None
        slot = slots[0]
        if slot in self.hidden and slot not in self.by_slot:
            self.add_meant(slot, self.hidden[slot], None)
        return self.by_slot.get(slot)

    def _own(self, sink: SinkUse, written: Location | None = None) -> None:
        """List a sink's own value; ``written`` is where the number stands that has no unit."""
        value = sink.value
        if isinstance(value.data, External) and (
            sink.concept in SECRET_CONCEPTS or _is_constant(value.data)
        ):
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
        setting = setting_of_sink(sink, value, candidates, location)
        if setting not in self.settings:
            self._composed.append((len(self.settings), value))
            self.settings.append(setting)

    def finish(self) -> tuple[Setting, ...]:
        """Return the settings; a DSN made of a named password is judged at the password."""
        self._name_by_variables()
        for index, value in self._composed:
            setting = self.settings[index]
            first = value.candidates[0] if value.candidates else None
            written = first is not None and (first.literal or first.layer not in CODE_LAYERS)
            if setting.concept != "database.url" or written:
                continue
            own = [slot for slot, at in self.by_slot.items() if at == index]
            if any(self._is_password(part, setting.value) for part in (*value.parts, *own)):
                self.settings[index] = without_password(setting)
        return tuple(self.settings)

    def _is_password(self, part: Slot, url: object) -> bool:
        """Say whether a part of a DSN is a named password, or stands beside one that is in it.

        What a class body reads belongs to the class, and the setting to its instances; hence the
        second.
        """
        index = self.by_slot.get(part)
        if index is not None and self.settings[index].concept in _PASSWORDS:
            return True
        beside = (
            self.settings[at] for slot, at in self.by_slot.items() if slot.owner == part.owner
        )
        return any(
            one.concept in _PASSWORDS
            and isinstance(one.program_value, str)
            and f":{one.program_value}@" in str(url)
            for one in beside
        )

    def _name_by_variables(self) -> None:
        """Give settings whose own name says nothing the meaning of the variable they hold.

        Not where another setting has it: ``raw`` becomes ``CORS_ORIGINS`` in the next line.
        """
        told = {name for one in self.settings if one.concept for name in one.variables}
        for index, owner in self._nameless.items():
            setting = self.settings[index]
            name = telling(setting)
            known = setting.concept not in {"", *_VAGUE} or (not setting.concept and name in told)
            meaning = None if known else meaning_by_variable(setting, name)
            if meaning is not None:
                value = in_unit(meaning, name, setting.value)
                self.settings[index] = meant(setting, meaning, owner, value)


def _is_constant(symbol: External) -> bool:
    """Say whether a symbol stands for a value of a module that is not there to read.

    Names of classes and functions, and the constants of Python itself, mean what they say.
    """
    top, _, name = symbol.name.partition(".")
    return name.rpartition(".")[2].isupper() and top not in sys.stdlib_module_names


def _fits(setting: Setting, sink: SinkUse) -> bool:
    """Say whether a sink is given what a setting holds, and not something made of it."""
    program, value = setting.program_value, plain(sink.value)
    if setting.concept == sink.concept and type(setting.value) is type(value):
        return bool(setting.value == value)
    if isinstance(program, Unknown) or isinstance(value, Unknown):
        return isinstance(program, Unknown) and isinstance(value, Unknown)
    return identical(program, value)
