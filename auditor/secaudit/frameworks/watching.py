"""Looks at code as it runs for facts that are no values: guards, selectors, missing checks.

Each function loads what it needs, since little code has such a statement.
"""

import ast

from secaudit.evaluation.control import Frame
from secaudit.evaluation.runtime import Call, Fallback, Interpreter
from secaudit.evaluation.values import ClassData, FunctionData, Value
from secaudit.facts import Setting, Unknown

_KEYS = frozenset({"signing.secret", "encryption.key"})


def note_function(interpreter: Interpreter, frame: Frame, function: FunctionData) -> None:
    """Look at a function definition: decorators register middleware and limits."""
    if getattr(function.node, "decorator_list", None):
        from secaudit.frameworks import starlette  # noqa: PLC0415 - only decorated code needs it

        starlette.note_decorated(interpreter, frame, function)
    body = function.node.body
    if isinstance(body, list) and any(isinstance(one, ast.Return) for one in body[:-1]):
        from secaudit.frameworks import guards  # noqa: PLC0415 - little code is dead

        guards.note_dead(interpreter, function)


def note_condition(interpreter: Interpreter, frame: Frame, node: ast.If, condition: Value) -> None:
    """Look at an ``if``: selectors, guards, and checks that do not take place."""
    from secaudit.frameworks import guards  # noqa: PLC0415 - only code with conditions needs it

    guards.note_if(interpreter, frame, node, condition)
    if not frame.is_module():
        from secaudit.frameworks import open_gates  # noqa: PLC0415 - checks stand in functions

        open_gates.note_if(interpreter, frame, node)


def note_assert(
    interpreter: Interpreter, frame: Frame, node: ast.Assert, *, holds: bool | None, runs: bool
) -> None:
    """Look at an ``assert``, a guard unless Python is told to remove it."""
    from secaudit.frameworks import guards  # noqa: PLC0415 - only code with conditions needs it

    guards.note_assert(interpreter, frame, node, holds=holds, runs=runs)


def note_match(interpreter: Interpreter, subject: Value) -> None:
    """Look at a ``match``: selectors."""
    from secaudit.frameworks import guards  # noqa: PLC0415 - only code with conditions needs it

    guards.note_match(interpreter, subject)


def note_choice(call: Call, default: Value, *, known: bool) -> None:
    """Look at ``mapping.get(name, default)``: a settings class chosen by name."""
    if isinstance(default.data, ClassData):
        from secaudit.frameworks import guards  # noqa: PLC0415 - only such code needs it

        guards.choose_class(call, default, known=known)


def note_fallback(
    interpreter: Interpreter, frame: Frame, body: list[ast.stmt], chosen_by: Value
) -> None:
    """Look at an ``else`` or ``case _`` that runs because no value before it fits."""
    if chosen_by.variables:
        from secaudit.frameworks import guards  # noqa: PLC0415 - only code that selects needs it

        guards.note_fallback(interpreter, frame, body, chosen_by)


def find_fallback(
    interpreter: Interpreter, frame: Frame, node: ast.Try | ast.TryStar
) -> Fallback | None:
    """Return a handler that puts other settings in the place of refused ones."""
    from secaudit.frameworks import settings_fallbacks  # noqa: PLC0415 - only code with handlers

    return settings_fallbacks.find(interpreter, frame, node)


def note_try(
    interpreter: Interpreter, frame: Frame, fallback: Fallback, made: Value | None
) -> None:
    """Look at a ``try`` with such a handler that does not raise."""
    from secaudit.frameworks import settings_fallbacks  # noqa: PLC0415 - see find_fallback

    settings_fallbacks.note(interpreter, frame, fallback, made)


def note_refused(interpreter: Interpreter, frame: Frame, fallback: Fallback) -> None:
    """Look at a ``try`` with such a handler whose settings are refused."""
    from secaudit.frameworks import settings_fallbacks  # noqa: PLC0415 - see find_fallback

    settings_fallbacks.note_refused(interpreter, frame, fallback)


def observe(interpreter: Interpreter, settings: tuple[Setting, ...]) -> None:
    """Note facts about the collected settings: guards, selectors, generated and shown secrets."""
    if interpreter.tested or interpreter.fallbacks or interpreter.guards:
        from secaudit.frameworks import guards  # noqa: PLC0415 - only code with conditions

        guards.observe(interpreter, settings)
    if interpreter.shown or any(isinstance(one.value, Unknown) for one in settings):
        from secaudit.frameworks import secrets_shown  # noqa: PLC0415 - only such code needs it

        secrets_shown.observe(interpreter, settings)
    empty = [one for one in settings if one.value == "" and not one.group and one.concept in _KEYS]
    if empty:
        from secaudit.frameworks import truth_tests  # noqa: PLC0415 - few keys are empty

        truth_tests.observe(interpreter, empty)
