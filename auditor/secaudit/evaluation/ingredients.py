"""Texts that only serve a setting: its default, or what a guard compares it with.

``DEFAULT_SECRET = "changeme"`` beside ``os.getenv("SECRET_KEY", DEFAULT_SECRET)`` is no setting of
its own; where it takes effect, the setting that it serves shows it.
"""

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from secaudit.evaluation.runtime import Interpreter
from secaudit.naming import SECRET_CONCEPTS, meaning_of
from secaudit.syntax.python import last_name

_READERS: Final = frozenset(
    ("getenv", "get", "setdefault", "config", "env", "str", "Field", "SecretStr")
)
_SETTING: Final = "SECRET_KEY"  # frameworks read it by its name


def serves_a_setting(interpreter: Interpreter, name: str) -> bool:
    """Say whether the modules use a name, and only as a secret's default or in comparisons."""
    uses: dict[str, bool] = interpreter.state.setdefault("secret-uses", {})
    if not uses:
        uses[_SETTING] = False
        for module in interpreter.modules.values():
            _note(module.syntax.tree, uses)
    return uses.get(name, False)


def _note(tree: ast.Module, uses: dict[str, bool]) -> None:
    """Note for each name that the module reads whether all its uses only serve a setting."""
    serving = {id(node) for node in _serving(ast.walk(tree))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            name = last_name(node)
            uses[name] = uses.get(name, True) and id(node) in serving


def _serving(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield what is compared, and what is assigned to a secret, also as a reader's default."""
    for node in nodes:
        if isinstance(node, ast.Compare):
            yield from ast.walk(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(_is_secret(target) for target in targets):
                yield node.value
                if isinstance(node.value, ast.Call) and last_name(node.value.func) in _READERS:
                    yield from node.value.args
                    yield from (keyword.value for keyword in node.value.keywords)


def _is_secret(target: ast.expr) -> bool:
    meaning = meaning_of(last_name(target))
    return meaning is not None and meaning.concept in SECRET_CONCEPTS
