"""Reads one page of a statement: newest first, by a key that new objects do not move."""

from typing import Any, TypeVar

from sqlalchemy import Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.security.paging import Cursor
from app.security.schemas import NumberedPage, NumberedPageQuery, Page, PageQuery

PageT = TypeVar("PageT", bound=Page[Any])
NumberedPageT = TypeVar("NumberedPageT", bound=NumberedPage[Any])


async def paginate(
    session: AsyncSession, statement: Select[Any], query: PageQuery, page: type[PageT]
) -> PageT:
    """Return the page after the query's cursor.

    Args:
        session: the transaction that reads it.
        statement: selects one mapped class with ``id`` and ``created_at``, already filtered.
        query: limit and cursor.
        page: such as ``Page[ItemView]``; the view shows each object by its attributes.
    """
    model = statement.column_descriptions[0]["entity"]
    key = (model.created_at, model.id)
    if query.cursor is not None:
        last = Cursor.parse(query.cursor)
        # Literals get the columns' types, so that both databases compare them as they store them.
        bound = tuple_(last.created_at, last.id, types=[column.type for column in key])
        statement = statement.where(tuple_(*key) < bound)
    statement = statement.order_by(*(column.desc() for column in key)).limit(query.limit + 1)
    found = (await session.scalars(statement)).all()
    shown = found[: query.limit]
    more = len(found) > query.limit
    following = str(Cursor(shown[-1].created_at, shown[-1].id)) if more else None
    return page.model_validate({"items": shown, "next_cursor": following})


async def paginate_by_number(
    session: AsyncSession,
    statement: Select[Any],
    query: NumberedPageQuery,
    page: type[NumberedPageT],
) -> NumberedPageT:
    """Return the page with the query's number; for deprecated versions, see ``paginate``."""
    model = statement.column_descriptions[0]["entity"]
    statement = (
        statement.order_by(model.created_at.desc(), model.id.desc())
        .limit(query.limit)
        .offset((query.page - 1) * query.limit)
    )
    found = (await session.scalars(statement)).all()
    return page.model_validate({"items": found, "page": query.page, "limit": query.limit})
