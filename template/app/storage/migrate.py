"""Brings a database to the newest revision of every branch, and says what it lacks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

from .database import begin_immediate, leave_transactions_to_us, prepare_directory

_HERE: Final = Path(__file__).parent
_BRANCHES: Final = (
    _HERE / "migrations" / "versions",
    _HERE.parent / "models" / "migrations" / "versions",
)
# What Alembic compares the database with; the owner's models package imports its own modules.
MODEL_MODULES: Final = ("app.storage.models", "app.storage.uploads", "app.models")
# Any number will do, as long as every process takes the same: replicas may migrate at once.
_LOCK: Final = 0x5EC0_A91


def upgrade(url: str) -> None:
    """Upgrade every branch to its head, one process at a time.

    Raises:
        SQLAlchemyError: the database does not answer or refuses a statement.
    """
    with _connect(url) as connection:
        command.upgrade(_config(connection), "heads")


def downgrade(url: str, revision: str) -> None:
    """Downgrade to ``revision``, such as ``core@base``."""
    with _connect(url) as connection:
        command.downgrade(_config(connection), revision)


def pending(url: str) -> frozenset[str]:
    """Return the heads that the database has not reached.

    Raises:
        SQLAlchemyError: the database does not answer.
    """
    with _connect(url) as connection:
        reached = set(MigrationContext.configure(connection).get_current_heads())
        heads = ScriptDirectory.from_config(_config(connection)).get_heads()
    return frozenset(heads) - reached


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE / "migrations"))
    config.set_main_option("path_separator", "newline")
    existing = [str(branch) for branch in _BRANCHES if branch.is_dir()]
    config.set_main_option("version_locations", "\n".join(existing))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connect(url: str) -> Iterator[Connection]:
    """Connect without asyncio: psycopg does both, SQLite by the standard library's driver."""
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite:
        parsed = parsed.set(drivername="sqlite")
        prepare_directory(parsed)
    engine = create_engine(parsed, poolclass=NullPool, hide_parameters=True)
    if sqlite:
        event.listen(engine, "connect", leave_transactions_to_us)
        event.listen(engine, "begin", begin_immediate)
    try:
        with engine.begin() as connection:
            if not sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection
    finally:
        engine.dispose()
