"""Finds and evaluates the modules of the project; each once, also when imports go in circles."""

import ast
from os.path import dirname, join, normpath

from secaudit.evaluation.bounds import OutOfBoundsError
from secaudit.evaluation.control import (
    BreakSignal,
    ContinueSignal,
    Frame,
    ProgramError,
    ReturnSignal,
)
from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import ModuleData, Place, Value
from secaudit.facts import Unknown

_MAX_IMPORT_DEPTH = 40


def load_module(interpreter: Interpreter, path: str, name: str) -> ModuleData | None:
    """Return the evaluated module of a file, None when the world has no such file."""
    if path in interpreter.modules:
        return interpreter.modules[path]
    syntax = interpreter.world.module(path)
    if syntax is None:
        return None
    module = ModuleData(name, path, syntax)
    interpreter.modules[path] = module
    if interpreter.import_depth > _MAX_IMPORT_DEPTH:
        module.rest = Unknown("imports nested too deeply")
        return module
    state = interpreter.depth, interpreter.level, interpreter.condition
    interpreter.depth, interpreter.level, interpreter.condition = 0, 0, ""
    interpreter.import_depth += 1
    try:
        for statement in syntax.tree.body:
            _top_level(interpreter, Frame(module), statement)
    finally:
        interpreter.import_depth -= 1
        interpreter.depth, interpreter.level, interpreter.condition = state
    return module


def _top_level(interpreter: Interpreter, frame: Frame, statement: ast.stmt) -> None:
    """Execute one statement of a module; after one that stops start-up go on all the same.

    A program that would not start has other settings too, and they deserve to be judged.
    """
    interpreter.depth = 0
    start, before = interpreter.steps, interpreter.grant()
    try:
        interpreter.execute(frame, [statement])
    except ProgramError as error:
        if interpreter.handlers and isinstance(statement, ast.Raise):
            raise
        interpreter.failures.append((frame.module, error))
        reason = f"start-up stops with {error.kind}"
        place = Place(frame.module.syntax, statement)
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                frame.locals.setdefault(node.id, Value(Unknown(reason), place, error=reason))
    except OutOfBoundsError:
        interpreter.stopped.append(Place(frame.module.syntax, statement))
    except (ReturnSignal, BreakSignal, ContinueSignal):
        return
    finally:
        # What a module takes is not on the budget of the statement that imports it.
        interpreter.limit = before + interpreter.steps - start


def import_module(interpreter: Interpreter, importer: ModuleData, name: str) -> ModuleData | None:
    """Return the project module ``name`` (dotted, absolute), None when it is not in the project.

    Import roots are the project root, its ``src``, and the folders above the importing file, the
    outermost first: code that runs from a subfolder imports from there.
    """
    relative = name.replace(".", "/")
    for folder in _roots(interpreter, importer):
        for candidate in (join(folder, relative, "__init__.py"), join(folder, f"{relative}.py")):
            if candidate != importer.path and interpreter.world.exists(candidate):
                _load_parents(interpreter, folder, name)
                return load_module(interpreter, candidate, name)
    return None


def _roots(interpreter: Interpreter, importer: ModuleData) -> list[str]:
    root = interpreter.world.root
    above: list[str] = []
    folder = dirname(importer.path)
    while folder.startswith(root) and folder != root:
        above.insert(0, folder)
        folder = dirname(folder)
    return [root, join(root, "src"), *above]


def _load_parents(interpreter: Interpreter, folder: str, name: str) -> None:
    """Evaluate the packages above a module first, as Python does."""
    parts = name.split(".")
    for length in range(1, len(parts)):
        path = join(folder, *parts[:length], "__init__.py")
        if interpreter.world.exists(path):
            load_module(interpreter, path, ".".join(parts[:length]))


def relative_module(
    interpreter: Interpreter, importer: ModuleData, level: int, name: str
) -> ModuleData | None:
    """Return the module of ``from ..name import``; ``level`` counts the dots."""
    folder = dirname(importer.path)
    for _ in range(level - 1):
        folder = dirname(folder)
    if not folder.startswith(interpreter.world.root):
        return None
    base = normpath(join(folder, name.replace(".", "/"))) if name else folder
    package = importer.name.split(".")
    prefix = ".".join(package[: len(package) - level + importer.path.endswith("__init__.py")])
    full = f"{prefix}.{name}".strip(".") if name else prefix
    for candidate in (join(base, "__init__.py"), f"{base}.py"):
        if interpreter.world.exists(candidate):
            return load_module(interpreter, candidate, full)
    return None


def submodule(interpreter: Interpreter, package: ModuleData, name: str) -> ModuleData | None:
    """Return a module inside a package."""
    if not package.path.endswith("__init__.py"):
        return None
    folder = join(dirname(package.path), name)
    for candidate in (join(folder, "__init__.py"), f"{folder}.py"):
        if interpreter.world.exists(candidate):
            return load_module(interpreter, candidate, f"{package.name}.{name}")
    return None
