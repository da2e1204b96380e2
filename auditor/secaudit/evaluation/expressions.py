"""Evaluates expressions: one small function for each kind of node."""

import ast
from collections.abc import Callable, Iterator

from secaudit.evaluation import operators
from secaudit.evaluation.access import attribute, iterate, slice_of, subscript
from secaudit.evaluation.assignment import assign
from secaudit.evaluation.calls import invoke
from secaudit.evaluation.candidates import candidates_of
from secaudit.evaluation.names import read_name
from secaudit.evaluation.runtime import MAX_DEPTH, MAX_LOOP, MAX_TEXT, Call, Frame, Interpreter
from secaudit.evaluation.values import (
    DictData,
    External,
    FunctionData,
    ListData,
    Place,
    Value,
    merge_parts,
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
    arguments, rest = _items(interpreter, frame, node.args)
    keywords: dict[str, Value] = {}
    for keyword in node.keywords:
        value = evaluate(interpreter, frame, keyword.value)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif isinstance(value.data, DictData):
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


def _items(
    interpreter: Interpreter, frame: Frame, nodes: list[ast.expr]
) -> tuple[list[Value], Unknown | None]:
    """Evaluate elements, spreading ``*iterable``; the second part is Unknown when one is open."""
    items: list[Value] = []
    rest: Unknown | None = None
    for node in nodes:
        if isinstance(node, ast.Starred):
            spread = evaluate(interpreter, frame, node.value)
            more = iterate(spread)
            if more is None:
                rest = rest or Unknown("items that are not known")
            else:
                items.extend(more)
                if isinstance(spread.data, ListData | DictData):
                    rest = rest or spread.data.rest
        else:
            items.append(evaluate(interpreter, frame, node))
    return items, rest


def distinct(items: list[Value]) -> list[Value]:
    """Return the items of a set: equal ones once."""
    kept: list[Value] = []
    seen: list[object] = []
    for item in items:
        data = plain(item)
        if isinstance(data, Unknown) or data not in seen:
            seen.append(data)
            kept.append(item)
    return kept


def _sequence(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.List | ast.Tuple | ast.Set)  # noqa: S101 - narrows the type
    kind = type(node).__name__.lower()
    items, rest = _items(interpreter, frame, node.elts)
    if kind == "set":
        items = distinct(items)
    made = interpreter.list_value(items, kind, place, rest)
    return made._replace(variables=merge_variables(items), parts=merge_parts(items))


def _dict(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.Dict)  # noqa: S101 - narrows the type for the dispatcher
    items: dict[object, Value] = {}
    rest: Unknown | None = None
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = evaluate(interpreter, frame, value_node)
        if key_node is None:
            if isinstance(value.data, DictData):
                items.update(value.data.items)
                rest = rest or value.data.rest
            else:
                rest = rest or Unknown("entries that are not known")
            continue
        key = plain(evaluate(interpreter, frame, key_node))
        if isinstance(key, Unknown | list | dict):
            rest = rest or Unknown("a key that is not known")
        else:
            items[key] = value
    return interpreter.dict_value(items, place, rest)


def _joined(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    """An f-string: text of constants and formatted values."""
    assert isinstance(node, ast.JoinedStr)  # noqa: S101 - narrows the type for the dispatcher
    texts: list[str] = []
    values: list[Value] = []
    missing: Unknown | None = None
    for part in node.values:
        if isinstance(part, ast.Constant):
            texts.append(str(part.value))
            continue
        assert isinstance(part, ast.FormattedValue)  # noqa: S101 - the grammar has no other part
        value = evaluate(interpreter, frame, part.value)
        values.append(value)
        text = _formatted(value, part)
        if isinstance(text, Unknown):
            missing = missing or text
        else:
            texts.append(text)
    if sum(map(len, texts)) > MAX_TEXT:
        missing = Unknown("too large to compute")
    data: str | Unknown = missing or "".join(texts)
    if len(values) == 1 and len(node.values) == 1 and values[0].candidates and missing is None:
        return values[0]._replace(data=data, place=place)
    return Value(data, place, (), merge_variables(values), None, merge_parts(values))


def _formatted(value: Value, part: ast.FormattedValue) -> str | Unknown:
    data = plain(value)
    if isinstance(data, Unknown):
        return data
    if isinstance(value.data, External) or not isinstance(
        data, str | int | float | bool | type(None) | list | tuple
    ):
        return Unknown("formats an object")
    if part.conversion == ord("r"):
        return repr(data)
    if part.format_spec is not None:
        spec = part.format_spec
        text = "".join(
            str(item.value)
            for item in getattr(spec, "values", [])
            if isinstance(item, ast.Constant)
        )
        if len(text) > 5 or len(getattr(spec, "values", [])) > 1:  # noqa: PLR2004 - no long widths
            return Unknown("a format specification")
        try:
            return format(data, text)
        except (ValueError, TypeError):
            return Unknown("a format specification that does not fit")
    return str(data)


def _binary(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.BinOp)  # noqa: S101 - narrows the type for the dispatcher
    left = evaluate(interpreter, frame, node.left)
    right = evaluate(interpreter, frame, node.right)
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
        result = operators.compare(op, left, right, place)
        interpreter.tested.update(left.variables, right.variables)
        if operators.truth(result) is not True:
            return result
        left = right
    return result


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
    chosen = evaluate(interpreter, frame, node.body if decided else node.orelse)
    return chosen._replace(variables=merge_variables([chosen, condition]))


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
    frame.locals[node.target.id] = value
    return value


def _comprehension(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    assert isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp)  # noqa: S101 - narrows
    inner = Frame(frame.module, {}, frame, None)
    items: list[Value] = []
    sources: list[Value] = []
    rest = False
    for decided in _loop(interpreter, inner, node.generators, sources):
        if not decided:
            rest = True
            break
        items.append(evaluate(interpreter, inner, node.elt))
    kind = "set" if isinstance(node, ast.SetComp) else "list"
    if kind == "set":
        items = distinct(items)
    open_ = Unknown("a comprehension over items that are not known") if rest else None
    made = interpreter.list_value(items, kind, place, open_)
    return _carry(made, sources, place)


def _carry(made: Value, sources: list[Value], place: Place) -> Value:
    """Give the result of a comprehension the provenance of the one iterable it maps."""
    variables, parts = merge_variables(sources), merge_parts(sources)
    made = made._replace(variables=variables, parts=parts)
    if len(sources) != 1:
        return made
    source = sources[0]
    if not source.candidates:
        written = source.place if isinstance(source.data, ListData) else place
        return made._replace(place=written)
    first = source.candidates[0]._replace(value=plain(made))
    return made._replace(candidates=(first,))


def _loop(
    interpreter: Interpreter,
    frame: Frame,
    generators: list[ast.comprehension],
    sources: list[Value],
) -> Iterator[bool]:
    """Run the ``for`` parts of a comprehension; False stands for "not determined"."""
    generator, *inner = generators
    source = evaluate(interpreter, frame, generator.iter)
    if len(sources) < len(generators):
        sources.append(source)
    items = iterate(source)
    if items is None or (isinstance(source.data, ListData | DictData) and source.data.rest):
        yield False
        return
    for item in items[:MAX_LOOP]:
        assign(interpreter, frame, generator.target, item)
        decisions = [operators.truth(evaluate(interpreter, frame, test)) for test in generator.ifs]
        if None in decisions:
            yield False
            return
        if False in decisions:
            continue
        if inner:
            yield from _loop(interpreter, frame, inner, sources)
        else:
            yield True


def _dict_comprehension(
    interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place
) -> Value:
    assert isinstance(node, ast.DictComp)  # noqa: S101 - narrows the type for the dispatcher
    inner = Frame(frame.module, {}, frame, None)
    items: dict[object, Value] = {}
    for decided in _loop(interpreter, inner, node.generators, []):
        key = plain(evaluate(interpreter, inner, node.key)) if decided else None
        if not decided or isinstance(key, Unknown | list | dict):
            return interpreter.dict_value({}, place, Unknown("entries that are not known"))
        items[key] = evaluate(interpreter, inner, node.value)
    return interpreter.dict_value(items, place)


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
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
}
