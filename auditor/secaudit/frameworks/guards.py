"""Selectors that choose an environment, guards that refuse to start, and fallbacks around them."""

import ast

from secaudit.evaluation.runtime import Frame, Interpreter
from secaudit.evaluation.values import Value
from secaudit.facts import Setting


def note_if(interpreter: Interpreter, frame: Frame, node: ast.If, condition: Value) -> None:
    """Note what an ``if`` says about selectors and guards."""
    del interpreter, frame, node, condition


def note_match(interpreter: Interpreter, frame: Frame, node: ast.Match, subject: Value) -> None:
    """Note what a ``match`` says about selectors."""
    del interpreter, frame, node, subject


def note_try(interpreter: Interpreter, frame: Frame, node: ast.Try | ast.TryStar) -> None:
    """Note a handler that would replace the settings."""
    del interpreter, frame, node


def observe(interpreter: Interpreter, settings: tuple[Setting, ...]) -> None:
    """Note guards and selectors with what they decide about the settings."""
    del interpreter, settings
