"""Configuration files that code reads whole: ``json.load``, ``tomllib.load``, ``yaml.safe_load``.

Every value keeps the place where the file has it. Sources: Python 3.13 (``json``, ``tomllib``),
PyYAML 6, toml 0.10, tomli 2.
"""

from collections.abc import Callable
from typing import Any, Final

from secaudit.budget import Budget
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import Instance, PathData, Place, Value, unknown
from secaudit.facts import Candidate, Unknown
from secaudit.patterns import lazy
from secaudit.syntax.tree import Node, Scalar, Sequence, refers
from secaudit.syntax.tree import plain as plain_node

_MOMENT: Final = lazy(r"\d{4}-\d\d?-\d\d?|\d\d:\d\d")  # a date or time, which the tree has as text
_MOST: Final = 20_000  # values of one file
_OPEN_FILE: Final = "io.TextIOWrapper"
_FILE_TEXT: Final = "secrets-dir"  # the layer of a file's text
_STRINGS_ONLY: Final = "BaseLoader"


def from_tree(interpreter: Interpreter, node: Node, place: Place) -> Value:
    """Return what a file holds as a value of the program; each part is where the file has it."""
    return _value(interpreter, node, place, Budget(_MOST))


def _value(interpreter: Interpreter, node: Node, place: Place, budget: Budget) -> Value:
    if not budget.spend():
        return unknown("a very large file", place)
    if isinstance(node, Scalar):
        value = _scalar(node)
        return Value(value, place, (_candidate(node, value),))
    if isinstance(node, Sequence):
        items = [_value(interpreter, item, place, budget) for item in node.items]
        made = interpreter.list_value(items, "list", place)
        return made._replace(candidates=(_candidate(node, plain_node(node, budget)),))
    entries = {
        _key(key): _value(interpreter, inner, place, budget) for key, inner in node.items.values()
    }
    return interpreter.dict_value(entries, place)


def _key(key: Scalar) -> Any:  # noqa: ANN401 - YAML has keys of any scalar type
    return key.raw if isinstance(key.value, Unknown) else key.value


def _scalar(node: Scalar) -> Any:  # noqa: ANN401 - any data
    value = node.value
    if refers(value):
        return Unknown("a reference that the program expands")
    if isinstance(value, str) and node.raw == value and _MOMENT.match(value):
        return Unknown("a date or a time")
    return value


def _candidate(node: Scalar | Sequence, value: Any) -> Candidate:  # noqa: ANN401 - any data
    raw = node.raw if isinstance(node, Scalar) else None
    return Candidate("config-file", value, raw, node.location, literal=True)


def whole_file(value: Value) -> str | None:
    """Return the path of an open file that nothing was read of yet, and read it; None for others.

    The path is as the program gave it.
    """
    data = value.data
    opened = isinstance(data, Instance) and data.type_name == _OPEN_FILE
    path = data.state.pop("path", None) if opened else None
    return path if isinstance(path, str) else None


def source_of(value: Value) -> str | None:
    """Return the path of the file whose whole text a value is, None when it is no such text."""
    data = value.data.decode(errors="replace") if isinstance(value.data, bytes) else value.data
    for one in value.candidates[:1] if isinstance(data, str) else ():
        if one.layer == _FILE_TEXT and one.location is not None and one.raw == data.strip():
            return one.location.path
    return None


def _path_of(given: Value) -> str | None:
    """Return the file behind an argument: an open file, or the text of a whole one."""
    return whole_file(given) or source_of(given)


def _reader(syntax: str, *, named: bool = False) -> Callable[[Call], Value]:
    """Return the handler of a function that reads a file; ``named``: it also takes its path."""

    def read(call: Call) -> Value:
        given = call.arguments[0]
        path = _path_of(given)
        if path is None and named and isinstance(given.data, str | PathData):
            path = given.data if isinstance(given.data, str) else given.data.text
        node = None if path is None else call.interpreter.world.tree(path, syntax)
        if node is None:
            return unknown("reads a file that the project does not have", call.place)
        return from_tree(call.interpreter, node, call.place)

    return read


def _yaml_load(call: Call) -> Value:
    """``yaml.load(stream, Loader)``."""
    loader = call.argument(1, "Loader")
    name = getattr(loader.data, "name", "") if loader is not None else ""
    if not name.startswith("yaml.") or name.endswith(_STRINGS_ONLY):
        return unknown("a loader of YAML that is not known", call.place)
    return _reader("yaml")(call)


def of_file(call: Call) -> Value | None:
    """Return what ``json.loads`` makes of the text of a file, None for any other text."""
    path = source_of(call.arguments[0])
    node = None if path is None else call.interpreter.world.tree(path, "json")
    return None if node is None else from_tree(call.interpreter, node, call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "json.load": _reader("json"),
    "tomllib.load": _reader("toml"),
    "tomllib.loads": _reader("toml"),
    "tomli.load": _reader("toml"),
    "tomli.loads": _reader("toml"),
    "toml.load": _reader("toml", named=True),
    "toml.loads": _reader("toml"),
    "yaml.safe_load": _reader("yaml"),
    "yaml.full_load": _reader("yaml"),
    "yaml.unsafe_load": _reader("yaml"),
    "yaml.load": _yaml_load,
}
