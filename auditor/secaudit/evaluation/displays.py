"""Evaluates displays: lists, tuples, sets and dictionaries, written out or by comprehension."""

import ast
from collections.abc import Iterator

from secaudit.evaluation import operators
from secaudit.evaluation.access import iterate
from secaudit.evaluation.assignment import assign
from secaudit.evaluation.bounds import MAX_LOOP
from secaudit.evaluation.control import Frame
from secaudit.evaluation.names import write_name
from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import (
    DictData,
    ListData,
    Place,
    Value,
    merge_parts,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import Unknown


def spread(
    interpreter: Interpreter, frame: Frame, nodes: list[ast.expr]
) -> tuple[list[Value], Unknown | None]:
    """Evaluate elements, spreading ``*iterable``; the second part is Unknown when one is open."""
    items: list[Value] = []
    rest: Unknown | None = None
    for node in nodes:
        if isinstance(node, ast.Starred):
            source = interpreter.held(interpreter.evaluate(frame, node.value))
            more = iterate(source)
            if more is None:
                rest = rest or Unknown("items that are not known")
            else:
                items.extend(more)
                if isinstance(source.data, ListData | DictData):
                    rest = rest or source.data.rest
        else:
            items.append(interpreter.evaluate(frame, node))
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


def sequence(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    """Return a list, tuple or set."""
    assert isinstance(node, ast.List | ast.Tuple | ast.Set)  # noqa: S101 - narrows the type
    kind = type(node).__name__.lower()
    items, rest = spread(interpreter, frame, node.elts)
    if kind == "set":
        items = distinct(items)
    made = interpreter.list_value(items, kind, place, rest)
    choices = tuple(flag for item in items for flag in item.choices)
    return made._replace(
        variables=merge_variables(items), parts=merge_parts(items), choices=choices
    )


def dictionary(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    """Return a dictionary; what ``**`` spreads replaces the entries before it."""
    assert isinstance(node, ast.Dict)  # noqa: S101 - narrows the type for the dispatcher
    made = interpreter.dict_value({}, place)
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = interpreter.evaluate(frame, value_node)
        if key_node is None:
            made.data.absorb(interpreter.held(value))
            continue
        key = plain(interpreter.evaluate(frame, key_node))
        if isinstance(key, Unknown | list | dict):
            made.data.absorb(Value(Unknown("a key that is not known")))
        else:
            made.data.items[key] = value
    return made


def comprehension(interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place) -> Value:
    """Return what a comprehension of a list or set, or a generator, yields."""
    assert isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp)  # noqa: S101 - narrows
    inner = _inside(frame)
    items: list[Value] = []
    sources: list[Value] = []
    rest = False
    for decided in _loop(interpreter, inner, node.generators, sources, frame):
        if not decided:
            rest = True
            break
        items.append(interpreter.evaluate(inner, node.elt))
    for inner_node in ast.walk(node) if isinstance(node, ast.GeneratorExp) else ():
        if isinstance(inner_node, ast.NamedExpr):
            reached = unknown("how far a generator runs", place)
            write_name(interpreter, frame.binds, inner_node.target.id, reached)
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
    around: Frame,
) -> Iterator[bool]:
    """Run the ``for`` parts of a comprehension; False stands for "not determined".

    The first iterable is evaluated in the code around it.
    """
    generator, *inner = generators
    source = interpreter.held(interpreter.evaluate(around, generator.iter))
    if not sources or set(source.variables) - set(merge_variables(sources)):
        sources.append(source)  # not one that is drawn from those before it
    items = iterate(source)
    if items is None or (isinstance(source.data, ListData | DictData) and source.data.rest):
        yield False
        return
    for item in items[:MAX_LOOP]:
        assign(interpreter, frame, generator.target, item)
        decisions = [operators.truth(interpreter.evaluate(frame, test)) for test in generator.ifs]
        if None in decisions:
            yield False
            return
        if False in decisions:
            continue
        if inner:
            yield from _loop(interpreter, frame, inner, sources, frame)
        else:
            yield True
    if len(items) > MAX_LOOP:
        yield False


def _inside(frame: Frame) -> Frame:
    """Return the scope of a comprehension in ``frame``."""
    inner = Frame(frame.module, {}, frame, None)
    inner.binds = frame.binds
    return inner


def dict_comprehension(
    interpreter: Interpreter, frame: Frame, node: ast.expr, place: Place
) -> Value:
    """Return the dictionary that a comprehension makes."""
    assert isinstance(node, ast.DictComp)  # noqa: S101 - narrows the type for the dispatcher
    inner = _inside(frame)
    items: dict[object, Value] = {}
    for decided in _loop(interpreter, inner, node.generators, [], frame):
        key = plain(interpreter.evaluate(inner, node.key)) if decided else None
        if not decided or isinstance(key, Unknown | list | dict):
            return interpreter.dict_value({}, place, Unknown("entries that are not known"))
        items[key] = interpreter.evaluate(inner, node.value)
    return interpreter.dict_value(items, place)
