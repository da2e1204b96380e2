"""The evaluator: Python statements and expressions to values, bounded, never executing anything."""

from secaudit.evaluation.entry import Evaluated, Evaluator

__all__ = ["Evaluated", "Evaluator"]
