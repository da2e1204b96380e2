"""The state of one evaluation: what it asks, where it stands and what it found on the way."""

import ast
from collections.abc import Callable
from typing import Any, Protocol

from secaudit.evaluation.bounds import MAX_ALL_STEPS, MAX_ITEMS, MAX_STEPS, OutOfBoundsError
from secaudit.evaluation.control import Frame, ProgramError
from secaudit.evaluation.environment import Environment
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    External,
    FunctionData,
    Instance,
    ListData,
    ModuleData,
    Place,
    Slot,
    Value,
)
from secaudit.evaluation.world import World
from secaudit.facts import Observation, Unknown
from secaudit.location import Location
from secaudit.records import NamedTuple

LOOKING = 1_000  # branch level of functions that nothing calls


class SinkUse(NamedTuple):
    """A value that reached a place where its meaning is known."""

    concept: str
    group: str
    name: str  # ``CORSMiddleware.allow_origins``
    value: Value
    location: Location  # of the argument, or of the call for a library default
    service: str = ""
    layer: str = "assignment"  # or library-default


class Call(NamedTuple):
    """One call, arguments evaluated; ``rest`` is Unknown after an undetermined ``*`` or ``**``."""

    interpreter: "Interpreter"
    frame: Frame
    place: Place
    arguments: list[Value]
    keywords: dict[str, Value]
    rest: Unknown | None = None

    def argument(self, position: int, name: str) -> Value | None:
        """Return an argument given by position or keyword, None when it is not given.

        A negative position stands for keyword-only. It is Unknown where ``rest`` may hold it.
        """
        if 0 <= position < len(self.arguments):
            return self.arguments[position]
        if name in self.keywords:
            return self.keywords[name]
        return Value(self.rest, self.place) if self.rest is not None else None

    def location(self, name: str = "") -> "Location":
        """Return where a keyword argument stands, or the whole call."""
        node = self.place.node
        if name and isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == name:
                    return self.place.module.location(keyword.value)
        return self.place.location()

    def without_first(self) -> "Call":
        """Return the call as the function behind a ``partial``-like first argument sees it."""
        return self._replace(arguments=self.arguments[1:])


class Fallback(NamedTuple):
    """A handler after which other settings stand where those of the ``try`` would."""

    handler: ast.ExceptHandler
    name: str  # that holds the settings, "" where they are returned


class Libraries(Protocol):
    """What the evaluator asks of those who know libraries; ``secaudit.frameworks`` answers."""

    def call_external(self, name: str, call: Call) -> Value:
        """Return what calling a library function or class returns."""

    def call_unknown(self, name: str, call: Call) -> Value | None:
        """Return what a method of an object of unknown type does, where its name tells."""

    def call_method(self, receiver: Value, instance: Instance, name: str, call: Call) -> Value:
        """Return what a method of a library object returns."""

    def attribute(
        self,
        interpreter: "Interpreter",
        receiver: Value,
        instance: Instance,
        name: str,
        place: Place,
    ) -> Value | None:
        """Return an attribute of a library object, None when it is a method or not known."""

    def external_attribute(
        self, interpreter: "Interpreter", owner: str, name: str, place: Place
    ) -> Value | None:
        """Return an attribute of a library symbol that stands for a value."""

    def external_subscript(
        self, interpreter: "Interpreter", name: str, key: Value, place: Place
    ) -> Value | None:
        """Return an item of a library symbol, such as ``os.environ[key]``."""

    def subscript(
        self,
        interpreter: "Interpreter",
        receiver: Value,
        instance: Instance,
        key: Value,
        place: Place,
    ) -> Value | None:
        """Return an item of a library object."""

    def mapping(self, interpreter: "Interpreter", name: str, place: Place | None) -> Value | None:
        """Return the entries of a library symbol that is a mapping, such as ``os.environ``."""

    def iteration(
        self, interpreter: "Interpreter", cls: ClassData, place: Place | None
    ) -> Value | None:
        """Return what a loop over a class sees, where a library gives it items."""

    def contains(
        self, interpreter: "Interpreter", name: str, key: Value, place: Place
    ) -> Value | None:
        """Say whether a library symbol that is a mapping has a key."""

    def set_attribute(
        self, interpreter: "Interpreter", instance: Instance, name: str, value: Value, place: Place
    ) -> bool:
        """Note an assignment to an attribute of a library object; False when none is interested."""

    def set_item(
        self, interpreter: "Interpreter", receiver: Value, key: Value, value: Value, place: Place
    ) -> None:
        """Note an assignment to an item of a library object."""

    def make_instance(self, cls: ClassData, call: Call) -> Value | None:
        """Return an object of a project class that derives from a library class."""

    def class_attribute(
        self, interpreter: "Interpreter", cls: ClassData, name: str, place: Place
    ) -> Value | None:
        """Return a class attribute where a library base class gives it a meaning of its own."""


class Watchers(Protocol):
    """Those who look at code as it runs; ``secaudit.frameworks.watching`` does."""

    def note_choice(self, call: Call, default: Value, *, known: bool) -> None:
        """Look at ``mapping.get(name, default)``: a settings class chosen by name."""

    def note_function(
        self, interpreter: "Interpreter", frame: Frame, function: FunctionData
    ) -> None:
        """Look at a function definition: decorators register middleware and limits."""

    def note_condition(
        self, interpreter: "Interpreter", frame: Frame, node: ast.If, condition: Value
    ) -> None:
        """Look at an ``if``: selectors and guards."""

    def note_assert(
        self,
        interpreter: "Interpreter",
        frame: Frame,
        node: ast.Assert,
        *,
        holds: bool | None,
        runs: bool,
    ) -> None:
        """Look at an ``assert``, a guard unless Python is told to remove it."""

    def note_match(self, interpreter: "Interpreter", subject: Value) -> None:
        """Look at a ``match``: selectors."""

    def note_fallback(
        self, interpreter: "Interpreter", frame: Frame, body: list[ast.stmt], chosen_by: Value
    ) -> None:
        """Look at an ``else`` or ``case _`` that runs because no value before it fits."""

    def find_fallback(
        self, interpreter: "Interpreter", frame: Frame, node: ast.Try | ast.TryStar
    ) -> "Fallback | None":
        """Return a handler that puts other settings in the place of refused ones."""

    def note_try(
        self, interpreter: "Interpreter", frame: Frame, fallback: "Fallback", made: Value | None
    ) -> None:
        """Look at a ``try`` with such a handler that does not raise; ``made`` is returned."""

    def note_refused(self, interpreter: "Interpreter", frame: Frame, fallback: "Fallback") -> None:
        """Look at a ``try`` with such a handler whose body raises."""


class Language(NamedTuple):
    """How expressions and statements are run; they, calls and imports run each other."""

    evaluate: Callable[["Interpreter", Frame, ast.expr], Value]
    execute: Callable[["Interpreter", Frame, list[ast.stmt]], None]


class Interpreter:
    """One evaluation of one deployment."""

    def __init__(
        self,
        world: World,
        language: Language,
        libraries: Libraries,
        watchers: Watchers,
        dialect: str = "auto",
    ) -> None:
        # what it works with
        self.world = world
        self.language = language
        self.libraries = libraries
        self.watchers = watchers
        self.dialect = dialect
        self.environment = Environment(world.process)
        self.selected = ""  # the module or class whose final namespace holds the settings
        # where it stands
        self.steps = 0
        self.limit = MAX_STEPS
        self.depth = 0  # of expressions and calls
        self.import_depth = 0
        self.running: list[int] = []  # functions being called, by the id of their node
        self.level = 0  # nested undecided branches
        self.condition: str = ""  # why the innermost branch is undecided
        self.forks = 0  # undecided branches met so far
        self.handlers = 0  # enclosing ``try`` blocks with handlers
        self.replaceable = 0  # those among them with a Fallback
        # the program
        self.modules: dict[str, ModuleData] = {}  # by absolute path
        self.star_imports: list[tuple[str, str]] = []  # (importing module, imported module)
        self.classes: list[ClassData] = []
        self.functions: list[FunctionData] = []
        self.called: set[int] = set()  # identity of function nodes that ran
        self.results: dict[int, Value] = {}  # of cached functions, by function node
        self.objects: list[Instance] = []  # objects of ordinary project classes
        self.failures: list[tuple[ModuleData, ProgramError]] = []  # modules that stop start-up
        self.stopped: list[Place] = []  # where a budget was used up
        # its settings
        self.reads: list[tuple[str, Value, Place]] = []  # environment variables read by code
        self.bound: set[str] = set()  # variables whose value got a name, perhaps replaced later
        self.tested: set[str] = set()  # variables whose value a condition compares
        self.instances: list[Instance] = []  # settings objects, in the order they were made
        self.handled: set[ast.ClassDef] = set()  # classes that a framework module understands
        self.loaded_modules: set[str] = set()  # paths of modules that an app loads as configuration
        self.loaded_classes: list[ClassData] = []  # configuration classes that an app loads
        self.flask_configs: list[DictData] = []  # what applications end up with
        self.sinks: list[SinkUse] = []
        self.shown: list[tuple[Value, Place]] = []  # printed or logged
        self.guards: list[Any] = []  # conditions with a ``raise`` behind them
        # settings that an absent or unknown name chooses: the variable, what, where, absent
        self.fallbacks: list[tuple[str, str, Place, bool]] = []
        self.observations: list[Observation] = []
        self.state: dict[str, Any] = {}  # what framework modules keep for themselves

    def evaluate(self, frame: Frame, node: ast.expr) -> Value:
        """Return the value of an expression; raises as ``expressions.evaluate`` does."""
        return self.language.evaluate(self, frame, node)

    def execute(self, frame: Frame, body: list[ast.stmt]) -> None:
        """Execute statements in order; raises as ``statements.execute`` does."""
        self.language.execute(self, frame, body)

    def step(self) -> None:
        """Count one evaluated node.

        Raises:
            OutOfBoundsError: the evaluation reached its limit.
        """
        self.steps += 1
        if self.steps > self.limit or self.steps > MAX_ALL_STEPS:
            raise OutOfBoundsError

    def grant(self) -> int:
        """Start a new budget of steps; returns the limit to restore afterwards."""
        before, self.limit = self.limit, self.steps + MAX_STEPS
        return before

    def list_value(
        self, items: list[Value], kind: str, place: Place | None, rest: Unknown | None = None
    ) -> Value:
        """Return a container value made at the current branch level."""
        if len(items) > MAX_ITEMS:
            return Value(Unknown("a very long list"), place)
        return Value(ListData(items, kind, rest, self.level), place)

    def dict_value(
        self, items: dict[Any, Value], place: Place | None, rest: Unknown | None = None
    ) -> Value:
        """Return a dictionary value made at the current branch level."""
        return Value(DictData(items, rest, self.level), place)

    def observe(self, kind: str, location: Location, subject: str, /, **detail: Any) -> None:  # noqa: ANN401 - plain values of any type
        """Note a fact that is no setting, once."""
        observation = Observation(kind, location, subject, detail)
        if observation not in self.observations:
            self.observations.append(observation)

    def held(self, value: Value) -> Value:
        """Return what a mapping of a library or an enumeration holds; any other value as it is."""
        if isinstance(value.data, ClassData):
            return self.libraries.iteration(self, value.data, value.place) or value
        if not isinstance(value.data, External):
            return value
        return self.libraries.mapping(self, value.data.name, value.place) or value

    def undecided(self, level: int) -> bool:
        """Say whether a change to something made at ``level`` may not happen."""
        return self.level > level

    def settled(self, value: Value, level: int, place: Place | None) -> Value:
        """Return what something made at ``level`` gets: Unknown where it may keep what it has."""
        if not self.undecided(level):
            return value
        return Value(Unknown(self.condition or "set under an undecided condition"), place)

    def ignored(self, level: int) -> bool:
        """Say whether a change is made by code that nobody is known to call.

        Functions that are evaluated only to look at their body change what they make themselves
        and nothing else.
        """
        return self.level >= LOOKING > level


def slot_of(owner: object, name: str) -> Slot:
    """Return the slot of a name in a namespace."""
    return Slot(id(owner), name)
