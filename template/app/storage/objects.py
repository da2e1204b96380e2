"""Loads the object that a path names, if the access rule lets the caller touch it (OWASP API1)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.security.access import Access
from app.security.context import Principal
from app.security.logs import security_event
from app.security.problems import Problem


async def load(
    session: AsyncSession,
    access: Access,
    principal: Principal,
    identifier: str,
    *,
    for_update: bool = False,
) -> Any:  # noqa: ANN401 - an instance of access.model
    """Return the object with this id.

    Args:
        session: the transaction that reads it.
        access: a rule with a model.
        principal: the caller.
        identifier: the text in the path.
        for_update: lock the row until the transaction ends, where the database has row locks.

    Raises:
        Problem: 404 for an id that is malformed, unknown, or of an object that is not for this
            caller; the three answers are the same.
    """
    model, key = access.model, parse_id(identifier)
    if model is None:
        raise LookupError(f"{access.name} names no object")
    found = None
    if key is not None:
        found = await session.get(model, key, with_for_update=True if for_update else None)
    if found is None:
        raise Problem(404)
    if not access.permits(principal, found):
        security_event("object_denied", actor=principal.user_id, rule=access.name, object=key)
        raise Problem(404)
    return found


def owned_by(model: type[Any], owner: UUID, attribute: str = "owner_id") -> Select[Any]:
    """Return the statement that selects a caller's own objects and no others."""
    return select(model).where(getattr(model, attribute) == owner)


def parse_id(text: str) -> UUID | None:
    """Return the UUID of its canonical text (RFC 9562 section 4), else None."""
    try:
        key = UUID(text)
    except ValueError:
        return None
    return key if str(key) == text.lower() else None
