"""``if`` and ``match``: one branch when the condition is decided, all of them joined otherwise."""

import ast

from secaudit.evaluation import comparisons, operators
from secaudit.evaluation.control import (
    BreakSignal,
    ContinueSignal,
    Frame,
    ProgramError,
    ReturnSignal,
)
from secaudit.evaluation.expressions import evaluate
from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import Place, Value, plain, unknown
from secaudit.facts import Unknown
from secaudit.syntax.python import last_name


def execute_if(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    """Execute an ``if`` statement."""
    assert isinstance(node, ast.If)  # noqa: S101 - narrows the type for the dispatcher
    if last_name(node.test) == "TYPE_CHECKING":
        interpreter.execute(frame, node.orelse)
        return
    condition = evaluate(interpreter, frame, node.test)
    interpreter.watchers.note_condition(interpreter, frame, node, condition)
    decided = operators.truth(condition)
    if decided is None:
        reason = condition.data.reason if isinstance(condition.data, Unknown) else "a condition"
        undecided_branches(interpreter, frame, [node.body, node.orelse], reason)
        return
    if not decided and node.orelse and not isinstance(node.orelse[0], ast.If):
        interpreter.watchers.note_fallback(interpreter, frame, node.orelse, condition)
    elif decided and _asks_for_nothing(node.test):
        interpreter.watchers.note_fallback(interpreter, frame, node.body, condition)
    interpreter.execute(frame, node.body if decided else node.orelse)


def _asks_for_nothing(test: ast.expr) -> bool:
    """Say whether a condition holds for an absent value: ``name is None``, ``not name``."""
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not)
    return isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is)


def undecided_branches(
    interpreter: Interpreter, frame: Frame, bodies: list[list[ast.stmt]], reason: str
) -> None:
    """Execute all bodies from the same state and keep what they agree on.

    A body that raises ends there: only the others go on. A body that returns adds a possible
    result; when all of them leave, the block is left too.
    """
    before = dict(frame.locals)
    outer = interpreter.condition
    interpreter.forks += 1
    interpreter.level += 1
    interpreter.condition = f"depends on {reason}" if not reason.startswith("depends") else reason
    ends: list[dict[str, Value]] = []
    last: Exception | None = None
    try:
        for body in bodies:
            frame.locals.clear()
            frame.locals.update(before)
            try:
                interpreter.execute(frame, body)
            except ReturnSignal as signal:
                frame.returns.append(signal.value)
                last = signal
            except (ProgramError, BreakSignal, ContinueSignal) as signal:
                last = last or signal
            else:
                ends.append(dict(frame.locals))
    finally:
        interpreter.level -= 1
        interpreter.condition, reason = outer, interpreter.condition
    _join(frame, before, ends, reason)
    if not ends and last is not None:
        raise last


def _join(
    frame: Frame, before: dict[str, Value], ends: list[dict[str, Value]], reason: str
) -> None:
    frame.locals.clear()
    frame.locals.update(ends[0] if ends else before)
    for other in ends[1:]:
        for name in {**frame.locals, **other}:
            one, two = frame.locals.get(name), other.get(name)
            if one is two or (one is not None and two is not None and _same(one, two)):
                continue
            place = (two or one or Value(None)).place
            frame.locals[name] = unknown(reason, place)


def _same(one: Value, two: Value) -> bool:
    if one.data is two.data:
        return True
    first, second = plain(one), plain(two)
    if isinstance(first, Unknown) or isinstance(second, Unknown):
        return False
    return type(first) is type(second) and bool(first == second)


def execute_match(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    """Execute a ``match`` statement over literal, capture, sequence-free and or-patterns."""
    assert isinstance(node, ast.Match)  # noqa: S101 - narrows the type for the dispatcher

    subject = evaluate(interpreter, frame, node.subject)
    interpreter.watchers.note_match(interpreter, subject)
    for index, case in enumerate(node.cases):
        fits = _fits(interpreter, frame, case.pattern, subject)
        if fits and case.guard is not None:
            fits = operators.truth(evaluate(interpreter, frame, case.guard))
        if fits is None:
            bodies = [rest.body for rest in node.cases[index:]]
            undecided_branches(interpreter, frame, [*bodies, []], "what a match statement finds")
            return
        if fits:
            if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
                interpreter.watchers.note_fallback(interpreter, frame, case.body, subject)
            interpreter.execute(frame, case.body)
            return


def _fits(
    interpreter: Interpreter, frame: Frame, pattern: ast.pattern, subject: Value
) -> bool | None:

    if isinstance(pattern, ast.MatchValue | ast.MatchSingleton):
        if isinstance(pattern, ast.MatchValue):
            wanted = evaluate(interpreter, frame, pattern.value)
        else:
            wanted = Value(pattern.value)
        place = Place(frame.module.syntax, pattern)
        return operators.truth(comparisons.compare(ast.Eq(), subject, wanted, place))
    if isinstance(pattern, ast.MatchAs):
        fits = (
            True if pattern.pattern is None else _fits(interpreter, frame, pattern.pattern, subject)
        )
        if fits and pattern.name is not None:
            frame.locals[pattern.name] = subject
        return fits
    if isinstance(pattern, ast.MatchOr):
        outcomes = [_fits(interpreter, frame, part, subject) for part in pattern.patterns]
        if True in outcomes:
            return True
        return None if None in outcomes else False
    return None
