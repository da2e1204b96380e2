"""Which modules belong together, and in which order they start."""

import ast
from collections.abc import Iterator

from secaudit.evaluation.world import World
from secaudit.patterns import lazy
from secaudit.planning.paths import dotted_name
from secaudit.records import NamedTuple

_STARTERS = ("main", "app", "asgi", "wsgi", "server", "run", "manage", "__main__", "__init__")
# Code that reaches other modules without importing them: by name, or through the environment.
# One that only reads variables, `environ["A"]` or `environ.get("A")`, reaches nobody.
_REACHES_OUT = lazy(
    r"load_dotenv|read_env|environ\b(?!\[[^\]\n]*\](?!\s*\|?=[^=])|\.get\()"
    r"|putenv|unsetenv|django|DJANGO_SETTINGS|from_object|from_pyfile|import_module|__import__"
    r"|INSTALLED_APPS|exec\("
)


class Graph(NamedTuple):
    """What modules import of each other: path -> paths."""

    imports: dict[str, set[str]]

    def components(self, order: list[str], world: World) -> list[list[str]]:
        """Return groups of modules that cannot influence each other, in start-up order.

        The first group holds everything that reaches out, so that env files it loads are known
        to all others.
        """
        parent = {path: path for path in order}

        def find(path: str) -> str:
            while parent[path] != path:
                parent[path] = parent[parent[path]]
                path = parent[path]
            return path

        for path, targets in self.imports.items():
            for target in targets:
                parent[find(target)] = find(path)
        reaching = [path for path in order if _reaches_out(world, path)]
        for path in reaching[1:]:
            parent[find(path)] = find(reaching[0])
        groups: dict[str, list[str]] = {find(reaching[0]): []} if reaching else {}
        for path in order:
            groups.setdefault(find(path), []).append(path)
        return list(groups.values())


def _reaches_out(world: World, path: str) -> bool:
    module = world.module(path)
    return module is not None and _REACHES_OUT.search(module.text) is not None


def graph_of(world: World, paths: tuple[str, ...]) -> Graph:
    """Return which modules import which; a name that fits several files means all of them."""
    full = {dotted_name(path, world.root): path for path in paths}
    tails: dict[str, set[str]] = {}
    for dotted, path in full.items():
        for tail in _tails(dotted):
            tails.setdefault(tail, set()).add(path)
    imports: dict[str, set[str]] = {}
    for path in paths:
        module = world.module(path)
        found: set[str] = set()
        for name in _imports(module.tree, path) if module is not None else ():
            found |= tails.get(name, set())
            found |= {full[tail] for tail in _tails(name) if tail in full}
        imports[path] = found - {path}
    return Graph(imports)


def _tails(dotted: str) -> list[str]:
    parts = dotted.split(".")
    return [".".join(parts[index:]) for index in range(len(parts))]


def start_order(world: World, paths: tuple[str, ...], graph: Graph) -> list[str]:
    """Return the modules in start-up order: those that nothing imports first.

    A starting module loads env files before it imports settings, and that order decides.
    """
    imported = {target for targets in graph.imports.values() for target in targets}

    def rank(path: str) -> tuple[bool, int, str]:
        stem = dotted_name(path, world.root).rpartition(".")[2]
        starter = _STARTERS.index(stem) if stem in _STARTERS else len(_STARTERS)
        return path in imported, starter, path

    return sorted(paths, key=rank)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all statements of a module, also nested ones; expressions hold no imports."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                stack.extend(inner)


def _imports(tree: ast.Module, path: str) -> set[str]:
    """Return dotted names that a module imports; relative ones as far as their last parts."""
    found: set[str] = set()
    folders = path.split("/")[:-1]
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = folders[len(folders) - node.level] if node.level <= len(folders) else ""
                base = f"{above}.{base}".strip(".")
            found.add(base)
            found |= {f"{base}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found |= _configuration(node.value)
    return found


def _configuration(call: ast.Call) -> set[str]:
    """Return the module that Flask's ``from_object`` or ``from_pyfile`` names in a text."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    first = call.args[0] if call.args else None
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return set()
    if method == "from_pyfile":
        return {first.value.removesuffix(".py").replace("/", ".")}
    return {first.value, first.value.rpartition(".")[0]} if method == "from_object" else set()
