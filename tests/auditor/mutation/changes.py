"""Small changes of Python source: each is a mutant that some test should notice."""

import ast
import copy
from collections.abc import Iterator
from types import CodeType
from typing import Any, NamedTuple

OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


class Mutant(NamedTuple):
    """One change: the file, what was changed, the lines of that statement, the changed code."""

    path: str
    what: str
    lines: range
    code: CodeType


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Yield a mutant for each comparison, condition, constant and action inside functions."""
    tree = ast.parse(source)
    lines = _lines_of_logic(tree)
    for number, node in enumerate(ast.walk(tree)):
        for kind in _changes(node) if number in lines else ():
            changed = copy.deepcopy(tree)
            nodes = list(ast.walk(changed))
            _change(nodes[number], kind)
            code = compile(ast.fix_missing_locations(changed), path, "exec")
            place = f"{getattr(node, 'lineno', 0)}:{getattr(node, 'col_offset', 0) + 1}"
            yield Mutant(path, f"{place} {kind}", lines[number], code)


def _lines_of_logic(tree: ast.Module) -> dict[int, range]:
    """Return, by a node's place in the walk, the lines of its statement inside a function."""
    places = {id(node): number for number, node in enumerate(ast.walk(tree))}
    found: dict[int, range] = {}

    def visit(node: ast.AST, lines: range, *, inside: bool) -> None:
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            lines = range(node.lineno, max(last, node.lineno) + 1)
        if inside and lines:
            found[places[id(node)]] = lines
        inner = ast.iter_child_nodes(node)
        if isinstance(node, ast.FunctionDef):
            inner, inside = iter(node.body), True
        for child in inner:
            visit(child, lines, inside=inside)

    visit(tree, range(0), inside=False)
    return found


def _changes(node: ast.AST) -> list[str]:
    kinds: list[str] = []
    match node:
        case ast.BoolOp():
            kinds = ["and/or"]
        case ast.If() | ast.IfExp():
            kinds = ["always", "never"]
        case ast.Continue() | ast.Break() | ast.AugAssign() | ast.Expr(value=ast.Call()):
            kinds = ["dropped"]
        case ast.Compare(ops=[operator, *_]) if type(operator) in OPPOSITE:
            kinds = ["comparison"]
        case ast.UnaryOp(op=ast.Not()):
            kinds = ["not"]
        case ast.Constant(value=bool()):
            kinds = ["flag"]
        case ast.Constant(value=int()):
            kinds = ["number"]
    return kinds


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
