"""In which order modules start: those that nothing imports come first, as a server starts them."""

import ast

from secaudit.evaluation.world import World

_STARTERS = ("main", "app", "asgi", "wsgi", "server", "run", "manage", "__main__", "__init__")


def start_order(world: World, paths: tuple[str, ...]) -> list[str]:
    """Return the modules in start-up order.

    A starting module loads env files before it imports settings, and that order decides.
    """
    imported: set[str] = set()
    for path in paths:
        module = world.module(path)
        if module is not None:
            imported |= _imports(module.tree, path)
    tails = {path: _dotted(path, world.root) for path in paths}

    def rank(path: str) -> tuple[bool, int, str]:
        dotted = tails[path]
        used = any(
            name == dotted or dotted.endswith(f".{name}") or name.endswith(f".{dotted}")
            for name in imported
        )
        stem = dotted.rpartition(".")[2]
        return used, _STARTERS.index(stem) if stem in _STARTERS else len(_STARTERS), path

    return sorted(paths, key=rank)


def _dotted(path: str, root: str) -> str:
    relative = path.removeprefix(root).strip("/").removesuffix(".py")
    return relative.removesuffix("/__init__").replace("/", ".")


def _imports(tree: ast.Module, path: str) -> set[str]:
    """Return dotted names that a module imports; relative ones as far as their last parts."""
    found: set[str] = set()
    folders = path.split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = folders[len(folders) - node.level] if node.level <= len(folders) else ""
                base = f"{above}.{base}".strip(".")
            found.add(base)
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found
