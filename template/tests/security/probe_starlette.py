"""The probe's routes on Starlette."""

from uuid import uuid4

from app.routing_starlette import (
    Download,
    IncomingFile,
    PageRequest,
    Request,
    Router,
    delete,
    get,
    patch,
    post,
)
from app.security.access import owner, policy, public, role, user
from app.security.bodies import form, upload
from app.security.context import context_of
from app.security.schemas import NumberedPage, NumberedPageQuery, Page, PageQuery
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

MINE = owner(Probe)
ONE, FILE = "/v1/probes/{probe_id}", "/v1/probes/{probe_id}/file"


async def create(request: Request[NewProbe]) -> ProbeView:
    probe = Probe(owner_id=request.caller_id, name=request.body.name)
    request.session.add(probe)
    await request.session.flush()
    if request.body.name == "explode":
        raise RuntimeError("after the row was written")
    return ProbeView.of(probe)


async def read_all(request: PageRequest) -> Page[ProbeView]:
    own = owned_by(Probe, request.caller_id)
    return await paginate(request.session, own, request.query, Page[ProbeView])


async def read(request: Request[None, Probe]) -> ProbeView:
    return ProbeView.of(request.object)


async def change(request: Request[ProbeChanges, Probe]) -> ProbeView:
    request.body.apply_to(request.object)
    return ProbeView.of(request.object)


async def remove(request: Request[None, Probe]) -> None:
    await request.session.delete(request.object)


def probe_router() -> Router:
    """Return routes of every kind."""
    return Router(
        post("/v1/probes", create, access=user, body=NewProbe, answer=ProbeView, status=201),
        get("/v1/probes", read_all, access=user, query=PageQuery, answer=Page[ProbeView]),
        get(ONE, read, access=MINE, answer=ProbeView),
        patch(ONE, change, access=MINE, body=ProbeChanges, answer=ProbeView),
        delete(ONE, remove, access=MINE),
        tags=["probes"],
    )


async def read_open(_request: Request) -> Seen:
    return Seen(user_id="anyone")


async def post_form(_request: Request[dict[str, str]]) -> None:
    return None


async def read_me(request: Request) -> Seen:
    assert context_of(request.http.scope).principal is request.caller
    return Seen(user_id=request.caller.user_id)


async def ping(_request: Request) -> Seen:
    return Seen(user_id="admin")


def other_router() -> Router:
    """Return the routes that are not about one's own objects."""
    admin, short = role("admin", Probe), policy(Probe, short_name)
    rename = "/v1/admin/probes/{probe_id}"
    return Router(
        get("/v1/open", read_open, access=public, answer=Seen),
        post("/v1/form", post_form, access=public, body=form("name")),
        get("/v1/me", read_me, access=user, answer=Seen),
        patch(rename, change, access=admin, body=ProbeChanges, answer=ProbeView),
        get("/v1/admin/ping", ping, access=role("admin"), answer=Seen),
        get("/v1/shared/{probe_id}", read, access=short, answer=ProbeView),
        tags=["other"],
    )


async def read_old(request: Request[None, None, NumberedPageQuery]) -> NumberedPage[ProbeView]:
    own = owned_by(Probe, request.caller_id)
    return await paginate_by_number(request.session, own, request.query, NumberedPage[ProbeView])


def old_router(deprecation: Deprecation) -> Router:
    """Return a deprecated list."""
    return Router(
        get(
            "/v0/probes",
            read_old,
            access=user,
            query=NumberedPageQuery,
            answer=NumberedPage[ProbeView],
            deprecation=deprecation,
        ),
        tags=["old"],
    )


async def read_dict(_request: Request) -> ProbeView:
    return {"id": PLANTED, "name": PLANTED * 20}  # type: ignore[return-value]  # the mistake under test


async def read_object(_request: Request) -> ProbeView:
    return ProbeView.of(Probe(id=uuid4(), name=PLANTED * 20))


def unfit_router() -> Router:
    """Return routes whose handlers answer what their models do not allow."""
    return Router(
        get("/v1/unfit/dict", read_dict, access=user, answer=ProbeView),
        get("/v1/unfit/object", read_object, access=user, answer=ProbeView),
        tags=["unfit"],
    )


async def store(request: Request[IncomingFile, Probe]) -> FileView:
    probe, caller = request.object, request.caller_id
    return FileView.of(await request.files.store(request.body, owner=caller, subject=probe))


async def read_file(request: Request[None, Probe]) -> Download:
    return Download(await request.files.read(request.object.id))


async def remove_file(request: Request[None, Probe]) -> None:
    await remove_upload(request.session, request.object.id)


def files_router() -> Router:
    """Return the routes of a probe's file."""
    file = upload(*FILE_TYPES)
    return Router(
        post(FILE, store, access=MINE, body=file, answer=FileView, status=201),
        get(FILE, read_file, access=MINE, answer=Download, produces=FILE_TYPES),
        delete(FILE, remove_file, access=MINE),
        tags=["files"],
    )
