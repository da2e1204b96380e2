"""The modules of the service import in one direction, whichever variant is chosen."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

_APP = ROOT / "template" / "app"


def _name(path: Path) -> str:
    dotted = ".".join(path.relative_to(_APP.parent).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


_FILES = {_name(path): path for path in _APP.rglob("*.py")}


def _base(module: str, node: ast.ImportFrom) -> str:
    """Return the absolute name that an import starts from."""
    if not node.level:
        return node.module or ""
    package = module if _FILES[module].name == "__init__.py" else module.rpartition(".")[0]
    parts = package.split(".")
    above = ".".join(parts[: len(parts) + 1 - node.level])
    return f"{above}.{node.module}" if node.module else above


def _imported(module: str) -> Iterator[str]:
    """Yield what a module names, inside functions and for types only too."""
    for node in ast.walk(ast.parse(_FILES[module].read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            inner = (f"{base}.{alias.name}" for alias in node.names)
            yield from (one if one in _FILES else base for one in inner)


_GRAPH = {name: {*_imported(name)} & _FILES.keys() - {name} for name in _FILES}


def _reached(start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = _GRAPH[waiting.pop()] - seen
        seen |= fresh
        waiting += fresh
    return seen


def test_no_module_reaches_itself() -> None:
    assert len(_reached("app.main_fastapi")) > 60, "the walk lost the package"
    assert [name for name in _FILES if name in _reached(name)] == []


def test_what_is_below_knows_nothing_of_what_is_above() -> None:
    """Routes use accounts, accounts use storage, all of them security, which uses nothing."""
    allowed: dict[str, set[str]] = {
        "security": set(),
        "storage": {"security"},
        "auth": {"security", "storage", "services"},
    }
    for layer, below in allowed.items():
        for name in _FILES:
            if name.startswith(f"app.{layer}.") and not name.endswith(("_fastapi", "_starlette")):
                used = {one.split(".")[1] for one in _GRAPH[name] if "." in one}
                assert used - {layer} <= below, name
