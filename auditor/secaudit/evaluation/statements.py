"""Executes statements: one small function for each kind of node."""

import ast
from collections.abc import Callable

from secaudit.evaluation import operators
from secaudit.evaluation.access import iterate
from secaudit.evaluation.assignment import assign
from secaudit.evaluation.augmented import execute_augmented
from secaudit.evaluation.bounds import MAX_LOOP
from secaudit.evaluation.branches import execute_if, execute_match, undecided_branches
from secaudit.evaluation.control import (
    BreakSignal,
    ContinueSignal,
    Frame,
    ProgramError,
    ReturnSignal,
)
from secaudit.evaluation.definitions import define_class, define_function
from secaudit.evaluation.expressions import evaluate
from secaudit.evaluation.imports import execute_import, execute_import_from
from secaudit.evaluation.names import enclosing
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    External,
    Instance,
    ListData,
    ModuleData,
    Place,
    Value,
    plain,
    unknown,
)
from secaudit.facts import Unknown
from secaudit.syntax.python import last_name


def execute(interpreter: Interpreter, frame: Frame, body: list[ast.stmt]) -> None:
    """Execute statements in order.

    Raises:
        ReturnSignal, BreakSignal, ContinueSignal: control flow leaves the block.
        ProgramError: a statement certainly raises.
    """
    for statement in body:
        interpreter.step()
        executor = _EXECUTORS.get(type(statement))
        if executor is not None:
            executor(interpreter, frame, statement)


def _expression(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    assert isinstance(node, ast.Expr)  # noqa: S101 - narrows the type for the dispatcher
    evaluate(interpreter, frame, node.value)


def _assign(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    assert isinstance(node, ast.Assign)  # noqa: S101 - narrows the type for the dispatcher
    value = evaluate(interpreter, frame, node.value)
    local = frame.owner is None or frame.owner.namespace is not frame.locals  # of a function
    named = isinstance(node.targets[0], ast.Name)
    if frame.is_module() or (frame.owner is not None and not (local and named)):
        interpreter.bound.update(value.variables)
    for target in node.targets:
        assign(interpreter, frame, target, value)


def _annotated(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    assert isinstance(node, ast.AnnAssign)  # noqa: S101 - narrows the type for the dispatcher
    if (
        isinstance(node.target, ast.Name)
        and frame.owner is not None
        and frame.locals is frame.owner.namespace
    ):
        frame.owner.annotations[node.target.id] = node.annotation
    if node.value is not None:
        assign(interpreter, frame, node.target, evaluate(interpreter, frame, node.value))


def _return(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    assert isinstance(node, ast.Return)  # noqa: S101 - narrows the type for the dispatcher
    if node.value is None:
        raise ReturnSignal(Value(None, Place(frame.module.syntax, node)))
    raise ReturnSignal(evaluate(interpreter, frame, node.value))


def _raise(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    assert isinstance(node, ast.Raise)  # noqa: S101 - narrows the type for the dispatcher
    kind, message = "Exception", ""
    bases: tuple[str, ...] = ()
    if node.exc is not None:
        target = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        kind, bases = last_name(target) or kind, _bases(interpreter, frame, target)
        if isinstance(node.exc, ast.Call) and node.exc.args:
            text = plain(evaluate(interpreter, frame, node.exc.args[0]))
            message = text if isinstance(text, str) else ""
    raise ProgramError(kind, message, Place(frame.module.syntax, node), bases)


def _bases(interpreter: Interpreter, frame: Frame, raised: ast.expr) -> tuple[str, ...]:
    """Return the names of the classes that an exception class of the project derives from."""
    if not isinstance(raised, ast.Name | ast.Attribute):
        return ()
    cls = evaluate(interpreter, frame, raised).data
    if not isinstance(cls, ClassData):
        return ()
    libraries = (name.rpartition(".")[2] for name in cls.externals())
    return (*(ancestor.name for ancestor in cls.lineage()), *libraries)


def _assert(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    assert isinstance(node, ast.Assert)  # noqa: S101 - narrows the type for the dispatcher
    optimised = interpreter.environment.peek("PYTHONOPTIMIZE")
    holds = operators.truth(evaluate(interpreter, frame, node.test))
    runs = not optimised or optimised[0].value == ""
    interpreter.watchers.note_assert(interpreter, frame, node, holds=holds, runs=runs)
    if runs and holds is False:
        raise ProgramError("AssertionError", "", Place(frame.module.syntax, node))


def _delete(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    assert isinstance(node, ast.Delete)  # noqa: S101 - narrows the type for the dispatcher
    for target in node.targets:
        if isinstance(target, ast.Name):
            if interpreter.level:
                place = Place(frame.module.syntax, node)
                frame.locals[target.id] = unknown("deleted under an undecided condition", place)
            else:
                frame.locals.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            _delete_item(interpreter, frame, target)
        elif isinstance(target, ast.Attribute):
            _delete_attribute(interpreter, frame, target)


def _delete_attribute(interpreter: Interpreter, frame: Frame, target: ast.Attribute) -> None:
    holder = evaluate(interpreter, frame, target.value).data
    if not isinstance(holder, Instance | ClassData | ModuleData):
        return
    level = holder.level if isinstance(holder, Instance) else 0
    names = holder.attributes if isinstance(holder, Instance) else holder.namespace
    if interpreter.ignored(level) or target.attr not in names:
        return
    if interpreter.undecided(level):
        place = Place(frame.module.syntax, target)
        names[target.attr] = unknown("deleted under an undecided condition", place)
    else:
        del names[target.attr]


def _delete_item(interpreter: Interpreter, frame: Frame, target: ast.Subscript) -> None:
    container = evaluate(interpreter, frame, target.value).data
    key = evaluate(interpreter, frame, target.slice)
    if isinstance(container, External):
        call = Call(interpreter, frame, Place(frame.module.syntax, target), [key], {})
        interpreter.libraries.call_external(f"{container.name}.pop", call)
    elif not isinstance(container, DictData | ListData) or interpreter.ignored(container.level):
        return
    elif isinstance(container, DictData) and not interpreter.undecided(container.level):
        container.items.pop(plain(key), None)
    else:
        container.rest = Unknown("an item was deleted")


def _for(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    """Run a loop over known items; once with unknown ones as an undecided branch otherwise."""
    assert isinstance(node, ast.For | ast.AsyncFor)  # noqa: S101 - narrows the type
    source = interpreter.held(evaluate(interpreter, frame, node.iter))
    items = iterate(source)
    place = Place(frame.module.syntax, node)
    open_ = items is None or (isinstance(source.data, ListData | DictData) and source.data.rest)
    for item in (items or [])[:MAX_LOOP]:
        assign(interpreter, frame, node.target, item)
        try:
            execute(interpreter, frame, node.body)
        except BreakSignal:
            return
        except ContinueSignal:
            continue
    if open_ or len(items or []) > MAX_LOOP:
        assign(interpreter, frame, node.target, unknown("an item that is not known", place))
        undecided_branches(interpreter, frame, [node.body, []], "a loop over unknown items")
    execute(interpreter, frame, node.orelse)


def _while(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    assert isinstance(node, ast.While)  # noqa: S101 - narrows the type for the dispatcher
    leaves = _leaves(node)
    endless = isinstance(node.test, ast.Constant) and not leaves  # a service's own, until cancelled
    forks = interpreter.forks
    for _ in range(1 if endless else MAX_LOOP):
        decided = operators.truth(evaluate(interpreter, frame, node.test))
        if decided is None or (leaves and interpreter.forks > forks):  # it may have been left
            break
        if not decided:
            execute(interpreter, frame, node.orelse)
            return
        try:
            execute(interpreter, frame, node.body)
        except BreakSignal:
            return
        except ContinueSignal:
            continue
    undecided_branches(interpreter, frame, [node.body, []], "a loop without a known end")


def _leaves(node: ast.While) -> bool:
    """Say whether something in the loop may leave it."""
    return any(isinstance(inner, ast.Break | ast.Return | ast.Raise) for inner in ast.walk(node))


def _try(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    from secaudit.evaluation import handlers  # noqa: PLC0415 - few settings catch anything

    handlers.execute_try(interpreter, frame, node)


def _with(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    """Run the body between ``__enter__`` and ``__exit__`` of each context, where they are known."""
    assert isinstance(node, ast.With | ast.AsyncWith)  # noqa: S101 - narrows the type
    from secaudit.evaluation import handlers  # noqa: PLC0415 - few settings catch anything

    guarded = handlers.suppressing(interpreter, frame, node) if isinstance(node, ast.With) else None
    if guarded is not None:
        handlers.execute_try(interpreter, frame, guarded)
        return
    contexts: list[tuple[Value, Place]] = []
    try:
        for item in node.items:
            place = Place(frame.module.syntax, item.context_expr)
            context = evaluate(interpreter, frame, item.context_expr)
            entered = _call_special(interpreter, frame, context, "__enter__", place)
            contexts.append((context, place))
            if item.optional_vars is not None:
                assign(interpreter, frame, item.optional_vars, entered)
        execute(interpreter, frame, node.body)
    finally:
        for context, place in reversed(contexts):
            _call_special(interpreter, frame, context, "__exit__", place)


def _call_special(
    interpreter: Interpreter, frame: Frame, context: Value, name: str, place: Place
) -> Value:
    """Return what a context's own method gives: known for library objects that have one."""
    if not isinstance(context.data, Instance) or context.data.cls is not None:
        return unknown("a context", place)
    call = Call(interpreter, frame, place, [], {})
    return interpreter.libraries.call_method(context, context.data, name, call)


def _global(_interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    assert isinstance(node, ast.Global)  # noqa: S101 - narrows the type for the dispatcher
    frame.globals.update(node.names)


def _nonlocal(_interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    assert isinstance(node, ast.Nonlocal)  # noqa: S101 - narrows the type for the dispatcher
    for name in node.names:
        outer = enclosing(frame, name)
        if outer is not None:
            frame.outer[name] = outer


def _break(_interpreter: Interpreter, _frame: Frame, _node: ast.stmt) -> None:
    raise BreakSignal


def _continue(_interpreter: Interpreter, _frame: Frame, _node: ast.stmt) -> None:
    raise ContinueSignal


_EXECUTORS: dict[type[ast.stmt], Callable[[Interpreter, Frame, ast.stmt], None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: execute_augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Delete: _delete,
    ast.If: execute_if,
    ast.Match: execute_match,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.FunctionDef: define_function,
    ast.AsyncFunctionDef: define_function,
    ast.ClassDef: define_class,
    ast.Import: execute_import,
    ast.ImportFrom: execute_import_from,
}
