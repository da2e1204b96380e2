"""Puts a row of any mapped class into the database, for tests made from the posture locks."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Column, TypeDecorator
from sqlalchemy.orm import Mapper, Session, class_mapper

from app.storage.base import Base, utc_now
from app.storage.models import User

_VALUES: dict[type, Any] = {
    str: "x",
    int: 1,
    float: 1.0,
    bool: False,
    bytes: b"x",
    datetime: utc_now(),
}


def plant(session: Session, model: type[Any], owner: UUID, attribute: str) -> UUID:
    """Add an object that belongs to ``owner`` and return its id.

    Columns without a default get a value of their type; what they refer to is planted as well.
    Skips the test, with the reason, when a column needs more than that.
    """
    values: dict[str, Any] = {attribute: owner}
    for column in class_mapper(model).columns:
        name = class_mapper(model).get_property_by_column(column).key
        if name not in values and _is_required(column):
            values[name] = _value(session, column, owner)
    planted = model(**values)
    session.add(planted)
    session.flush()
    key: UUID = planted.id
    return key


def _is_required(column: Column[Any]) -> bool:
    given = column.default is not None or column.server_default is not None
    return not (column.nullable or given)


def _value(session: Session, column: Column[Any], owner: UUID) -> Any:  # noqa: ANN401 - any column's value
    for key in column.foreign_keys:
        target = _mapper_of(key.column.table.name)
        if target.class_ is User:
            return owner
        return plant(session, target.class_, owner, "owner_id")
    plain = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    kind = plain.python_type
    if kind is UUID:
        return uuid4()
    if kind not in _VALUES:
        pytest.skip(f"cannot make up a value for {column}")
    return _VALUES[kind]


def _mapper_of(table: str) -> Mapper[Any]:
    return next(m for m in Base.registry.mappers if m.local_table.name == table)  # type: ignore[attr-defined]  # every local table here is a Table
