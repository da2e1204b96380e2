"""Items, version 1: the example resource. Copy it, rename it, delete it."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from app.models import Item
from app.routing_starlette import (
    Download,
    IncomingFile,
    Request,
    Router,
    delete,
    get,
    patch,
    post,
)
from app.security.access import owner, user
from app.security.bodies import upload
from app.security.schemas import UNSET, Changes, Input, NumberedPage, NumberedPageQuery, Output
from app.security.versioning import Deprecation
from app.storage.objects import owned_by
from app.storage.paging import paginate_by_number
from app.storage.uploads import remove_upload

ATTACHMENT_TYPES = ("application/octet-stream", "application/pdf", "image/jpeg", "image/png")
FILE = upload(*ATTACHMENT_TYPES)
REPLACED = Deprecation(since=datetime(2026, 1, 1, tzinfo=UTC), successor="/v2/items")

Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Description = Annotated[str, StringConstraints(max_length=2000)]


class NewItem(Input):
    """What a caller says of a new item."""

    title: Title
    description: Description = ""


class ItemChanges(Changes):
    """What a caller may change of an item."""

    title: Title = UNSET
    description: Description = UNSET


class ItemView(Output):
    """What a caller sees of an item."""

    id: UUID
    title: Title
    description: Description
    created_at: datetime


class AttachmentView(Output):
    """What a caller sees of an attachment beside its bytes."""

    id: UUID
    size: int
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$", max_length=64)]


async def create_item(request: Request[NewItem]) -> ItemView:
    """Create an item that belongs to the caller."""
    item = Item(owner_id=request.caller_id, **request.body.model_dump())
    request.session.add(item)
    await request.session.flush()
    return ItemView.of(item)


async def list_items(
    request: Request[None, None, NumberedPageQuery],
) -> NumberedPage[ItemView]:
    """List the caller's items, newest first."""
    own = owned_by(Item, request.caller_id)
    return await paginate_by_number(request.session, own, request.query, NumberedPage[ItemView])


async def read_item(request: Request[None, Item]) -> ItemView:
    """Read one of the caller's items."""
    return ItemView.of(request.object)


async def change_item(request: Request[ItemChanges, Item]) -> ItemView:
    """Change the fields that are sent."""
    request.body.apply_to(request.object)
    return ItemView.of(request.object)


async def delete_item(request: Request[None, Item]) -> None:
    """Delete an item and its attachment."""
    await remove_upload(request.session, request.object.id)
    await request.session.delete(request.object)


async def attach_file(request: Request[IncomingFile, Item]) -> AttachmentView:
    """Attach a file to an item that has none."""
    item, caller = request.object, request.caller_id
    return AttachmentView.of(await request.files.store(request.body, owner=caller, subject=item))


async def read_attachment(request: Request[None, Item]) -> Download:
    """Download the file of an item."""
    return Download(await request.files.read(request.object.id))


ITEM, ATTACHMENT = "/v1/items/{item_id}", "/v1/items/{item_id}/attachment"
MINE = owner(Item)

router = Router(
    post("/v1/items", create_item, access=user, body=NewItem, answer=ItemView, status=201),
    get(
        "/v1/items",
        list_items,
        access=user,
        query=NumberedPageQuery,
        answer=NumberedPage[ItemView],
        deprecation=REPLACED,
    ),
    get(ITEM, read_item, access=MINE, answer=ItemView),
    patch(ITEM, change_item, access=MINE, body=ItemChanges, answer=ItemView),
    delete(ITEM, delete_item, access=MINE),
    post(
        ATTACHMENT,
        attach_file,
        access=MINE,
        body=FILE,
        answer=AttachmentView,
        status=201,
        errors=(409,),
    ),
    get(ATTACHMENT, read_attachment, access=MINE, answer=Download, produces=ATTACHMENT_TYPES),
    tags=["items"],
)
