"""The database: what SQLite needs to be told, whole transactions, migrations up and down."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect, make_url, select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app.storage import migrate
from app.storage.base import utc_now
from app.storage.database import Database
from app.storage.models import AuthSession, User
from tests.security.accounts import on_both_databases


def run(url: str, work: Any) -> Any:  # noqa: ANN401 - whatever the work returns
    """Run ``work(database)`` on a database of its own loop."""

    async def wrapped() -> Any:  # noqa: ANN401 - whatever the work returns
        database = Database(url)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(wrapped())


def test_sqlite_is_told_what_it_does_not_do_by_itself(tmp_path: Path) -> None:
    async def pragmas(database: Database) -> list[Any]:
        async with database.read() as session:
            names = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
            return [await session.scalar(text(f"PRAGMA {name}")) for name in names]

    assert run(f"sqlite+aiosqlite:///{tmp_path}/x.db", pragmas) == ["wal", 1, 10_000, 1]


def test_the_directory_of_the_database_is_private(tmp_path: Path) -> None:
    migrate.upgrade(f"sqlite+aiosqlite:///{tmp_path}/data/app.db")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@on_both_databases
def test_foreign_keys_are_enforced(database_url: str) -> None:
    async def orphan(database: Database) -> None:
        async with database.write() as session:
            session.add(AuthSession(user_id=uuid4(), client="x", expires_at=utc_now()))

    with pytest.raises(IntegrityError):
        run(database_url, orphan)


@on_both_databases
def test_a_block_that_raises_leaves_nothing(database_url: str) -> None:
    async def fail(database: Database) -> int:
        async def write() -> None:
            async with database.write() as session:
                session.add(User(email="a@example.com", password_hash="x"))
                await session.flush()
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await write()
        async with database.read() as session:
            return len((await session.scalars(select(User))).all())

    assert run(database_url, fail) == 0


@on_both_databases
def test_a_cancelled_block_leaves_nothing_and_returns_its_connection(database_url: str) -> None:
    async def cancel(database: Database) -> int:
        async def write() -> None:
            async with database.write() as session:
                session.add(User(email="a@example.com", password_hash="x"))
                await session.flush()
                await asyncio.sleep(10)

        for _ in range(30):  # more than there are connections
            task = asyncio.create_task(write())
            await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with database.read() as session:
            return len((await session.scalars(select(User))).all())

    assert run(database_url, cancel) == 0


@on_both_databases
def test_readers_that_write_later_do_not_lose_updates(database_url: str) -> None:
    """Twenty read-modify-writes at once: each waits for the one before it, and none fails."""

    async def count(database: Database) -> int:
        async with database.write() as session:
            user = User(email="a@example.com", password_hash="x")
            session.add(user)

        async def increment() -> None:
            async with database.write() as session:
                row = await session.get_one(User, user.id, with_for_update=True)
                before = row.tokens_not_before
                await asyncio.sleep(0.001)
                row.tokens_not_before = before + 1

        await asyncio.gather(*(increment() for _ in range(20)))
        async with database.read() as session:
            return (await session.get_one(User, user.id)).tokens_not_before

    assert run(database_url, count) == 20


@on_both_databases
def test_moments_are_aware_and_a_naive_one_is_refused(database_url: str) -> None:
    async def store(database: Database) -> None:
        async def add(email: str, moment: datetime) -> None:
            async with database.write() as session:
                session.add(User(email=email, password_hash="x", created_at=moment))

        now = utc_now()
        await add("a@example.com", now)
        async with database.read() as session:
            assert (await session.scalars(select(User.created_at))).one() == now
        with pytest.raises(SQLAlchemyError, match="zone"):
            await add("b@example.com", now.replace(tzinfo=None))

    run(database_url, store)


@on_both_databases
def test_errors_of_the_database_hold_no_parameters(database_url: str) -> None:
    async def collide(database: Database) -> str:
        for _ in range(2):
            async with database.write() as session:
                session.add(User(email="a@example.com", password_hash="hunter2hunter2"))
        return ""

    with pytest.raises(IntegrityError) as caught:
        run(database_url, collide)
    assert "hunter2" not in str(caught.value)


@on_both_databases
def test_migrations_go_up_and_down_and_up(database_url: str) -> None:
    assert migrate.pending(database_url) == frozenset()
    migrate.downgrade(database_url, "base")
    assert _tables(database_url) <= {"alembic_version"}
    assert migrate.pending(database_url)
    migrate.upgrade(database_url)
    assert migrate.pending(database_url) == frozenset()


@on_both_databases
def test_migrations_make_what_the_models_say(database_url: str) -> None:
    with migrate._connect(database_url) as connection:  # noqa: SLF001 - Alembic's own check needs it
        command.check(migrate._config(connection))  # noqa: SLF001 - Alembic's own check needs it


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_processes_that_migrate_at_once_take_turns(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/x.db"
    if name == "postgresql":
        url = request.getfixturevalue("postgresql")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate.upgrade, [url] * 3))
    assert migrate.pending(url) == frozenset()


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/x.db"
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "broken.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        'revision = "broken_1"\ndown_revision = None\nbranch_labels = ("broken",)\n'
        "depends_on = None\n"
        "def upgrade():\n"
        '    op.create_table("half", sa.Column("id", sa.Integer()))\n'
        '    op.execute("NOT SQL")\n'
    )
    monkeypatch.setattr(migrate, "_BRANCHES", (versions,))
    with pytest.raises(SQLAlchemyError):
        migrate.upgrade(url)
    assert "half" not in _tables(url)


def _tables(url: str) -> set[str]:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        parsed = parsed.set(drivername="sqlite")
    engine = create_engine(parsed)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()
