"""A small service on the real router, edge and database, whose resource no user ever deletes."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import create_engine
from starlette.testclient import TestClient

from app.dispatch import ClosedApplication, DeclaredRoutes
from app.project import PROJECT
from app.security.context import Principal
from app.security.edge import EdgePolicy, protect
from app.security.limiter_memory import MemoryLimiter
from app.storage.database import Database
from tests.security.probe_objects import PLANTED, Probe, ProbeBase, ProbeView
from tests.security.variant import SecureAPI

__all__ = ["PLANTED", "Probe", "ProbeBase", "ProbeView"]

ALICE: Final = Principal(str(uuid4()), str(uuid4()), "user")
BOB: Final = Principal(str(uuid4()), str(uuid4()), "user")
ADMIN: Final = Principal(str(uuid4()), str(uuid4()), "admin")
TOKENS: Final = {b"alice": ALICE, b"bob": BOB, b"admin": ADMIN}

_routes: Final[Any] = import_module(f"tests.security.probe_{PROJECT.framework}")
probe_router: Final = _routes.probe_router
other_router: Final = _routes.other_router
old_router: Final = _routes.old_router
unfit_router: Final = _routes.unfit_router
files_router: Final = _routes.files_router


class TokenTable:
    """An authenticator that knows the tokens above."""

    def cached(self, token: bytes) -> Principal | None:
        """Return the caller of a token."""
        return TOKENS.get(token)

    async def verify(self, token: bytes) -> Principal | None:
        """Return the caller of a token."""
        return TOKENS.get(token)


def probe_api(
    path: Path, *routers: DeclaredRoutes, kind: type[Any] = SecureAPI
) -> ClosedApplication:
    """Return the probe service without its edge, on a new SQLite file."""
    file = path / "probe.db"
    engine = create_engine(f"sqlite:///{file}")
    ProbeBase.metadata.create_all(engine)
    engine.dispose()
    api: ClosedApplication = kind(
        title="probe",
        routers=routers or (probe_router(), other_router()),
        database=Database(f"sqlite+aiosqlite:///{file}"),
        upload_bytes=1000,
        storage_bytes=1500,
    )
    return api


@contextmanager
def probe_client(path: Path, *routers: DeclaredRoutes, **edge: Any) -> Iterator[TestClient]:  # noqa: ANN401 - any field of EdgePolicy
    """Serve the probe behind its edge and return a client that sees server errors as answers."""
    api = probe_api(path, *routers)
    policy_ = EdgePolicy(
        limiter=MemoryLimiter(), authenticator=TokenTable(), force_https=False, **edge
    )
    app = protect(api, policy_)
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        yield client
        client.portal.call(api.database.close)  # type: ignore[union-attr]  # open inside the block


def bearer(token: str) -> dict[str, str]:
    """Return the header field of a token."""
    return {"Authorization": f"Bearer {token}"}
