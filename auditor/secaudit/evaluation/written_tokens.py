"""Tokens of providers and private keys that code writes where no setting is: in calls, headers."""

import ast
from collections.abc import Iterable, Iterator

from secaudit.evaluation.collecting import Collector
from secaudit.evaluation.judged import Named
from secaudit.evaluation.values import ModuleData, Place, Value
from secaudit.provider_tokens import holds_token


def add_tokens(modules: Iterable[ModuleData], collector: Collector) -> None:
    """Add the texts with the shape of a token that are no setting yet, under the nearest name."""
    known = {
        candidate.location for setting in collector.settings for candidate in setting.candidates
    }
    for module in modules:
        if not holds_token(module.syntax.text):
            continue
        for name, node in _texts(module.syntax.tree):
            place = Place(module.syntax, node)
            if holds_token(str(node.value)) and place.location() not in known:
                named = Named(name or "text", Value(node.value, place), module.path)
                collector.add_meant(None, named, None)


def _texts(tree: ast.Module) -> Iterator[tuple[str, ast.Constant]]:
    """Yield the texts of a module but docstrings, each with the name it is given to."""
    stack: list[tuple[str, ast.AST]] = [("", tree)]
    while stack:
        name, node = stack.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield name, node
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            stack += [(str(getattr(key, "value", "")) or name, value) for key, value in pairs]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        else:
            own = _given_name(node) or name
            stack += [(own, child) for child in ast.iter_child_nodes(node)]


def _given_name(node: ast.AST) -> str:
    """Return the name that a node gives to what is below it."""
    if isinstance(node, ast.keyword):
        return node.arg or ""
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    return getattr(target, "attr", "") or getattr(target, "id", "")
