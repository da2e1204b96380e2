"""A small service on the real router, edge and database, whose resource no user ever deletes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from pydantic import StringConstraints
from sqlalchemy import String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.requests import Request
from starlette.testclient import TestClient

from app.routing_fastapi import (
    Caller,
    CallerId,
    Download,
    File,
    Files,
    Loaded,
    NumberedPaging,
    Paging,
    Router,
    SecureAPI,
    Session,
)
from app.security.access import owner, policy, public, role, user
from app.security.bodies import form, upload
from app.security.context import Principal, context_of
from app.security.edge import EdgePolicy, protect
from app.security.limiter_memory import MemoryLimiter
from app.security.schemas import UNSET, Changes, Input, NumberedPage, Output, Page
from app.security.versioning import Deprecation
from app.storage.base import UtcDateTime, utc_now
from app.storage.database import Database
from app.storage.objects import owned_by
from app.storage.paging import paginate, paginate_by_number
from app.storage.uploads import remove_upload

ALICE: Final = Principal(str(uuid4()), str(uuid4()), "user")
BOB: Final = Principal(str(uuid4()), str(uuid4()), "user")
ADMIN: Final = Principal(str(uuid4()), str(uuid4()), "admin")
PLANTED: Final = "planted-secret"
FILE_TYPES: Final = ("application/pdf", "image/png")
TOKENS: Final = {b"alice": ALICE, b"bob": BOB, b"admin": ADMIN}


class ProbeBase(DeclarativeBase):
    """Keeps the probe's table out of the service's metadata."""


class Probe(ProbeBase):
    """Something with an owner."""

    __tablename__ = "probes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(50))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


Name = Annotated[str, StringConstraints(min_length=1, max_length=50)]


class NewProbe(Input):
    """What may be sent."""

    name: Name


class ProbeChanges(Changes):
    """What may be changed."""

    name: Name = UNSET


class ProbeView(Output):
    """What is shown."""

    id: UUID
    name: Name


class Seen(Output):
    """What a handler saw of its caller."""

    user_id: Annotated[str, StringConstraints(max_length=36)]


class FileView(Output):
    """What is shown of a file."""

    id: UUID
    size: int
    sha256: Annotated[str, StringConstraints(max_length=64)]


def short_name(_principal: Principal, probe: Probe) -> bool:
    """Allow any caller an object with a short name."""
    return len(probe.name) <= 3


def probe_router() -> Router:
    """Return routes of every kind."""
    router = Router("/v1/probes", tags=["probes"])

    @router.post("", access=user, status=201)
    async def create(new: NewProbe, caller: CallerId, session: Session) -> ProbeView:
        probe = Probe(owner_id=caller, name=new.name)
        session.add(probe)
        await session.flush()
        if new.name == "explode":
            raise RuntimeError("after the row was written")
        return ProbeView.of(probe)

    @router.get("", access=user)
    async def read_all(query: Paging, caller: CallerId, session: Session) -> Page[ProbeView]:
        return await paginate(session, owned_by(Probe, caller), query, Page[ProbeView])

    @router.get("/{probe_id}", access=owner(Probe))
    async def read(probe: Loaded[Probe]) -> ProbeView:
        return ProbeView.of(probe)

    @router.patch("/{probe_id}", access=owner(Probe))
    async def change(probe: Loaded[Probe], changes: ProbeChanges) -> ProbeView:
        changes.apply_to(probe)
        return ProbeView.of(probe)

    @router.delete("/{probe_id}", access=owner(Probe))
    async def delete(probe: Loaded[Probe], session: Session) -> None:
        await session.delete(probe)

    return router


def other_router() -> Router:
    """Return the routes that are not about one's own objects."""
    router = Router("/v1", tags=["other"])

    @router.get("/open", access=public)
    async def read_open() -> Seen:
        return Seen(user_id="anyone")

    @router.post("/form", access=public, body=form())
    async def post_form() -> None:
        return None

    @router.get("/me", access=user)
    async def read_me(request: Request, caller: Caller) -> Seen:
        assert context_of(request.scope).principal is caller
        return Seen(user_id=caller.user_id)

    @router.patch("/admin/probes/{probe_id}", access=role("admin", Probe))
    async def rename(probe: Loaded[Probe], changes: ProbeChanges) -> ProbeView:
        changes.apply_to(probe)
        return ProbeView.of(probe)

    @router.get("/admin/ping", access=role("admin"))
    async def ping() -> Seen:
        return Seen(user_id="admin")

    @router.get("/shared/{probe_id}", access=policy(Probe, short_name))
    async def read_shared(probe: Loaded[Probe]) -> ProbeView:
        return ProbeView.of(probe)

    return router


def old_router(deprecation: Deprecation) -> Router:
    """Return a deprecated list."""
    router = Router("/v0/probes", tags=["old"])

    @router.get("", access=user, deprecation=deprecation)
    async def read_old(
        query: NumberedPaging, caller: CallerId, session: Session
    ) -> NumberedPage[ProbeView]:
        return await paginate_by_number(
            session, owned_by(Probe, caller), query, NumberedPage[ProbeView]
        )

    return router


def unfit_router() -> Router:
    """Return routes whose handlers answer what their models do not allow."""
    router = Router("/v1/unfit", tags=["unfit"])

    @router.get("/dict", access=user)
    async def read_dict() -> ProbeView:
        return {"id": PLANTED, "name": PLANTED * 20}  # type: ignore[return-value]  # the mistake under test

    @router.get("/object", access=user)
    async def read_object() -> ProbeView:
        return ProbeView.of(Probe(id=uuid4(), name=PLANTED * 20))

    return router


def files_router() -> Router:
    """Return the routes of a probe's file."""
    router = Router("/v1/probes", tags=["files"])

    @router.post("/{probe_id}/file", access=owner(Probe), body=upload(*FILE_TYPES), status=201)
    async def store(probe: Loaded[Probe], caller: CallerId, file: File, files: Files) -> FileView:
        return FileView.of(await files.store(file, owner=caller, subject=probe))

    @router.get("/{probe_id}/file", access=owner(Probe), produces=FILE_TYPES)
    async def read(probe: Loaded[Probe], files: Files) -> Download:
        return Download(await files.read(probe.id))

    @router.delete("/{probe_id}/file", access=owner(Probe))
    async def remove(probe: Loaded[Probe], session: Session) -> None:
        await remove_upload(session, probe.id)

    return router


class TokenTable:
    """An authenticator that knows the tokens above."""

    def cached(self, token: bytes) -> Principal | None:
        """Return the caller of a token."""
        return TOKENS.get(token)

    async def verify(self, token: bytes) -> Principal | None:
        """Return the caller of a token."""
        return TOKENS.get(token)


def probe_api(path: Path, *routers: Router) -> SecureAPI:
    """Return the probe service without its edge, on a new SQLite file."""
    file = path / "probe.db"
    engine = create_engine(f"sqlite:///{file}")
    ProbeBase.metadata.create_all(engine)
    engine.dispose()
    return SecureAPI(
        title="probe",
        routers=routers or (probe_router(), other_router()),
        database=Database(f"sqlite+aiosqlite:///{file}"),
        upload_bytes=1000,
        storage_bytes=1500,
    )


@contextmanager
def probe_client(path: Path, *routers: Router, **edge: Any) -> Iterator[TestClient]:  # noqa: ANN401 - any field of EdgePolicy
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
