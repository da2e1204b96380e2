"""Evaluates expressions: one small function for each kind of node."""

import ast
from collections.abc import Callable

from secaudit.evaluation import comparisons, operators
from secaudit.evaluation.access import attribute, slice_of, subscript
from secaudit.evaluation.bounds import MAX_DEPTH
from secaudit.evaluation.calls import invoke
from secaudit.evaluation.candidates import candidates_of
from secaudit.evaluation.control import Frame
from secaudit.evaluation.displays import (
    comprehension,
    dict_comprehension,
    dictionary,
    sequence,
    spread,
)
from secaudit.evaluation.formatting import joined
from secaudit.evaluation.names import read_name, write_name
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    DictData,
    External,
    FunctionData,
    Place,
    Value,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import Unknown

Evaluator = Callable[[Interpreter, Frame, ast.expr, Place], Value]


def evaluate(interpreter: Interpreter, frame: Frame, node: ast.expr) -> Value:
    """Return the value of an expression.

    Raises:
        ProgramError: the expression certainly raises.
        OutOfBoundsError: the evaluation reached its limit.
    """
    interpreter.step()
    place = Place(frame.module.syntax, node)
    evaluator = _EVALUATORS.get(type(node))
    if evaluator is None:
        return unknown(f"{type(node).__name__.lower()} is not evaluated", place)
    if interpreter.depth > MAX_DEPTH:
        return unknown("nested too deeply", place)
    interpreter.depth += 1
    try:
        return evaluator(interpreter, frame, node, place)
    finally:
        interpreter.depth -= 1


def _constant(_i: Interpreter, _f: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.Constant)  # noqa: S101 - narrows the type for the dispatcher
    return Value(node.value, place)


def _name(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.Name)  # noqa: S101 - narrows the type for the dispatcher
    return read_name(interpreter, frame, node.id, place)


def _attribute(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.Attribute)  # noqa: S101 - narrows the type for the dispatcher
    return attribute(interpreter, evaluate(interpreter, frame, node.value), node.attr, place)


def _subscript(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.Subscript)  # noqa: S101 - narrows the type for the dispatcher
    receiver = evaluate(interpreter, frame, node.value)
    if isinstance(node.slice, ast.Slice):
        bounds = [
            None if part is None else evaluate(interpreter, frame, part)
            for part in (node.slice.lower, node.slice.upper, node.slice.step)
        ]
        return slice_of(interpreter, receiver, bounds, place)
    if isinstance(receiver.data, External) and receiver.data.name.startswith(("typing.", "list")):
        return receiver._replace(place=place)  # a generic alias such as list[str]
    return subscript(interpreter, receiver, evaluate(interpreter, frame, node.slice), place)


def _call(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.Call)  # noqa: S101 - narrows the type for the dispatcher
    target = evaluate(interpreter, frame, node.func)
    arguments, rest = spread(interpreter, frame, node.args)
    keywords: dict[str, Value] = {}
    for keyword in node.keywords:
        value = evaluate(interpreter, frame, keyword.value)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif isinstance((value := interpreter.held(value)).data, DictData):
            keywords.update({str(key): item for key, item in value.data.items.items()})
            rest = rest or value.data.rest
        else:
            rest = rest or Unknown("arguments that are not known")
    call = Call(interpreter, frame, place, arguments, keywords, rest)
    if not target.known and isinstance(node.func, ast.Attribute):
        told = interpreter.libraries.call_unknown(node.func.attr, call)
        if told is not None:
            return told
    return invoke(target, call)


def _binary(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.BinOp)  # noqa: S101 - narrows the type for the dispatcher
    left = evaluate(interpreter, frame, node.left)
    right = evaluate(interpreter, frame, node.right)
    if isinstance(node.op, ast.BitOr):
        left, right = interpreter.held(left), interpreter.held(right)
    return operators.binary(node.op, left, right, place)


def _unary(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.UnaryOp)  # noqa: S101 - narrows the type for the dispatcher
    return operators.unary(node.op, evaluate(interpreter, frame, node.operand), place)


def _boolean(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    """``a or b`` and ``a and b``: the deciding operand, the passed-over ones as shadowed."""
    assert isinstance(node, ast.BoolOp)  # noqa: S101 - narrows the type for the dispatcher
    wanted = isinstance(node.op, ast.Or)
    passed: list[Value] = []
    result = Value(None, place)
    for index, operand in enumerate(node.values):
        result = evaluate(interpreter, frame, operand)
        decided = operators.truth(result)
        last = index == len(node.values) - 1
        if decided is None and not last:
            return unknown("depends on a value that is not known", place)
        if last or decided is wanted:
            break
        passed.append(result)
    rest = node.values[len(passed) + 1 :]
    if wanted:
        return _with_fallbacks(interpreter, frame, result, passed, rest)
    return result


def _with_fallbacks(
    interpreter: Interpreter,
    frame: Frame,
    result: Value,
    passed: list[Value],
    rest: list[ast.expr],
) -> Value:
    """Note what ``or`` passed over, and the literal it would fall back to."""
    shadowed = [candidate for value in passed for candidate in value.candidates]
    for node in rest:
        if isinstance(node, ast.Constant):
            fallback = evaluate(interpreter, frame, node)
            shadowed += candidates_of(fallback, "default")
    variables = merge_variables([*passed, result])
    if not shadowed and not passed:
        return result
    layer = "default" if passed else "assignment"
    own = candidates_of(result, layer)
    return result._replace(candidates=(*own, *shadowed), variables=variables)


def _compare(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.Compare)  # noqa: S101 - narrows the type for the dispatcher
    left = evaluate(interpreter, frame, node.left)
    result = Value(True, place)
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = evaluate(interpreter, frame, right_node)
        result = _compared(interpreter, op, left, right, place)
        interpreter.tested.update(left.variables, right.variables)
        if operators.truth(result) is not True:
            return result
        left = right
    return result


def _compared(
    interpreter: Interpreter, op: ast.cmpop, left: Value, right: Value, place: Place
) -> Value:
    if isinstance(op, ast.In | ast.NotIn) and isinstance(right.data, External):
        found = interpreter.libraries.contains(interpreter, right.data.name, left, place)
        if found is not None:
            return found if isinstance(op, ast.In) else operators.unary(ast.Not(), found, place)
    return comparisons.compare(op, left, right, place)


def _conditional(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.IfExp)  # noqa: S101 - narrows the type for the dispatcher
    condition = evaluate(interpreter, frame, node.test)
    decided = operators.truth(condition)
    if decided is None:
        interpreter.level += 1
        try:
            one = evaluate(interpreter, frame, node.body)
            two = evaluate(interpreter, frame, node.orelse)
        finally:
            interpreter.level -= 1
        if plain(one) == plain(two) and one.known and not isinstance(plain(one), Unknown):
            return one
        return unknown("depends on a condition that is not known", place)
    if _is(node.body, value=True) and _is(node.orelse, value=False):
        return operators.provenance(decided, bool, place, condition)
    chosen = evaluate(interpreter, frame, node.body if decided else node.orelse)
    variables = merge_variables([chosen, condition])
    return chosen._replace(variables=variables, choices=(*chosen.choices, condition))


def _is(node: ast.expr, *, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _lambda(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.Lambda)  # noqa: S101 - narrows the type for the dispatcher
    return Value(make_function(interpreter, frame, node), place)


def make_function(
    interpreter: Interpreter,
    frame: Frame,
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> FunctionData:
    """Return a function object: defaults and decorators are evaluated where it is defined."""
    spec = node.args
    defaults = [evaluate(interpreter, frame, default) for default in spec.defaults]
    keyword_defaults = [
        None if default is None else evaluate(interpreter, frame, default)
        for default in spec.kw_defaults
    ]
    decorators = [
        evaluate(interpreter, frame, decorator) for decorator in getattr(node, "decorator_list", [])
    ]
    return FunctionData(node, frame, defaults, keyword_defaults, decorators)


def _walrus(interpreter: Interpreter, frame: Frame, node: ast.expr, _place: Place) -> Value:
    assert isinstance(node, ast.NamedExpr)  # noqa: S101 - narrows the type for the dispatcher
    value = evaluate(interpreter, frame, node.value)
    write_name(interpreter, frame.binds, node.target.id, value)
    return value


def _await(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.Await)  # noqa: S101 - narrows the type for the dispatcher
    evaluate(interpreter, frame, node.value)
    return unknown("the result of a coroutine", place)


def _yield(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.Yield | ast.YieldFrom)  # noqa: S101 - narrows the type
    if node.value is not None:
        evaluate(interpreter, frame, node.value)
    return unknown("what a generator is sent", place)


_EVALUATORS: dict[type[ast.expr], Evaluator] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.List: sequence,
    ast.Tuple: sequence,
    ast.Set: sequence,
    ast.Dict: dictionary,
    ast.JoinedStr: joined,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.DictComp: dict_comprehension,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
}
