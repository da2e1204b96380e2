"""The engine and its units of work: one transaction each, committed or rolled back as a whole."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, event, func, make_url, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

# How long a writer waits for another before it fails, on SQLite.
_BUSY_SECONDS: Final = 10
_CONNECT_SECONDS: Final = 5

# At debug level the driver logs every statement with its parameters: addresses, hashes.
logging.getLogger("aiosqlite").setLevel(logging.INFO)


class Database:
    """One database, reached by units of work.

    Args:
        url: an SQLAlchemy URL of the drivers aiosqlite or psycopg.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(make_url(url))
        writer = self.engine.execution_options(sqlite_write=True)
        self._reading = async_sessionmaker(self.engine, expire_on_commit=False)
        self._writing = async_sessionmaker(writer, expire_on_commit=False)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        """Open a transaction that only reads."""
        async with self._reading() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncSession]:
        """Open a transaction that commits when the block ends, and rolls back when it raises.

        On SQLite it takes the write lock at once: a transaction that reads first and writes later
        fails, without waiting, when another has written in between.
        """
        async with self._writing.begin() as session:
            yield session

    def session(self, *, write: bool) -> AsyncSession:
        """Return a session whose transaction begins with its first statement.

        Who asks for it ends it; ``read`` and ``write`` do that by themselves.
        """
        return self._writing() if write else self._reading()

    async def ping(self) -> None:
        """Ask the database for nothing.

        Raises:
            SQLAlchemyError: it does not answer.
        """
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


async def take_turns(session: AsyncSession, what: str) -> None:
    """Wait for other transactions that take turns at ``what``; the turn lasts to this one's end.

    Rows that each of several transactions has locked already would be a deadlock. On SQLite every
    transaction that writes has the whole database to itself.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(what))))


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(
            url,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            pool_timeout=_CONNECT_SECONDS,
            connect_args={"connect_timeout": _CONNECT_SECONDS},
            hide_parameters=True,
        )
    prepare_directory(url)
    engine = create_async_engine(url, connect_args={"timeout": _BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def prepare_directory(url: URL) -> None:
    """Make the directory of an SQLite file, for its owner alone, where that is possible.

    Where it is not, opening the file fails like any database that does not answer.
    """
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        with suppress(OSError):
            Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def leave_transactions_to_us(connection: DBAPIConnection, _record: object) -> None:
    """Keep SQLite's driver from beginning transactions late and from committing before DDL."""
    connection.isolation_level = None


def begin_immediate(connection: Connection) -> None:
    """Begin a transaction of SQLite with its write lock."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _configure_sqlite(connection: DBAPIConnection, record: object) -> None:
    leave_transactions_to_us(connection, record)
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # With WAL this survives a killed process; only a power cut can lose the last transactions.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("sqlite_write"):
        begin_immediate(connection)
    else:
        connection.exec_driver_sql("BEGIN")
