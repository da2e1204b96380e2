"""Calls: their arguments, functions of the project, and what library symbols return."""

import ast
from functools import lru_cache

from secaudit.evaluation.bounds import MAX_DEPTH
from secaudit.evaluation.control import Frame, ProgramError, ReturnSignal
from secaudit.evaluation.methods import call_method
from secaudit.evaluation.paths import joined
from secaudit.evaluation.record_classes import after_fields, fill, is_record
from secaudit.evaluation.runtime import LOOKING, Call, Interpreter
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    External,
    FunctionData,
    Instance,
    ListData,
    Method,
    PathData,
    Place,
    Value,
    plain,
    unknown,
)
from secaudit.facts import Unknown
from secaudit.records import NamedTuple

_PASS_THROUGH = (  # decorators that do not change what a call returns
    "functools.lru_cache",
    "functools.cache",
    "functools.wraps",
    "staticmethod",
    "contextlib.asynccontextmanager",
)


# What a handler trips over when the audited program calls with too few or odd arguments; the call
# would fail in the program too.
MISFITS = (IndexError, TypeError, AttributeError, ValueError, KeyError)


def invoke(target: Value, call: Call) -> Value:
    """Return what calling ``target`` returns."""
    data = target.data
    interpreter = call.interpreter
    if isinstance(data, Unknown):
        return Value(data, call.place)
    if interpreter.depth > MAX_DEPTH:
        return unknown("calls nested too deeply", call.place)
    interpreter.depth += 1
    try:
        if isinstance(data, FunctionData):
            return _call_decorated(data, call)
        if isinstance(data, Method):
            return call_attribute(data.receiver, data.name, call)
        if isinstance(data, ClassData):
            return instantiate(data, call)
        if isinstance(data, External):
            return interpreter.libraries.call_external(data.name, call)
        if isinstance(data, Instance):
            return _call_instance(data, call)
        if isinstance(data, PathData):
            return joined(data, call)
    finally:
        interpreter.depth -= 1
    return unknown("calls a value that is no function", call.place)


def _call_instance(data: Instance, call: Call) -> Value:
    if data.cls is not None:
        method = data.cls.find("__call__")
        if method is not None and isinstance(method.data, FunctionData):
            return call_function(method.data.bound(Value(data)), call)
    return call.interpreter.libraries.call_method(Value(data), data, "__call__", call)


def call_attribute(receiver: Value, name: str, call: Call) -> Value:
    """Return what a method of a plain value or a library object returns."""
    if isinstance(receiver.data, Instance):
        return call.interpreter.libraries.call_method(receiver, receiver.data, name, call)
    try:
        return call_method(call.interpreter, receiver, name, call)
    except MISFITS:
        return unknown(f"calls .{name}() with arguments that do not fit", call.place)


def _call_decorated(function: FunctionData, call: Call) -> Value:
    for decorator in function.decorators:
        name = (
            decorator.data.name
            if isinstance(decorator.data, External)
            else decorator.data.type_name
            if isinstance(decorator.data, Instance)
            else ""
        )
        if isinstance(decorator.data, FunctionData):
            return unknown(f"a function wrapped by {decorator.data.name}", call.place)
        if name.startswith("functools.") and name not in _PASS_THROUGH:
            return unknown(f"a function wrapped by {name}", call.place)
    cached = function.decorated_by("functools.lru_cache", "functools.cache")
    results = call.interpreter.results
    if cached and not call.arguments and not call.keywords:
        if id(function.node) not in results:
            results[id(function.node)] = call_function(function, call)
        return results[id(function.node)]
    return call_function(function, call)


def call_function(function: FunctionData, call: Call) -> Value:
    """Run a function of the project and return its result."""
    interpreter = call.interpreter
    node = function.node
    interpreter.called.add(id(node))
    names = bind(function, call)
    # Both branches of what is not known are followed: a recursion over it would never end.
    unknown_argument = any(isinstance(value.data, Unknown) for value in names.values())
    if unknown_argument and id(node) in interpreter.running:
        return unknown("a recursion over a value that is not known", call.place)
    if interpreter.level >= LOOKING and node.args.vararg is None and node.args.kwarg is None:
        return _looked_at(function, names, call)
    return _run(function, names, call)


def _run(function: FunctionData, names: dict[str, Value], call: Call) -> Value:
    parent: Frame = function.frame
    frame = Frame(parent.module, names, parent, parent.owner)
    running, before = call.interpreter.running, len(call.interpreter.reads)
    running.append(id(function.node))
    try:
        return _result_of(function, frame, call)
    except ProgramError as error:
        name = _not_given(call.interpreter, function, error, before)
        if not name:
            raise
        reason = f"{name} is not given"
        message = f"{reason} and has no default"
        return Value(Unknown(reason), call.place, (), (name,), error=message)
    finally:
        running.pop()


def _not_given(
    interpreter: Interpreter, function: FunctionData, error: ProgramError, before: int
) -> str:
    """Return the absent variable for which a reader of the project raises, else ``""``.

    As with a library's reader, evaluation goes on as if the variable were given.
    """
    if interpreter.handlers or interpreter.level or error.place is None:
        return ""
    inside = list(ast.walk(function.node))
    returns = any(isinstance(node, ast.Return) and node.value is not None for node in inside)
    if not returns or not isinstance(error.place.node, ast.Raise) or error.place.node not in inside:
        return ""
    absent = (name for name, value, _ in interpreter.reads[before:] if not value.candidates)
    return next(absent, "")


def _looked_at(function: FunctionData, names: dict[str, Value], call: Call) -> Value:
    """Run a function that code calls which nobody calls: once for the same arguments.

    Business code calls itself over and over with values that nobody knows; nothing new is seen.
    """
    seen: dict[tuple[object, ...], _Seen] = call.interpreter.state.setdefault("looked-at", {})
    arguments = list(names.values())
    where = (id(function.node), id(function.frame))
    key = (*where, *(_identity(value.data) for value in arguments))
    if key not in seen:
        kept = [function.frame, *arguments]
        try:
            seen[key] = _Seen(kept, _run(function, names, call), None)
        except ProgramError as error:
            seen[key] = _Seen(kept, Value(None), error)
    known = seen[key]
    if known.error is not None:
        raise known.error
    return known.result


class _Seen(NamedTuple):
    """What came of a call; ``kept`` holds the objects of its key, so that each id stays theirs."""

    kept: list[object]
    result: Value
    error: ProgramError | None


def _identity(data: object) -> object:
    if isinstance(data, Unknown):
        return Unknown
    if data is None or isinstance(data, str | bytes | int | float | External):
        return type(data), data
    return id(data)


def _result_of(function: FunctionData, frame: Frame, call: Call) -> Value:
    interpreter, node = call.interpreter, function.node
    if isinstance(node, ast.Lambda):
        return interpreter.evaluate(frame, node.body)
    if isinstance(node, ast.AsyncFunctionDef) or _is_generator(node):
        run_body(interpreter, frame, node)
        return unknown("the result of a generator or coroutine", call.place)
    try:
        interpreter.execute(frame, node.body)
        result = Value(None, call.place)
    except ReturnSignal as signal:
        result = signal.value
    return join_results([*frame.returns, result], call.place)


def run_body(
    interpreter: Interpreter, frame: Frame, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> None:
    """Run a function's body for what it does; its result and what it raises do not matter."""
    try:
        interpreter.execute(frame, node.body)
    except (ReturnSignal, ProgramError):
        return


@lru_cache(maxsize=100_000)  # each evaluation of an audit calls the same functions
def _is_generator(node: ast.FunctionDef) -> bool:
    stack: list[ast.AST] = list(node.body)
    while stack:
        current = stack.pop()
        if isinstance(current, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(current))
    return False


def join_results(values: list[Value], place: Place) -> Value:
    """Return the one value of several possible results, Unknown unless they agree."""
    first = values[-1]
    for other in values[:-1]:
        if other.data is not first.data and plain(other) != plain(first):
            return unknown("depends on an undecided condition", place)
    return first


def bind(function: FunctionData, call: Call) -> dict[str, Value]:
    """Bind the arguments of a call to parameter names.

    Raises:
        ProgramError: a required argument is missing or there are too many.
    """
    spec = function.node.args
    parameters = [*spec.posonlyargs, *spec.args]
    given = list(call.arguments)
    if function.receiver is not None:
        given.insert(0, function.receiver)
    names: dict[str, Value] = {}
    for parameter, value in zip(parameters, given, strict=False):
        names[parameter.arg] = value
    extra = given[len(parameters) :]
    if spec.vararg is not None:
        names[spec.vararg.arg] = Value(ListData(extra, "tuple", call.rest), call.place)
    elif extra:
        raise ProgramError("TypeError", "too many arguments", call.place)
    _bind_keywords(spec, call, names)
    _bind_defaults(function, call, names)
    return names


def _bind_keywords(spec: ast.arguments, call: Call, names: dict[str, Value]) -> None:
    known = {parameter.arg for parameter in (*spec.args, *spec.kwonlyargs)}
    more: dict[str, Value] = {}
    for name, value in call.keywords.items():
        if name in known:
            names[name] = value
        else:
            more[name] = value
    if spec.kwarg is not None:
        names[spec.kwarg.arg] = Value(DictData(dict(more), call.rest), call.place)
    elif more:
        raise ProgramError("TypeError", "unexpected argument", call.place)


def _bind_defaults(function: FunctionData, call: Call, names: dict[str, Value]) -> None:
    spec = function.node.args
    parameters = [*spec.posonlyargs, *spec.args]
    offset = len(parameters) - len(function.defaults)
    pairs: list[tuple[str, Value | None]] = [
        (parameter.arg, function.defaults[index - offset] if index >= offset else None)
        for index, parameter in enumerate(parameters)
    ]
    pairs += [
        (parameter.arg, default)
        for parameter, default in zip(spec.kwonlyargs, function.keyword_defaults, strict=True)
    ]
    for name, default in pairs:
        if name in names:
            continue
        if call.rest is not None:
            names[name] = Value(call.rest, call.place)
        elif default is not None:
            names[name] = default
        else:
            raise ProgramError("TypeError", f"missing argument {name}", call.place)


def instantiate(cls: ClassData, call: Call) -> Value:
    """Return an object of a project class."""
    made = call.interpreter.libraries.make_instance(cls, call)
    if made is not None:
        return made
    if cls.open_bases():
        return unknown(f"an object of {cls.name}, whose base class is unknown", call.place)
    instance = Instance(cls.name, cls, call.interpreter.level)
    call.interpreter.objects.append(instance)
    value = Value(instance, call.place)
    method = cls.find("__init__")
    if method is not None and isinstance(method.data, FunctionData):
        call_function(method.data.bound(value), call)
    elif cls.annotations and is_record(cls):
        fill(cls, instance, call, invoke)
        after_fields(cls, value, call, call_function)
    return value
