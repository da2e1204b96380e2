"""The package's shape: no import cycles, and a cold run that imports little."""

import ast
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.trees import write_small_project

import secaudit

_PACKAGE = Path(secaudit.__file__).parent
_HEAVY = {  # modules that cost more than a whole evaluation, or belong to other commands
    *("asyncio", "dataclasses", "difflib", "fnmatch", "hashlib", "html", "importlib.metadata"),
    *("inspect", "ipaddress"),
    *("logging", "pathlib", "pydantic", "rich", "ruamel.yaml", "shutil", "socket", "subprocess"),
    *("tempfile", "tokenize", "tomllib", "typer", "urllib.parse", "xml", "zipfile"),
    *("secaudit.application", "secaudit.baseline", "secaudit.fixing", "secaudit.reference"),
    *("secaudit.syntax.dockerfile", "secaudit.syntax.yaml", "secaudit.template"),
    *("secaudit.frameworks.django", "secaudit.progress", "secaudit.writing"),
}
_MOST_MODULES = 250  # of which the interpreter itself brings about 60


def _imports() -> dict[str, set[str]]:
    """Return which modules of the package each one names, inside functions too."""
    files = {_name(path): path for path in _PACKAGE.rglob("*.py")}
    graph: dict[str, set[str]] = {}
    for name, path in files.items():
        found: set[str] = set()
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path} imports relatively"
                module = node.module or ""
                inner = {f"{module}.{alias.name}" for alias in node.names}
                found.update(one if one in files else module for one in inner)
        graph[name] = found & files.keys() - {name}
    return graph


def _name(path: Path) -> str:
    dotted = ".".join(path.relative_to(_PACKAGE.parent).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


def _reached(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = graph[waiting.pop()] - seen
        seen |= fresh
        waiting += fresh
    return seen


def test_no_module_reaches_itself() -> None:
    """No import cycle, whether at the top of a module, in a function or for types only."""
    graph = _imports()
    assert len(graph) > 200, "the walk lost the package"
    assert [name for name in graph if name in _reached(graph, name)] == []


def test_every_named_tuple_is_a_record() -> None:
    """One class of ``typing.NamedTuple`` costs a cold start as much as the import of a module."""
    defining = {
        path for path in _PACKAGE.rglob("*.py") if "(NamedTuple):" in path.read_text("utf-8")
    }
    records = "from secaudit.records import NamedTuple\n"
    assert len(defining) > 50, "the search lost the package"
    assert [str(path) for path in defining if records not in path.read_text("utf-8")] == []


def test_the_evaluator_knows_no_library() -> None:
    """Only what puts an evaluation together names libraries."""
    composing = {"secaudit.evaluation.entry", "secaudit.evaluation.gathering"}
    assert {
        name
        for name, imported in _imports().items()
        if name.startswith("secaudit.evaluation.")
        and any(one.startswith("secaudit.frameworks") for one in imported)
    } == composing


def test_a_cold_run_imports_little(tmp_path: Path) -> None:
    """Auditing one env file and one settings module loads no tool meant for something else."""
    project = tmp_path / "shop"
    write_small_project(project)
    program = (
        "import sys\n"
        "from secaudit.cli import run\n"
        "status = run(['config', '.env', 'settings.py'])\n"
        "print('', *sys.modules, sep='\\n', file=sys.stderr)\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(_PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    modules = set(done.stderr.split())
    assert "secaudit.frameworks.pydantic_settings" in modules, "the audit did not run"
    assert sorted(modules & _HEAVY) == []
    assert len(modules) <= _MOST_MODULES
