"""Brings a database to the newest revision of every branch, and says what it lacks."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
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


def draft(url: str, message: str) -> Path:
    """Write a revision on the ``app`` branch that brings an up-to-date database to the models.

    Raises:
        CommandError: the database is not up to date.
        SQLAlchemyError: the database does not answer.
    """
    own = _BRANCHES[1]
    own.mkdir(parents=True, exist_ok=True)
    with _connect(url) as connection:
        config = _config(connection)
        _format_drafts(config)
        script = ScriptDirectory.from_config(config)
        core = next(h for h in script.get_heads() if "core" in script.get_revision(h).branch_labels)
        started = any("app" in script.get_revision(h).branch_labels for h in script.get_heads())
        made = command.revision(
            config,
            message,
            autogenerate=True,
            head="app@head" if started else "base",
            branch_label=None if started else "app",
            depends_on=None if started else core,
            version_path=str(own),
        )
    if not isinstance(made, Script):
        raise TypeError("a draft is one revision")
    return Path(made.path)


def downgrade(url: str, revision: str) -> None:
    """Downgrade to ``revision``, such as ``core@base``."""
    with _connect(url) as connection:
        command.downgrade(_config(connection), revision)


def pending(url: str) -> frozenset[str]:
    """Return the heads that the database has not reached.

    Raises:
        CommandError: the database has a revision that the project does not know.
        SQLAlchemyError: the database does not answer.
    """
    with _connect(url) as connection:
        stamped = MigrationContext.configure(connection).get_current_heads()
        script = ScriptDirectory.from_config(_config(connection))
        # A revision that another one depends on is not stamped, but it is reached.
        reached = {found.revision for found in script.get_all_current(stamped)}
    return frozenset(script.get_heads()) - reached


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE / "migrations"))
    config.set_main_option("path_separator", "newline")
    existing = [str(branch) for branch in _BRANCHES if branch.is_dir()]
    config.set_main_option("version_locations", "\n".join(existing))
    config.attributes["connection"] = connection
    return config


def _format_drafts(config: Config) -> None:
    """Let a draft pass the project's own lint, where its formatter is installed."""
    if find_spec("ruff") is not None:
        hook = {"hooks": "ruff", "ruff.type": "module", "ruff.module": "ruff"}
        hook["ruff.options"] = "format --quiet REVISION_SCRIPT_FILENAME"
        for name, value in hook.items():
            config.set_section_option("post_write_hooks", name, value)


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
