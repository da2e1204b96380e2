"""The probe's routes on FastAPI."""

from uuid import uuid4

from starlette.requests import Request

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
    Session,
)
from app.security.access import owner, policy, public, role, user
from app.security.bodies import form, upload
from app.security.context import context_of
from app.security.schemas import NumberedPage, Page
from app.security.versioning import Deprecation
from app.storage.objects import owned_by
from app.storage.paging import paginate, paginate_by_number
from app.storage.uploads import remove_upload
from tests.security.probe_objects import (
    FILE_TYPES,
    PLANTED,
    FileView,
    NewProbe,
    Probe,
    ProbeChanges,
    ProbeView,
    Seen,
    short_name,
)


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

    @router.post("/form", access=public, body=form("name"))
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
