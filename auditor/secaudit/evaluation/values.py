"""The values an evaluated program works with; each remembers where it came from."""

import ast
from collections.abc import Iterable
from typing import Any

from secaudit.budget import Budget
from secaudit.facts import Candidate, Unknown
from secaudit.location import Location
from secaudit.records import NamedTuple
from secaudit.syntax.python import Module


class Place(NamedTuple):
    """A node of a source file; its location is computed only when someone asks."""

    module: Module
    node: ast.AST

    def location(self) -> Location:
        """Return the span of the node."""
        return self.module.location(self.node)


class Slot(NamedTuple):
    """A named binding a value was read from: a module's global, a field, a dictionary entry."""

    owner: int  # identity of the namespace
    name: str


class Value(NamedTuple):
    """One value: data or Unknown, and its provenance.

    ``candidates`` is empty for values that code computes; then ``place`` is where it is written.
    ``parts`` are the slots of all values it was put together from; ``choices`` are the conditions
    of the conditional expressions that chose it.
    """

    data: Any
    place: Place | None = None
    candidates: tuple[Candidate, ...] = ()
    variables: tuple[str, ...] = ()
    source: Slot | None = None
    parts: frozenset[Slot] = frozenset()
    error: str | None = None
    choices: tuple["Value", ...] = ()

    @property
    def known(self) -> bool:
        """Say whether the value is determined (its elements may still be Unknown)."""
        return not isinstance(self.data, Unknown)


class ListData:
    """A list, tuple or set whose items keep their own provenance.

    ``rest`` is Unknown when there may be further or other items. ``level`` is the depth of
    undecided branches at which it was made: a change at a deeper level may not have happened.
    """

    __slots__ = ("items", "kind", "level", "rest")

    def __init__(
        self, items: list[Value], kind: str = "list", rest: Unknown | None = None, level: int = 0
    ) -> None:
        self.items = items
        self.kind = kind
        self.rest = rest
        self.level = level


class DictData:
    """A dictionary with plain keys; ``rest`` is Unknown when it may have further entries."""

    __slots__ = ("items", "level", "rest")

    def __init__(
        self, items: dict[Any, Value], rest: Unknown | None = None, level: int = 0
    ) -> None:
        self.items = items
        self.rest = rest
        self.level = level

    def absorb(self, more: Value) -> None:
        """Take over the entries of a dictionary; one that is not fully known may replace any."""
        known = isinstance(more.data, DictData)
        rest = more.data.rest if known else Unknown("entries that are not known")
        if rest is not None:
            self.items.clear()
            self.rest = rest
        if known:
            self.items.update(more.data.items)


class PathData(NamedTuple):
    """A file system path; opaque but for joining and parents."""

    text: str


class External(NamedTuple):
    """A symbol of a library, known by its dotted name only."""

    name: str


class ModuleData:
    """A module of the project and its namespace; ``rest`` after an unresolved star import."""

    __slots__ = ("imported", "name", "namespace", "path", "rest", "syntax")

    def __init__(self, name: str, path: str, syntax: Module) -> None:
        self.name = name
        self.path = path
        self.syntax = syntax
        self.namespace: dict[str, Value] = {}
        self.rest: Unknown | None = None
        self.imported: set[str] = set()  # names that are bound by an import, not by an assignment


class Globals(DictData):
    """The names of a module as the dictionary that ``globals()`` returns: a change counts."""

    __slots__ = ("module",)

    def __init__(self, module: ModuleData) -> None:
        self.module = module
        super().__init__(module.namespace, module.rest)

    @property
    def rest(self) -> Unknown | None:
        """Return why the module may have further names."""
        return self.module.rest

    @rest.setter
    def rest(self, reason: Unknown | None) -> None:
        self.module.rest = reason

    def absorb(self, more: Value) -> None:
        """Take over entries; those that nobody knows may replace any name but one of code."""
        known = isinstance(more.data, DictData)
        rest = more.data.rest if known else Unknown("names that are not known")
        if rest is not None:
            self.rest = rest
            kept = (ModuleData, ClassData, FunctionData, External)
            for name, value in self.items.items():
                if not isinstance(value.data, kept):
                    self.items[name] = value._replace(data=rest, candidates=())
        if known:
            self.items.update(more.data.items)


class ClassData:
    """A class of the project: bases, namespace, and the annotations in declaration order."""

    __slots__ = (
        "_externals",
        "_lineage",
        "annotations",
        "arguments",
        "bases",
        "members",
        "module",
        "name",
        "namespace",
        "node",
        "scope",
    )

    def __init__(
        self,
        name: str,
        bases: list[Value],
        module: ModuleData,
        node: ast.ClassDef,
        scope: Any,  # noqa: ANN401 - a frame
    ) -> None:
        self.name = name
        self.bases = bases
        self.module = module
        self.node = node
        self.scope = scope  # the frame annotations are evaluated in
        self.namespace: dict[str, Value] = {}
        self.annotations: dict[str, ast.expr] = {}
        self.arguments: dict[str, Value] = {}  # keywords of the class statement
        self._lineage: list[ClassData] = []  # both are asked for at each look at an attribute
        self._externals: list[str] | None = None
        self.members: dict[str, Instance] = {}  # of an enumeration, as far as code asked for them

    def lineage(self) -> list["ClassData"]:
        """Return the class and its project ancestors in method resolution order."""
        if self._lineage:
            return self._lineage
        order: list[ClassData] = [self]
        for base in self.bases:
            if isinstance(base.data, ClassData):
                for ancestor in base.data.lineage():
                    if ancestor in order:  # a shared ancestor comes after all its children
                        order.remove(ancestor)
                    order.append(ancestor)
        self._lineage = order
        return order

    def externals(self) -> list[str]:
        """Return the dotted names of library classes it inherits from."""
        if self._externals is None:
            self._externals = [
                base.data.name
                for cls in self.lineage()
                for base in cls.bases
                if isinstance(base.data, External)
            ]
        return self._externals

    def open_bases(self) -> bool:
        """Say whether some base class is unknown."""
        return any(
            not isinstance(base.data, ClassData | External)
            for cls in self.lineage()
            for base in cls.bases
        )

    def reshaped(self) -> bool:
        """Say whether code that is not followed may give it attributes, such as a metaclass."""
        return any(
            "metaclass" in cls.arguments
            or cls.node.decorator_list
            or not {"__init_subclass__", "__getattribute__"}.isdisjoint(cls.namespace)
            for cls in self.lineage()
        )

    def find(self, name: str) -> Value | None:
        """Return a class attribute by method resolution order."""
        for cls in self.lineage():
            if name in cls.namespace:
                return cls.namespace[name]
        return None


class FunctionData:
    """A function of the project. ``receiver`` is bound when it was read from an instance."""

    __slots__ = (
        "decorators",
        "defaults",
        "frame",
        "keyword_defaults",
        "name",
        "node",
        "receiver",
        "setter",
    )

    def __init__(
        self,
        node: "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda",
        frame: Any,  # noqa: ANN401 - a Frame, defined after values
        defaults: list[Value],
        keyword_defaults: list[Value | None],
        decorators: list[Value],
    ) -> None:
        self.node = node
        self.name = getattr(node, "name", "<lambda>")
        self.frame = frame
        self.defaults = defaults
        self.keyword_defaults = keyword_defaults
        self.decorators = decorators
        self.receiver: Value | None = None
        self.setter: FunctionData | None = None  # of a property

    def bound(self, receiver: Value) -> "FunctionData":
        """Return the same function with its first argument given."""
        twin = FunctionData(
            self.node, self.frame, self.defaults, self.keyword_defaults, self.decorators
        )
        twin.receiver = receiver
        return twin

    def decorated_by(self, *names: str) -> bool:
        """Say whether a decorator is (a call of) one of these dotted names."""
        return any(
            decorator.data.name in names
            if isinstance(decorator.data, External)
            else isinstance(decorator.data, Instance) and decorator.data.type_name in names
            for decorator in self.decorators
        )


class Instance:
    """An object of a project class or of a library class, with the attributes that are known.

    ``state`` belongs to the framework module that made it.
    """

    __slots__ = ("attributes", "cls", "level", "state", "type_name")

    def __init__(self, type_name: str, cls: ClassData | None = None, level: int = 0) -> None:
        self.type_name = type_name
        self.cls = cls
        self.attributes: dict[str, Value] = {}
        self.state: dict[str, Any] = {}
        self.level = level


class Method(NamedTuple):
    """A method of a plain value, a container or a library object, waiting for its call."""

    receiver: Value
    name: str


def unknown(reason: str, place: Place | None = None) -> Value:
    """Return a value that cannot be determined."""
    return Value(Unknown(reason), place)


_MAX_ELEMENTS = 50_000  # of one value, counted again at each place it is shared
_MAX_NESTING = 50


def plain(value: Value | Any) -> Any:  # noqa: ANN401 - data of any type
    """Return a value as ordinary Python data; Unknown when any element is Unknown.

    A container that holds itself, or is shared so often that it becomes huge, is Unknown.
    """
    data = value.data if isinstance(value, Value) else value
    if isinstance(data, ListData | DictData):
        return _plain_container(data, Budget(_MAX_ELEMENTS), 0)
    if isinstance(data, PathData):
        return data.text
    if isinstance(data, External | ClassData):
        return data.name
    if isinstance(data, FunctionData | Instance | ModuleData | Method):
        return _plain_object(data)
    return data


def _plain_container(data: ListData | DictData, budget: Budget, depth: int) -> Any:  # noqa: ANN401 - plain data
    if depth > _MAX_NESTING or not budget.spend(len(data.items)):
        return Unknown("a value that is nested too deeply or too large")
    if data.rest is not None:
        return data.rest
    values = data.items if isinstance(data, ListData) else list(data.items.values())
    items = []
    for value in values:
        inner = value.data
        nested = isinstance(inner, ListData | DictData)
        item = _plain_container(inner, budget, depth + 1) if nested else plain(value)
        if isinstance(item, Unknown):
            return item
        items.append(item)
    if isinstance(data, DictData):
        return dict(zip(data.items, items, strict=True))
    if data.kind == "tuple":
        return tuple(items)
    if data.kind in {"set", "frozenset"}:
        try:
            return frozenset(items)
        except TypeError:
            return Unknown("a set of unhashable items")
    return items


def _plain_object(data: FunctionData | Instance | ModuleData | Method) -> Any:  # noqa: ANN401 - plain data
    if isinstance(data, Instance):
        if "plain" in data.state:  # a framework knows what it stands for (SecretStr, URL, Enum)
            return plain(data.state["plain"])
        return Unknown(f"an object of {data.type_name}")
    return Unknown(f"a {type(data).__name__.removesuffix('Data').lower()}")


def merge_variables(values: Iterable[Value]) -> tuple[str, ...]:
    """Return the variables of all values, each once, in order."""
    return tuple(dict.fromkeys(name for value in values for name in value.variables))


def merge_parts(values: Iterable[Value]) -> frozenset[Slot]:
    """Return the slots that the values were read from."""
    found: set[Slot] = set()
    for value in values:
        found |= value.parts
        if value.source is not None:
            found.add(value.source)
    return frozenset(found)
