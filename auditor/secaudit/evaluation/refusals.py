"""Settings that a guard of a module refuses: the program does not start with them."""

import ast

from secaudit.evaluation.collecting import Collector
from secaudit.evaluation.runtime import Interpreter
from secaudit.syntax.python import last_name


def mark(interpreter: Interpreter, collector: Collector) -> None:
    """Give the settings that the conditions around a ``raise`` test an error; note the guard."""
    for module, error in interpreter.failures:
        if error.place is None or not isinstance(error.place.node, ast.Raise):
            continue
        names = {
            name
            for node in ast.walk(module.syntax.tree)
            if isinstance(node, ast.If)
            and any(inner is error.place.node for inner in ast.walk(node))
            for name in _tested(node.test)
        }
        subjects = []
        for index, setting in enumerate(collector.settings):
            if setting.name.rpartition(".")[2] in names and setting.error is None:
                message = f"start-up is refused: {error.message or error.kind}"
                collector.settings[index] = setting._replace(error=message)
                subjects.append(setting.name)
        interpreter.observe(
            "guard",
            error.place.location(),
            module.name,
            selector="",
            fires=True,
            defeated_by="",
            subject=", ".join(subjects),
        )


def _tested(test: ast.AST) -> set[str]:
    """Return the names in a condition."""
    return {
        last_name(node) for node in ast.walk(test) if isinstance(node, ast.Name | ast.Attribute)
    }
