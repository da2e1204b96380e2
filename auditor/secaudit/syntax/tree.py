"""What YAML, TOML, JSON and INI files hold: scalars, mappings and sequences with their places."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from secaudit.budget import Budget
from secaudit.facts import Unknown
from secaudit.location import Location
from secaudit.patterns import lazy
from secaudit.records import NamedTuple

_REFERENCE = lazy(r"\$\{|\{\{|\{%|^@\w+ |%\(|^\$[A-Z_]+$|^!?ENV\b|<%")
MAX_VISITS = 500_000  # of nodes in one walk: aliases may stand for one node many times
MAX_DEPTH = 100


class Scalar(NamedTuple):
    """One value; ``raw`` is its text in the file, ``tag`` an explicit tag such as ``!reset``."""

    value: Any  # str, int, float, bool, None, date or time as text; or Unknown
    raw: str
    location: Location
    tag: str = ""


class Mapping(NamedTuple):
    """Keys with their values, in file order, each key once."""

    items: dict[str, tuple[Scalar, "Node"]]
    location: Location
    tag: str = ""

    def get(self, key: str) -> "Node | None":
        """Return the value of a key, None when it is not there."""
        found = self.items.get(key)
        return found[1] if found else None

    def mappings(self, *keys: str) -> "dict[str, Mapping]":
        """Return the values of these keys that are mappings."""
        found = {key: self.get(key) for key in keys}
        return {key: node for key, node in found.items() if isinstance(node, Mapping)}


class Sequence(NamedTuple):
    """Values in order."""

    items: "tuple[Node, ...]"
    location: Location
    tag: str = ""


Node: TypeAlias = Scalar | Mapping | Sequence


def plain(node: Node | None, budget: Budget | None = None) -> Any:  # noqa: ANN401 - any data
    """Return a node as plain Python data; Unknown where a scalar is, or beyond the visit limit.

    ``budget`` is what is left of the limit for one file, and is used up.
    """
    left = Budget(MAX_VISITS) if budget is None else budget
    if not left.spend():
        return Unknown("the value is too large")
    if isinstance(node, Mapping):
        return {key: plain(value, left) for key, (_, value) in node.items.items()}
    if isinstance(node, Sequence):
        return [plain(item, left) for item in node.items]
    return node.value if node is not None else None


def leaves(node: Node, budget: Budget) -> Iterator[tuple[tuple[str, ...], Scalar, Node]]:
    """Yield every mapping entry that holds a scalar or sequence: path, key, value.

    Sequences of mappings are entered, with the index in the path. Ends when ``budget`` is used up.
    """
    pending: list[tuple[tuple[str, ...], Scalar | None, Node]] = [((), None, node)]
    while pending and budget.spend():
        path, key, current = pending.pop()
        inner: list[tuple[tuple[str, ...], Scalar | None, Node]] = []
        if len(path) > MAX_DEPTH:
            continue
        if isinstance(current, Mapping):
            inner = [((*path, name), *entry) for name, entry in current.items.items()]
        elif key is None or _holds_mappings(current):
            items = current.items if isinstance(current, Sequence) else ()
            inner = [((*path, str(index)), key, item) for index, item in enumerate(items)]
        else:
            yield path, key, current
        pending += reversed(inner)


def _holds_mappings(node: Node) -> bool:
    return isinstance(node, Sequence) and any(isinstance(item, Mapping) for item in node.items)


def refers(value: Any) -> bool:  # noqa: ANN401 - any data
    """Say whether a value is Unknown or a reference that some program expands later."""
    if isinstance(value, list):
        return any(refers(item) for item in value)
    return isinstance(value, Unknown) or (
        isinstance(value, str) and _REFERENCE.search(value) is not None
    )
