"""What planning must know of a project's Python files: entry points and the env files they name.

A cheap look at the syntax, not an evaluation: string literals that name env files, calls that load
one without naming it, and the modules and classes a service can be started with.
"""

import ast
import re
from collections.abc import Iterable

from secaudit.location import Location
from secaudit.patterns import lazy
from secaudit.planning import paths
from secaudit.planning.profiles import EXAMPLE, TEST, of_file
from secaudit.planning.reading import Reader
from secaudit.records import NamedTuple
from secaudit.syntax.python import Module

_ENV_NAME = lazy(r"(?:^|[\w./~-]*/)(?:\.env(?:[.\-_][\w.\-]*)?|[\w.\-]*\.env|\.flaskenv)$")
_IMPLICIT = {"load_dotenv": "python-dotenv", "find_dotenv": "python-dotenv"}
_ENVIRON_IMPORT = lazy(r"^\s*(import environ|from environ import)\b", re.MULTILINE)
_DECOUPLE_IMPORT = lazy(r"^\s*(from|import) decouple\b", re.MULTILINE)
_HINT = lazy(rb"env|decouple|INSTALLED_APPS|MIDDLEWARE|Config\b|BaseSettings|import \*")
_LOADERS = frozenset(  # take a path as seen from the working directory first
    ("load_dotenv", "dotenv_values", "Config", "RepositoryEnv", "RepositoryIni", "read_env")
)
_PATH_NAMES = frozenset(("env_file", "_env_file", "dotenv_path"))
_DJANGO = frozenset(
    (
        *("INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF", "WSGI_APPLICATION", "ALLOWED_HOSTS"),
        *("TEMPLATES", "AUTH_PASSWORD_VALIDATORS", "ASGI_APPLICATION"),
    )
)
_FLASK_KEYS = frozenset(
    (
        *("SECRET_KEY", "DEBUG", "TESTING", "SQLALCHEMY_DATABASE_URI", "JWT_SECRET_KEY"),
        *("SESSION_COOKIE_SECURE", "WTF_CSRF_ENABLED", "PROPAGATE_EXCEPTIONS"),
    )
)

_LONG = 40  # a longer string that mentions Flask is prose


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


class Leaf(NamedTuple):
    """One thing a service can be started with: a Django settings module or Flask config class."""

    path: str
    selected: str  # dotted module, or class name
    kind: str  # "django" or "flask"


class Code(NamedTuple):
    """The Python files of one project."""

    modules: tuple[str, ...]  # absolute paths, tests excluded
    named: tuple[Named, ...]
    leaves: tuple[Leaf, ...]
    settings_modules: frozenset[str]  # all modules of Django settings, leaves and what they import
    words: frozenset[str]  # names and string literals in upper case, to tell which keys code knows
    dialect: str  # of the first loader met, "" when none


class _Scan(NamedTuple):
    """What one module shows."""

    path: str
    named: list[Named]
    stars: set[str]  # the last parts of modules it imports everything from
    django: set[str]
    flask: list[tuple[str, set[str]]]  # config classes with their base class names
    words: set[str]


def scan(root: str, files: Iterable[str], explicit: frozenset[str], reader: Reader) -> Code:
    """Look at the Python files of one project.

    Test files count only when named explicitly, examples and scripts of the documentation also
    when there is nothing else.
    """
    named_as = {path: of_file(paths.relative(path, root)) for path in files}
    tried = [path for path in named_as if path in explicit or named_as[path] != TEST]
    kept = [path for path in tried if path in explicit or named_as[path] != EXAMPLE] or tried
    scans = []
    for path in kept:
        module = _candidate(path, reader)
        if module is not None:
            scans.append(_module(module, root))
    named = tuple(one for seen in scans for one in seen.named)
    words = frozenset(word for seen in scans for word in seen.words)
    dialect = next((one.dialect for one in named if one.dialect), "")
    django = _django_modules(scans)
    leaves = (*_django_leaves(scans, django, root), *_flask_leaves(scans))
    return Code(tuple(kept), named, leaves, frozenset(django), words, dialect)


def _candidate(path: str, reader: Reader) -> Module | None:
    """Parse a file when its bytes show something planning looks for."""
    found = reader.parse(path, lambda data, _: bool(_HINT.search(data)))
    return reader.module(path) if found else None


def _module(module: Module, root: str) -> _Scan:
    seen = _Scan(module.path, [], set(), set(), [], set())
    loader = ""
    started: set[int] = set()  # literals that are no name of a file that code loads
    direct: set[ast.expr] = set()  # literals that are a whole path, not one end of it
    for node in ast.walk(module.tree):
        direct.update(_paths(node))
        if isinstance(node, ast.ImportFrom | ast.Import):
            loader = _import(node, seen) or loader
        elif isinstance(node, ast.Name):
            seen.words.add(node.id.upper())
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            seen.words.add(node.value.upper())
            if _ENV_NAME.search(node.value) and id(node) not in started:
                start = root if node in direct else ""
                seen.named.append(_named(module, node, re.escape(node.value), root, start))
        elif isinstance(node, ast.JoinedStr):
            started |= {id(part) for part in node.values}  # parts of a name are none
            _joined(module, node, root, seen, root if node in direct else "")
        elif isinstance(node, ast.Call):
            started |= _given_by_server(node)
            _call(module, node, root, seen)
    if loader:
        _implicit(module, module.tree, root, loader, seen)
    seen.named[:] = [one._replace(dialect=one.dialect or _dialect(module)) for one in seen.named]
    _classes(module.tree, seen)
    return seen


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
        name = _last_name(node.func)
        given += node.args[:1] if name in _LOADERS else []
        given += [keyword.value for keyword in node.keywords if keyword.arg in _PATH_NAMES]
    elif isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        given += [value for key, value in pairs if getattr(key, "value", "") in _PATH_NAMES]
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        given += [node.value] if _PATH_NAMES.intersection(_targets(node)) else []
    several = (one.elts for one in given if isinstance(one, ast.Tuple | ast.List))
    return [*given, *(element for elements in several for element in elements)]


def _import(node: ast.ImportFrom | ast.Import, seen: _Scan) -> str:
    """Note star imports; return ``decouple`` when its ``config`` is imported."""
    if isinstance(node, ast.ImportFrom):
        if any(alias.name == "*" for alias in node.names):
            seen.stars.add((node.module or "").rpartition(".")[2])
        if node.module == "decouple" and any(alias.name == "config" for alias in node.names):
            return "decouple"
    return ""


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


def _call(module: Module, node: ast.Call, root: str, seen: _Scan) -> None:
    """Note ``load_dotenv()`` and ``read_env()`` without a path: they look for ``.env``."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    keywords = {keyword.arg for keyword in node.keywords}
    if node.args or keywords & {"dotenv_path", "stream", "env_file", "path"}:
        return
    if name in _IMPLICIT:
        _implicit(module, node, root, _IMPLICIT[name], seen)
    elif name == "read_env":
        _implicit(module, node, root, "", seen)


def _implicit(module: Module, node: ast.AST, root: str, dialect: str, seen: _Scan) -> None:
    """Note a search for ``.env`` from the module's folder up to the project root."""
    seen.named.append(_named(module, node, re.escape(".env"), root)._replace(dialect=dialect))


def _joined(module: Module, node: ast.JoinedStr, root: str, seen: _Scan, start: str) -> None:
    """Note an f-string such as ``f".env.{ENVIRONMENT}"``: it may name any file that fits."""
    texts = [
        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else None
        for part in node.values
    ]
    if any(text and ".env" in text for text in texts):
        parts = [r"([\w.\-]+)" if text is None else re.escape(text) for text in texts]
        named = _named(module, node, "".join(parts), root, start)
        chosen = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        selector = _selector(module.tree, chosen[0]) if len(chosen) == 1 else ("", "")
        seen.named.append(named._replace(selector=selector))


def _selector(tree: ast.Module, node: ast.expr) -> tuple[str, str]:
    """Return the variable that an expression reads and its default, by way of a name at most."""
    if isinstance(node, ast.Name):
        bound = (
            one for one in tree.body if isinstance(one, ast.Assign) and node.id in _targets(one)
        )
        written = next(bound, None)
        node = node if written is None else written.value
    if not isinstance(node, ast.Call) or _last_name(node.func) not in {"getenv", "get"}:
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


def _classes(tree: ast.Module, seen: _Scan) -> None:
    """Note Django settings of a module and the Flask config classes in it."""
    for node in tree.body:
        for target in _targets(node):
            if target in _DJANGO:
                seen.django.add(target)
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Config", "Settings")):
            bases = {_last_name(base) for base in node.bases}
            names = {target for child in node.body for target in _targets(child)}
            if names & _FLASK_KEYS or any(base.endswith("Config") for base in bases):
                seen.flask.append((node.name, bases))


def _targets(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _django_modules(scans: list[_Scan]) -> set[str]:
    """Return the modules that hold Django settings or star-import one that does."""
    settings = {scan.path for scan in scans if len(scan.django) > 1}
    while True:
        stems = {_stem(path) for path in settings}
        more = {scan.path for scan in scans if scan.stars & stems} - settings
        if not more:
            return settings
        settings |= more


def _django_leaves(scans: list[_Scan], settings: set[str], root: str) -> list[Leaf]:
    """Return the settings modules that no other one star-imports."""
    imported = {star for scan in scans if scan.path in settings for star in scan.stars}
    leaves = [path for path in sorted(settings) if _stem(path) not in imported]
    return [Leaf(path, _dotted(path, root), "django") for path in leaves]


def _flask_leaves(scans: list[_Scan]) -> list[Leaf]:
    if not any("FLASK" in word for scan in scans for word in scan.words if len(word) < _LONG):
        return []
    bases = {base for scan in scans for _, names in scan.flask for base in names}
    return [
        Leaf(scan.path, name, "flask")
        for scan in scans
        for name, _ in scan.flask
        if name not in bases
    ]


def _stem(path: str) -> str:
    name = paths.name_of(path).removesuffix(".py")
    return paths.name_of(paths.folder_of(path)) if name == "__init__" else name


def _dotted(path: str, root: str) -> str:
    relative = paths.relative(path, root).removesuffix(".py").removesuffix("/__init__")
    return relative.removeprefix("src/").replace("/", ".")
