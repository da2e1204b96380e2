"""What planning must know of a project's Python files.

A cheap look at the syntax, not an evaluation: the env files that code names, the modules and
classes a service can be started with, and the words that tell which keys of a file code knows.
"""

import ast
from collections.abc import Iterable

from secaudit.patterns import lazy
from secaudit.planning import leaves, paths
from secaudit.planning.env_names import Named, names_in
from secaudit.planning.leaves import Leaf
from secaudit.planning.profiles import EXAMPLE, TEST, of_file
from secaudit.planning.reading import Reader
from secaudit.records import NamedTuple
from secaudit.syntax.python import Module

_HINT = lazy(
    rb"env|decouple|INSTALLED_APPS|MIDDLEWARE|ALLOWED_HOSTS|Config\b|BaseSettings|import \*"
    rb"|Flask\(|class (Prod|Dev|Stag|Test)\w*[(:]"
)
_LONG = 40  # a longer string that mentions Flask is prose


class Code(NamedTuple):
    """The Python files of one project."""

    modules: tuple[str, ...]  # absolute paths, tests excluded
    named: tuple[Named, ...]
    leaves: tuple[Leaf, ...]
    settings_modules: frozenset[str]  # all modules of Django settings, leaves and what they import
    words: frozenset[str]  # names and string literals in upper case, to tell which keys code knows
    dialect: str  # of the first loader met, "" when none


def scan(root: str, files: Iterable[str], explicit: frozenset[str], reader: Reader) -> Code:
    """Look at the Python files of one project.

    Test files count only when named explicitly, examples and scripts of the documentation also
    when there is nothing else.
    """
    named_as = {path: of_file(paths.relative(path, root)) for path in files}
    tried = [path for path in named_as if path in explicit or named_as[path] != TEST]
    kept = [path for path in tried if path in explicit or named_as[path] != EXAMPLE] or tried
    outlines: list[leaves.Outline] = []
    named: list[Named] = []
    words: set[str] = set()
    for module in filter(None, (_candidate(path, reader) for path in kept)):
        nodes = [*ast.walk(module.tree)]
        named += names_in(module, nodes, root)
        outlines.append(leaves.outline(module, nodes))
        words.update(_words(nodes))
    dialect = next((one.dialect for one in named if one.dialect), "")
    settings = leaves.django_modules(outlines)
    found = leaves.django_leaves(outlines, settings, root)
    if any("FLASK" in word for word in words if len(word) < _LONG):
        found += leaves.flask_leaves(outlines)
    return Code(tuple(kept), tuple(named), tuple(found), settings, frozenset(words), dialect)


def _candidate(path: str, reader: Reader) -> Module | None:
    """Parse a file when its bytes show something planning looks for."""
    found = reader.parse(path, lambda data, _: bool(_HINT.search(data)))
    return reader.module(path) if found else None


def _words(nodes: Iterable[ast.AST]) -> set[str]:
    """Return names and string literals in upper case."""
    found = {node.id.upper() for node in nodes if isinstance(node, ast.Name)}
    literals = (node.value for node in nodes if isinstance(node, ast.Constant))
    return found | {value.upper() for value in literals if isinstance(value, str)}
