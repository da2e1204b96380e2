"""Values on their way into a model: wrapped texts, entries of given data, nodes as arguments."""

from typing import Any, Final

from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import DictData, Instance, Value, plain
from secaudit.facts import Candidate
from secaudit.frameworks.pydantic_nodes import Leaf, Node
from secaudit.frameworks.standard_library import from_plain

WRAPPED: Final = {"secret": "pydantic.SecretStr", "url": "pydantic.AnyUrl"}


def given_from(
    data: Any,  # noqa: ANN401 - data of a value
    candidates: tuple[Candidate, ...],
    variables: tuple[str, ...],
) -> Any:  # noqa: ANN401 - the same
    """Return a dictionary whose entries are given where the whole of it is."""
    if not isinstance(data, DictData) or not candidates:
        return data
    items = {
        key: item._replace(
            data=given_from(item.data, candidates, variables),
            candidates=(candidates[0]._replace(value=plain(item), literal=False),),
            variables=variables,
        )
        for key, item in data.items.items()
    }
    return DictData(items, data.rest, data.level)


def wrap(type_name: str, value: Value) -> Value:
    """Return a text inside a library object that stands for it."""
    holder = Instance(type_name)
    holder.state["plain"] = value
    holder.state["wraps"] = True
    holder.state["masked"] = type_name == WRAPPED["secret"]
    return value._replace(data=holder)


def as_value(call: Call, node: Node) -> Value:
    """Return a given node as the argument of a constructor."""
    if isinstance(node, dict):
        items = {key: as_value(call, item) for key, item in node.items()}
        return call.interpreter.dict_value(items, call.place)
    if isinstance(node.data, Value):
        return node.data
    made = from_plain(call.interpreter, node.data, call.place)
    variables = (node.variable,) if node.variable else ()
    return made._replace(candidates=node.candidates, variables=variables, error=node.error)


def first_leaf(node: Node) -> Leaf | None:
    """Return a given value inside a tree."""
    if isinstance(node, Leaf):
        return node if node.candidates else None
    for item in node.values():
        found = first_leaf(item)
        if found is not None:
            return found
    return None
