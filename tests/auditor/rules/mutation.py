"""Break every rule and every judgement in many small ways and count what the tests notice.

From the repository: ``PYTHONPATH=auditor:tests/auditor python -m rules.mutation [-v]``. A mutant
changes one comparison, condition, constant or word of the code. It is killed when a case of
``test_checks``, ``test_judgement`` or a rule's own example no longer comes out as expected. The
rest of the package stays as it is, so a run takes minutes, not hours.
"""

import ast
import copy
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secaudit import registry
from secaudit.arguments import parse
from secaudit.options import Options
from secaudit.pipeline import audit
from secaudit.rule import Rule
from secaudit.rules_table import RULES_TABLE

from . import test_checks
from .building import told, write

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "auditor/secaudit"
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield (what was changed, the changed source) for each small change of the functions."""
    tree = ast.parse(source)
    places = [
        (number, kind)
        for number, node in enumerate(ast.walk(tree))
        for kind in _changes(node)
        if _is_logic(tree, node)
    ]
    for number, kind in places:
        changed = copy.deepcopy(tree)
        node = next(node for index, node in enumerate(ast.walk(changed)) if index == number)
        _change(node, kind)
        line = getattr(node, "lineno", 0)
        yield f"line {line}: {kind}", ast.unparse(ast.fix_missing_locations(changed))


def _is_logic(tree: ast.Module, node: ast.AST) -> bool:
    """Say whether a node is part of a function's statements, docstrings excepted."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    continue
                if any(inner is node for inner in ast.walk(statement)):
                    return True
    return False


def _changes(node: ast.AST) -> list[str]:
    kinds = {ast.BoolOp: ["and/or"], ast.If: ["always", "never"], ast.IfExp: ["always", "never"]}
    kinds[ast.Continue] = ["continue"]
    if isinstance(node, ast.Compare):
        return ["comparison"] if type(node.ops[0]) in OPPOSITE else []
    if isinstance(node, ast.UnaryOp):
        return ["not"] if isinstance(node.op, ast.Not) else []
    if isinstance(node, ast.Constant):
        return {int: ["number"], bool: ["flag"]}.get(type(node.value), [])
    return kinds.get(type(node), [])


def _change(node: Any, kind: str) -> None:  # noqa: ANN401 - nodes are changed in place
    if kind == "comparison":
        node.ops[0] = OPPOSITE[type(node.ops[0])]()
    elif kind == "and/or":
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif kind == "not":
        node.op = ast.UAdd()
        node.operand = ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])
    elif kind in {"always", "never"}:
        node.test = ast.Constant(kind == "always")
    elif kind == "number":
        node.value += 1
    elif kind == "flag":
        node.value = not node.value
    else:
        node.__class__ = ast.Pass


def outcome(rule: Rule, folder: Path) -> list[Any]:
    """Return what a rule says to its cases and examples, the exception's name if it breaks."""
    said: list[Any] = []
    cases = (*test_checks.SECRETS, *test_checks.APPLICATION, *test_checks.ACCESS)
    try:
        said += [told(rule, items) for code, items, _ in cases if code == rule.code]
    except Exception as error:  # noqa: BLE001 - a broken mutant is a killed one
        return [type(error).__name__]
    original = registry._load  # noqa: SLF001 - the one place where rules come from
    wanted = next(module for code, _, module, _ in RULES_TABLE if code == rule.code)

    def load(module: str) -> Rule:
        return rule if module == wanted else original(module)

    try:
        registry._load = load  # noqa: SLF001 - as above
        for number, example in enumerate((*rule.bad, *rule.good)):
            where = folder / f"{rule.code}-{number}"
            given = parse(["config", str(where), *example.options]).given
            report = audit([str(where)], Options()._replace(**given, select=(rule.code,)))
            said.append([(found.severity, found.location.line) for found in report.findings])
    except Exception as error:  # noqa: BLE001 - as above
        return [type(error).__name__]
    finally:
        registry._load = original  # noqa: SLF001
    return said


def mutate_rules(folder: Path) -> Iterator[tuple[str, bool]]:
    """Yield (mutant, killed) for every mutant of every rule."""
    for code, _, module, _ in RULES_TABLE:
        rule = registry.find(code)
        assert rule is not None
        for number, example in enumerate((*rule.bad, *rule.good)):
            where = folder / f"{code}-{number}"
            where.mkdir()
            write(where, example)
        expected = outcome(rule, folder)
        path = PACKAGE / f"rules/{module.replace('.', '/')}.py"
        for what, source in mutants(path.read_text(encoding="utf-8")):
            namespace: dict[str, Any] = {"__name__": f"secaudit.rules.{module}"}
            exec(compile(source, str(path), "exec"), namespace)  # noqa: S102 - our own changed rule
            yield f"{code} {what}", outcome(namespace["RULE"], folder) != expected


def mutate_judgement() -> Iterator[tuple[str, bool]]:
    """Yield (mutant, killed) for every mutant of the judgement modules, each in a new process."""
    with tempfile.TemporaryDirectory() as name:
        shadow = Path(name) / "secaudit"
        shadow.mkdir()
        for entry in PACKAGE.iterdir():
            if entry.name != "judgement":
                (shadow / entry.name).symlink_to(entry)
        (shadow / "judgement").mkdir()
        originals = sorted((PACKAGE / "judgement").glob("*.py"))
        for path in originals:
            (shadow / "judgement" / path.name).write_text(path.read_text(encoding="utf-8"))
        for path in originals:
            text = path.read_text(encoding="utf-8")
            for what, source in mutants(text):
                (shadow / "judgement" / path.name).write_text(source)
                yield f"{path.name} {what}", _fails(name)
            (shadow / "judgement" / path.name).write_text(text)


def _fails(root: str) -> bool:
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    words += ["-o", f"pythonpath={root}", "tests/auditor/rules/test_judgement.py"]
    words += ["tests/auditor/rules/test_checks.py"]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    return run.returncode != 0


def main() -> None:
    """Print the score of each part, and with -v the mutants that nothing notices."""
    verbose = "-v" in sys.argv
    with tempfile.TemporaryDirectory() as name:
        parts = {"rules": mutate_rules(Path(name)), "judgement": mutate_judgement()}
        for part, results in parts.items():
            if part in sys.argv or not {"rules", "judgement"} & {*sys.argv}:
                found = list(results)
                survived = [what for what, killed in found if not killed]
                share = 100 * (len(found) - len(survived)) / len(found)
                sys.stdout.write(
                    f"{part}: {len(found) - len(survived)}/{len(found)} {share:.1f} %\n"
                )
                if verbose:
                    sys.stdout.writelines(f"  {what}\n" for what in survived)


if __name__ == "__main__":
    main()
