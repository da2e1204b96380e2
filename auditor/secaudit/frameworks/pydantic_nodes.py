"""The tree of values that a settings class is given: decoded texts and ``NAME__KEY`` variables."""

from collections.abc import Iterator
from typing import Any, Final, Union

from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import DictData, Instance, Value, plain
from secaudit.facts import Candidate, Unknown
from secaudit.frameworks.pydantic_coercion import decode
from secaudit.frameworks.pydantic_fields import Field, fields_of
from secaudit.frameworks.pydantic_tables import Config, Table
from secaudit.frameworks.pydantic_texts import InvalidError
from secaudit.frameworks.pydantic_types import TypeSpec
from secaudit.records import NamedTuple


class Leaf(NamedTuple):
    """A given value: plain data or an evaluated value, and the places that give it, best first."""

    data: Any
    candidates: tuple[Candidate, ...]
    variable: str
    error: str | None = None


Node = Union[Leaf, dict[str, "Node"]]  # noqa: UP007 - a name in quotes cannot be an operand


NULL: Final = Leaf(None, (), "")  # JSON null, which version 2 takes for "not given"


def collapse(node: Node) -> Any:  # noqa: ANN401 - plain data
    """Return a tree of given values as plain data."""
    if isinstance(node, dict):
        return {key: collapse(item) for key, item in node.items()}
    return plain(node.data)


def as_node(value: Value) -> Node:
    """Return an object of a model as a node of each of its fields, anything else as it is."""
    if not isinstance(value.data, Instance) or "types" not in value.data.state:
        return Leaf(value, (), "")
    return {name: as_node(item) for name, item in value.data.attributes.items()}


def merge(strong: Node, weak: Node) -> Node:
    """Merge two sources: dictionaries by key, anything else is replaced and remembered."""
    if isinstance(weak, dict):
        strong = _opened(strong)
    if isinstance(strong, dict) and isinstance(weak, dict):
        result: dict[str, Node] = dict(weak)
        for key, node in strong.items():
            result[key] = merge(node, weak[key]) if key in weak else node
        return result
    if isinstance(strong, dict) and isinstance(weak, Leaf) and isinstance(weak.data, Unknown):
        return weak  # it may hold keys that are merged
    if isinstance(strong, Leaf) and isinstance(weak, Leaf):
        return strong._replace(candidates=(*strong.candidates, *weak.candidates))
    return strong


def _opened(node: Node) -> Node:
    """Return a dictionary that code gives as a node for each key; anything else as it is."""
    data = node.data.data if isinstance(node, Leaf) and isinstance(node.data, Value) else None
    if not isinstance(data, DictData) or data.rest is not None:
        return node
    return {str(key): _opened(Leaf(item, (), "")) for key, item in data.items.items()}


def leaf(config: Config, entry: tuple[str, Candidate], data: Any) -> Leaf:  # noqa: ANN401 - plain data
    """Return a given value; the text that stands for None is None."""
    if config.none_text is not None and data == config.none_text:
        data = None
    return Leaf(data, (entry[1],), entry[0])


def decoded(
    config: Config, spec: TypeSpec, entry: tuple[str, Candidate], path: tuple[Any, ...]
) -> Node:
    """Decode the text of a complex field, then follow the path of an ``AliasPath``."""
    text = entry[1].value
    none = config.none_text is not None and text == config.none_text
    plain_text = none or spec.undecoded or not (config.decoding or spec.kind == "anything")
    if isinstance(text, Unknown) or plain_text or not isinstance(text, str):
        return leaf(config, entry, text)
    if config.own_decoding:
        return leaf(config, entry, Unknown("decoded by a method parse_env_var"))
    try:
        data = decode(text)
    except InvalidError as error:
        if spec.kind in {"union", "anything"} and config.lenient:
            return leaf(config, entry, text)
        reason = f"{entry[0]} is decoded as JSON and is {error}"
        return Leaf(Unknown(reason), (entry[1],), entry[0], reason)
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return Leaf(Unknown("a path that is not in the value"), (entry[1],), entry[0])
    return NULL if data is None and not config.version_1 else _spread(entry, data)


def _spread(entry: tuple[str, Candidate], data: Any) -> Node:  # noqa: ANN401 - decoded JSON
    if isinstance(data, dict):
        return {str(key): _spread(entry, item) for key, item in data.items()}
    return Leaf(data, (entry[1],), entry[0])


def explode(
    interpreter: Interpreter, config: Config, field: Field, names: list[str], table: Table
) -> dict[str, Node]:
    """Collect the ``NAME__KEY`` variables of a field with these names into a nested dictionary."""
    delimiter = config.normal(config.delimiter)
    limit = config.max_split - 1 if config.max_split else -1
    result: dict[str, Node] = {}
    for name, prefix, entry in _variables(interpreter, config, names, delimiter, table):
        if entry[1].value is None:
            continue
        spec: TypeSpec | None = field.spec
        keys: list[str] = []
        for key in name[len(prefix) :].split(delimiter, limit):
            written, spec = _next(interpreter, config, spec, key)
            keys.append(written)
        if spec is None and field.spec.kind == "dict":
            spec = TypeSpec("anything")
        _put(config, result, keys, spec, entry)
        if spec is not None:
            interpreter.environment.touch(entry[0])
    return result


def explode_1(
    interpreter: Interpreter, config: Config, names: list[str], table: Table
) -> dict[str, Node] | Leaf:
    """Do what pydantic 1 does: it keeps the keys as written and decodes nothing below them.

    It cuts the length of the prefix off every name, also off one that ``Field(env=)`` gives without
    it, and stops start-up where a name is a text and holds keys too.
    """
    result: dict[str, Node] = {}
    for name, _, entry in _variables(interpreter, config, names, config.delimiter, table):
        interpreter.environment.touch(entry[0])
        given = Leaf(entry[1].value, (entry[1],), entry[0])
        _, *keys = name[len(config.prefix) :].split(config.delimiter)
        target: Node = result
        for key in keys[:-1]:
            target = target.setdefault(key, {}) if isinstance(target, dict) else target
        if not keys or not isinstance(target, dict):
            reason = f"pydantic 1 cannot tell where {entry[0]} belongs"
            return given._replace(data=Unknown(reason), error=reason)
        target[keys[-1]] = given
    return result


def _variables(
    interpreter: Interpreter, config: Config, names: list[str], delimiter: str, table: Table
) -> Iterator[tuple[str, str, tuple[str, Candidate]]]:
    """Yield each variable below a field: its normalised name, how that begins, what it gives."""
    if not config.delimiter:
        return
    prefixes = [config.normal(name) + delimiter for name in names]
    interpreter.environment.prefixes.update(dict.fromkeys(prefixes))
    for name, entry in table.items():
        prefix = next((one for one in prefixes if name.startswith(one)), None)
        if prefix is not None:
            yield name, prefix, entry


def _put(
    config: Config,
    result: dict[str, Node],
    names: list[str],
    spec: TypeSpec | None,
    entry: tuple[str, Candidate],
) -> None:
    target = result
    for key in names[:-1]:
        inner = target.get(key)
        if not isinstance(inner, dict):
            inner = target[key] = {}
        target = inner
    decodes = spec is not None and (spec.complex or spec.kind == "anything")
    if spec is not None and decodes and entry[1].value and isinstance(entry[1].value, str):
        node = decoded(config, spec, entry, ())
        if isinstance(node, Leaf) and node.error is not None:
            node = leaf(config, entry, entry[1].value)  # nested failures are left to validation
        elif node is NULL:
            node = leaf(config, entry, None)
        known = target.get(names[-1])
        target[names[-1]] = merge(known, node) if isinstance(known, dict) else node
    elif not isinstance(target.get(names[-1]), dict) or entry[1].value:
        target[names[-1]] = leaf(config, entry, entry[1].value)


def _next(
    interpreter: Interpreter, config: Config, spec: TypeSpec | None, key: str
) -> tuple[str, TypeSpec | None]:
    """Return the name of a sub-field as its model writes it, and its type."""
    for member in _members(spec):
        if member.kind == "dict":
            return key, member.items[1] if len(member.items) > 1 else TypeSpec("any")
        if member.kind == "model" and member.cls is not None:
            for name, field in fields_of(interpreter, member.cls).items():
                for candidate in (*(choice[0] for choice in field.choices), name):
                    if config.normal(candidate) == config.normal(key):
                        return candidate, field.spec
    return key, None


def _members(spec: TypeSpec | None) -> Iterator[TypeSpec]:
    if spec is not None:
        yield from spec.items if spec.kind == "union" else (spec,)
