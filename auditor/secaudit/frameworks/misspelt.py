"""Names that look like settings of a framework and are none: nothing reads them."""

import ast
from collections.abc import Iterable, Mapping
from typing import Final

from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import Value
from secaudit.syntax.python import last_name

_SHORTEST: Final = 8  # of names in which a slip can be told from another word
_SLIP: Final = 2  # characters that a slip of the pen changes, at one place


def note(interpreter: Interpreter, names: Mapping[str, Value], known: Iterable[str]) -> None:
    """Note each unread name that some slip makes of a known one which is not written as well.

    Names in lower case count as well: Django and Flask read those in upper case only.
    """
    known = tuple(known)
    for name, value in names.items():
        meant = None if name in known else next((one for one in known if _slip(name, one)), None)
        if meant is None or meant in names or _is_read(interpreter, name):
            continue
        written = [one.location for one in value.candidates if one.location is not None]
        place = written[0] if written else value.place and value.place.location()
        if place is not None:
            interpreter.observe("key-unread", place, name, key=name, nearest=meant)


def _is_read(interpreter: Interpreter, name: str) -> bool:
    """Say whether code reads a setting itself: ``settings.NAME``, ``app.config["NAME"]``."""
    return any(
        _reads(node, name)
        for module in interpreter.modules.values()
        if name in module.syntax.text
        for node in ast.walk(module.syntax.tree)
    )


def _reads(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Name | ast.Attribute):
        return isinstance(node.ctx, ast.Load) and last_name(node) == name
    owner: ast.expr | None = None
    keys: list[ast.expr] = []
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        owner, keys = node.value, [node.slice]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner, keys = node.func.value, node.args[:1]  # config.get("NAME")
    elif isinstance(node, ast.Call) and last_name(node.func) == "getattr":
        return any(getattr(key, "value", None) == name for key in node.args[1:2])
    is_config = owner is not None and last_name(owner) == "config"  # and not the environment
    return is_config and any(getattr(key, "value", None) == name for key in keys)


def _slip(name: str, known: str) -> bool:
    """Say whether a name differs in case, in underscores, or at one place by two characters.

    >>> _slip("SECURE_SSL_REDIRCT", "SECURE_SSL_REDIRECT"), _slip("SECRETKEY", "SECRET_KEY")
    (True, True)
    """
    if name.upper().replace("_", "") == known.replace("_", ""):
        return True
    shorter, longer = sorted((len(name), len(known)))
    if shorter < _SHORTEST or longer - shorter > _SLIP or name[0] != known[0]:
        return False
    start = 0
    while start < shorter and name[start] == known[start]:
        start += 1
    end = 0
    while end < shorter - start and name[-end - 1] == known[-end - 1]:
        end += 1
    return longer - start - end <= _SLIP
