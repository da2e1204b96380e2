"""Env files that code names: literals, f-strings, and loaders that look for ``.env`` themselves."""

import ast
import re
from collections.abc import Iterable
from typing import Final

from secaudit.location import Location
from secaudit.patterns import lazy
from secaudit.planning import paths
from secaudit.records import NamedTuple
from secaudit.syntax.python import Module, last_name, targets_of

_ENV_NAME = lazy(r"(?:^|[\w./~-]*/)(?:\.env(?:[.\-_][\w.\-]*)?|[\w.\-]*\.env|\.flaskenv)$")
_ENVIRON_IMPORT = lazy(r"^\s*(import environ|from environ import)\b", re.MULTILINE)
_DECOUPLE_IMPORT = lazy(r"^\s*(from|import) decouple\b", re.MULTILINE)
# Loaders that look for ``.env`` when they are given no path, with their dialects.
_IMPLICIT: Final = {
    "load_dotenv": "python-dotenv",
    "find_dotenv": "python-dotenv",
    "read_env": "",  # of django-environ or of environs
}
_LOADERS: Final = frozenset(  # take a path as seen from the working directory first
    ("load_dotenv", "dotenv_values", "Config", "RepositoryEnv", "RepositoryIni", "read_env")
)
_PATH_NAMES: Final = frozenset(("env_file", "_env_file", "dotenv_path"))
_GIVEN: Final = frozenset(("dotenv_path", "stream", "env_file", "path"))


class Named(NamedTuple):
    """A place in code that names an env file.

    ``pattern`` matches absolute paths; ``places`` are those paths when the name is no pattern.
    ``selector`` is the variable whose value the name holds, and its default; that value is the
    pattern's group.
    """

    pattern: re.Pattern[str]
    location: Location
    dialect: str
    places: tuple[str, ...]
    selector: tuple[str, str] = ("", "")


def names_in(module: Module, nodes: Iterable[ast.AST], root: str) -> list[Named]:
    """Return what the nodes of a module, outer ones first, name; the loader's dialect with each."""
    found: list[Named] = []
    decouple = False
    passed: set[int] = set()  # literals that are no name of a file that code loads
    direct: set[ast.expr] = set()  # literals that are a whole path, not one end of it
    for node in nodes:
        direct.update(_paths(node))
        if isinstance(node, ast.ImportFrom):
            decouple = decouple or _imports_config(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _ENV_NAME.search(node.value) and id(node) not in passed:
                start = root if node in direct else ""
                found.append(_named(module, node, re.escape(node.value), root, start))
        elif isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}  # parts of a name are none
            found += _joined(module, node, root, root if node in direct else "")
        elif isinstance(node, ast.Call):
            passed |= _given_by_server(node)
            name = last_name(node.func)
            if name in _IMPLICIT and not _is_given(node):
                found.append(_searched(module, node, root, _IMPLICIT[name]))
    if decouple:
        found.append(_searched(module, module.tree, root, "decouple"))
    return [one._replace(dialect=one.dialect or _dialect(module)) for one in found]


def _imports_config(node: ast.ImportFrom) -> bool:
    """Say whether a statement imports decouple's ``config``, which looks for ``.env``."""
    return node.module == "decouple" and any(alias.name == "config" for alias in node.names)


def _is_given(node: ast.Call) -> bool:
    """Say whether a loader is told what to load."""
    return bool(node.args) or any(keyword.arg in _GIVEN for keyword in node.keywords)


def _given_by_server(node: ast.Call) -> set[int]:
    """Return the names of env files that a server started by code loads before the application.

    What ``uvicorn.run(env_file=)`` reads is process environment of the settings modules.
    """
    if ast.unparse(node.func) not in {"uvicorn.run", "uvicorn.Config"}:
        return set()
    return {id(keyword.value) for keyword in node.keywords if keyword.arg == "env_file"}


def _paths(node: ast.AST) -> list[ast.expr]:
    """Return the expressions below a node that a loader opens as they are."""
    given: list[ast.expr] = []
    if isinstance(node, ast.Call):
        name = last_name(node.func)
        given += node.args[:1] if name in _LOADERS else []
        given += [keyword.value for keyword in node.keywords if keyword.arg in _PATH_NAMES]
    elif isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        given += [value for key, value in pairs if getattr(key, "value", "") in _PATH_NAMES]
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        given += [node.value] if _PATH_NAMES.intersection(targets_of(node)) else []
    several = (one.elts for one in given if isinstance(one, ast.Tuple | ast.List))
    return [*given, *(element for elements in several for element in elements)]


def _dialect(module: Module) -> str:
    """Return the dialect of the library by which a module loads env files."""
    text = module.text
    if "environ" in text and _ENVIRON_IMPORT.search(text):
        return "django-environ"
    if "starlette.config" in text:
        return "starlette"
    if "decouple" in text and _DECOUPLE_IMPORT.search(text):
        return "decouple"
    return "python-dotenv"


def _searched(module: Module, node: ast.AST, root: str, dialect: str) -> Named:
    """Return a search for ``.env`` from the module's folder up to the project root."""
    return _named(module, node, re.escape(".env"), root)._replace(dialect=dialect)


def _joined(module: Module, node: ast.JoinedStr, root: str, start: str) -> list[Named]:
    """Return what an f-string such as ``f".env.{ENVIRONMENT}"`` names: any file that fits."""
    texts = [
        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else None
        for part in node.values
    ]
    if not any(text and ".env" in text for text in texts):
        return []
    parts = [r"([\w.\-]+)" if text is None else re.escape(text) for text in texts]
    named = _named(module, node, "".join(parts), root, start)
    chosen = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    selector = _selector(module.tree, chosen[0]) if len(chosen) == 1 else ("", "")
    return [named._replace(selector=selector)]


def _selector(tree: ast.Module, node: ast.expr) -> tuple[str, str]:
    """Return the variable that an expression reads and its default, by way of a name at most."""
    if isinstance(node, ast.Name):
        bound = (
            one for one in tree.body if isinstance(one, ast.Assign) and node.id in targets_of(one)
        )
        written = next(bound, None)
        node = node if written is None else written.value
    if not isinstance(node, ast.Call) or last_name(node.func) not in {"getenv", "get"}:
        return "", ""
    texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
    if not texts or not all(isinstance(text, str) for text in texts):
        return "", ""
    return str(texts[0]), str(texts[1]) if len(texts) > 1 else ""


def _named(module: Module, node: ast.AST, pattern: str, root: str, start: str = "") -> Named:
    """Build the pattern of absolute paths that a name can mean.

    A relative name is looked up in ``start`` when the loader's folder is certain, else in the
    working directory (the root), or by a search or a join from the module's folder upwards.
    """
    leading = re.match(r"(?:(?:\\\.){1,2}/)*", pattern)
    dots = leading[0].replace("\\", "") if leading else ""
    tail = pattern[leading.end() :] if leading else pattern
    folders = [start] if start else _upwards(module.path, root)
    found = [
        *([] if start and dots else folders),
        *(paths.join(one, dots) for one in folders if dots),
    ]
    whole = "|".join(re.escape(place.rstrip("/")) for place in found)
    whole = pattern if pattern.startswith("/") else f"(?:{whole})/{tail}"
    plain = re.sub(r"\\(.)", r"\1", tail)
    is_name = re.escape(plain) == tail and not pattern.startswith("/")
    places = tuple(paths.join(place, plain) for place in found) if is_name else ()
    return Named(lazy(whole), module.location(node), "", places)


def _upwards(path: str, root: str) -> list[str]:
    """Return the root, and the folders from that of ``path`` up to it."""
    folders, folder = [root], paths.folder_of(path)
    while folder.startswith(root.rstrip("/") + "/"):
        folders.append(folder)
        folder = paths.folder_of(folder)
    return folders
