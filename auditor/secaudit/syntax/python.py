"""Python source to its syntax tree, with exact locations; nothing is compiled or run."""

import ast
import sys
import warnings
from functools import lru_cache
from typing import TypeAlias

from secaudit.errors import AuditError
from secaudit.location import Location
from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.syntax.text import LINE_END, TemplateError, decode, is_template

_COOKIE = lazy(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_MAX_DEPTH = 200  # of nested statements and expressions; generous for anything people write
_NEWER = (
    (lazy(r"^\s*type\s+\w+\s*(\[.*\])?\s*="), (3, 12)),
    (lazy(r"^\s*(async\s+)?(def|class)\s+\w+\["), (3, 12)),
    (lazy(r"^\s*except\*?\s+[\w.]+\s*,\s*[\w.]+[^(]*:"), (3, 14)),
    (lazy(r"(^|[\s(=,\[{:])[rR]?t[rR]?([\"'])"), (3, 14)),
    (lazy(r"^\s*lazy\s+(import|from)\s"), (3, 15)),
)

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """One parsed source file."""

    tree: ast.Module
    text: str
    path: str
    lines: tuple[str, ...]  # without their ends

    def location(self, node: ast.AST) -> Location:
        """Return where a node stands.

        ``ast`` counts columns in UTF-8 bytes from zero, reports count code points from one. A node
        without a place of its own (the module, operators, argument lists) answers the first line.
        """
        line = getattr(node, "lineno", None)
        if line is None:
            return Location(self.path, 1, 1, 1, 1)
        start = getattr(node, "col_offset", 0)
        end_line = getattr(node, "end_lineno", None) or line
        end = getattr(node, "end_col_offset", None)
        end_column = self._column(end_line, start if end is None else end)
        return Location(self.path, line, self._column(line, start), end_line, end_column)

    def source(self, node: ast.AST) -> str:
        """Return the text of a node."""
        place = self.location(node)
        rows = list(self.lines[place.line - 1 : place.end_line])
        if not rows:
            return ""
        rows[-1] = rows[-1][: place.end_column - 1]
        rows[0] = rows[0][place.column - 1 :]
        return "\n".join(rows)

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if text.isascii():
            return offset + 1
        return len(text.encode()[:offset].decode(errors="ignore")) + 1


def last_name(node: ast.expr) -> str:
    """Return ``c`` for ``c`` and for ``a.b.c``, ``""`` for anything that has no name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def targets_of(node: ast.stmt) -> list[str]:
    """Return the plain names that a statement assigns to."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def tree_of(text: str) -> ast.Module:
    """Return the tree of a module; an invalid escape in audited code is not our warning.

    Raises what ``ast.parse`` raises.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


@lru_cache(maxsize=10_000)  # planning and evaluation look at the same files
def parse(data: bytes, path: str) -> Module:
    """Parse one source file.

    Raises:
        TemplateError: it does not parse because it is a template.
        AuditError: it does not parse, is too large or nested too deeply; located.
    """
    text = decode(data, path, _encoding(data))
    if "\0" in text:  # the exception for it differs between versions of Python
        line = text.count("\n", 0, text.index("\0")) + 1
        raise AuditError("source code contains NUL characters", path=path, line=line)
    try:
        tree = tree_of(text)
        _check_depth(tree)
    except SyntaxError as error:
        raise _explain(error, text, path) from None
    except (RecursionError, MemoryError):  # the parser's own stack is exhausted
        raise AuditError("nested too deeply to be parsed", path=path) from None
    return Module(tree, text, path, tuple(LINE_END.split(text)))


def _encoding(data: bytes) -> str:
    """Return the declared source encoding (PEP 263): a comment on one of the first two lines."""
    for line in data[:400].splitlines()[:2]:
        match = _COOKIE.match(line) if b"coding" in line else None
        if match:
            return match[1].decode("ascii")
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return "utf-8"


def _check_depth(tree: ast.Module) -> None:
    """Refuse trees that recursive readers could not walk; walks level by level itself."""
    level: list[ast.AST] = [tree]
    for _ in range(_MAX_DEPTH * 2):  # a statement and its expression are two levels each
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise RecursionError


def _explain(error: SyntaxError, text: str, path: str) -> AuditError:
    line = error.lineno
    if is_template(text, line):
        return TemplateError("a template, not Python source", path=path, line=line)
    message = (error.msg or "invalid syntax").split(" (")[0]
    version = _newer_version(error, text)
    if version:
        running = f"{sys.version_info.major}.{sys.version_info.minor}"
        message = (
            f"syntax of Python {version[0]}.{version[1]}, but secaudit runs on Python {running}"
        )
        return AuditError(message, "run secaudit with that Python", path=path, line=line)
    return AuditError(message, path=path, line=line)


def _newer_version(error: SyntaxError, text: str) -> tuple[int, int] | None:
    """Return the Python version whose grammar has the line that does not parse, if it is newer."""
    if error.lineno is None:
        return None
    lines = LINE_END.split(text)
    line = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
    for pattern, version in _NEWER:
        if version > sys.version_info[:2] and pattern.search(line):
            return version
    if "f-string" in (error.msg or "") and sys.version_info < (3, 12):
        return (3, 12)
    return None
