"""Checks that would refuse a secret's default, but that pydantic never shows it to."""

import ast
from typing import Final, Protocol

from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.values import Place, Value
from secaudit.frameworks import pydantic_validators as validators
from secaudit.frameworks.pydantic_fields import Field
from secaudit.frameworks.pydantic_guards import REFUSALS, Validated, tested
from secaudit.frameworks.pydantic_nodes import Node
from secaudit.frameworks.pydantic_texts import ConstraintError, InvalidError

_UNCHECKED: Final = "it sees given values only, never the default"
_EARLY: Final = "it looks at the given values, before defaults take their place"


class Checking(Validated, Protocol):
    """An object that is being built, and how it would check a value."""

    def checked(self, field: Field, value: Value) -> Value:
        """Return the value as it is taken.

        Raises:
            InvalidError: the value is not of the type, or breaks a constraint.
            ProgramError: a validator refuses it.
        """


def note_unseen(builder: Checking, field: Field, value: Value) -> None:
    """Note what would refuse a default if it were not for ``validate_default``."""
    if not isinstance(value.data, str):
        return
    try:
        builder.checked(field, value)
    except ConstraintError:
        _note(builder, field, None, _UNCHECKED)
    except InvalidError:
        return
    except ProgramError as error:
        if error.kind in REFUSALS:
            _note(builder, field, error.place, _UNCHECKED)


def note_unseen_by_model(
    builder: Validated, fields: dict[str, Field], nodes: dict[str, Node]
) -> None:
    """Note early validators of the model that would refuse a default if they were shown it."""
    for function in validators.early(builder):
        for name, field in fields.items():
            value = builder.instance.attributes[name]
            if name in nodes or not isinstance(value.data, str):
                continue
            try:
                validators.show(builder, function, {name: value})
            except ProgramError as error:
                if error.kind in REFUSALS and name in tested(builder.cls, error):
                    _note(builder, field, error.place, _EARLY)


def _note(builder: Validated, field: Field, place: Place | None, why: str) -> None:
    from secaudit.frameworks.guards import Guard  # noqa: PLC0415 - few checks are not run

    shown = field.place if place is None else _condition(place)
    guard = Guard(shown, (field.name,), decided=False, unseen=why)
    builder.interpreter.guards.append(guard)


def _condition(place: Place) -> Place:
    """Return the condition of the innermost ``if`` around a ``raise``, else the ``raise``."""
    found = place
    for node in ast.walk(place.module.tree):  # outer ones first
        if isinstance(node, ast.If) and any(
            one is place.node for statement in node.body for one in ast.walk(statement)
        ):
            found = place._replace(node=node.test)
    return found
