"""Cursors are read to the character, and a page reads no more rows than it shows (OWASP API4)."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from app.security.paging import CURSOR_LENGTH, CURSOR_PATTERN, Cursor
from app.security.schemas import Page, PageQuery
from app.storage.paging import paginate
from tests.security.probe import Probe, ProbeView, probe_api

CURSOR = Cursor(datetime(2026, 7, 1, 12, 30, 15, 123456, UTC), UUID(int=2**128 - 1))


@pytest.mark.parametrize(
    "cursor",
    [
        CURSOR,
        Cursor(datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0)),
        Cursor(datetime(9960, 12, 31, 23, 59, 59, 999999, UTC), uuid4()),
    ],
)
def test_a_cursor_comes_back_as_it_was(cursor: Cursor) -> None:
    assert len(str(cursor)) == CURSOR_LENGTH
    assert Cursor.parse(str(cursor)) == cursor


@given(st.from_regex(CURSOR_PATTERN, fullmatch=True))
def test_every_text_that_the_document_allows_is_a_cursor(text: str) -> None:
    assert str(Cursor.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        str(CURSOR).replace("_", "/"),
        f"{CURSOR}=",
        f"{CURSOR}\n",
        f" {CURSOR}",
        str(CURSOR)[:-1],
        str(CURSOR)[:-4] + "====",
        "é" * CURSOR_LENGTH,
        "f" * CURSOR_LENGTH,
        str(Cursor(datetime(1969, 12, 31, 23, 59, tzinfo=UTC), uuid4())),
        str(Cursor(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), uuid4())),
    ],
)
def test_another_spelling_is_no_cursor(text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        Cursor.parse(text)


def test_a_page_reads_one_row_more_than_it_shows(tmp_path: Path) -> None:
    """The row more says that there is a next page; a whole table is never read."""
    api, owner = probe_api(tmp_path), uuid4()
    fetched = 0

    def count(*_: object) -> None:
        nonlocal fetched
        fetched += 1

    async def read() -> Page[ProbeView]:
        async with api.database.write() as session:
            session.add_all(Probe(owner_id=owner, name=str(number)) for number in range(9))
        async with api.database.read() as session:
            event.listen(Probe, "load", count)
            page = await paginate(session, select(Probe), PageQuery(limit=3), Page[ProbeView])
            event.remove(Probe, "load", count)
        await api.database.close()
        return page

    page = asyncio.run(read())
    assert len(page.items) == 3
    assert page.next_cursor is not None
    assert fetched == 4
