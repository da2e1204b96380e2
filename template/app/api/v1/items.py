"""Items, version 1: the example resource. Copy it, rename it, delete it."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from app.models import Item
from app.routing_fastapi import (
    CallerId,
    Download,
    File,
    Files,
    Loaded,
    NumberedPaging,
    Router,
    Session,
)
from app.security.access import owner, user
from app.security.bodies import upload
from app.security.schemas import UNSET, Changes, Input, NumberedPage, Output
from app.security.versioning import Deprecation
from app.storage.objects import owned_by
from app.storage.paging import paginate_by_number
from app.storage.uploads import remove_upload

router = Router("/v1/items", tags=["items"])

ATTACHMENT_TYPES = ("application/octet-stream", "application/pdf", "image/jpeg", "image/png")

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


@router.post("", access=user, status=201)
async def create_item(new: NewItem, caller: CallerId, session: Session) -> ItemView:
    """Create an item that belongs to the caller."""
    item = Item(owner_id=caller, **new.model_dump())
    session.add(item)
    await session.flush()
    return ItemView.of(item)


@router.get(
    "",
    access=user,
    deprecation=Deprecation(since=datetime(2026, 1, 1, tzinfo=UTC), successor="/v2/items"),
)
async def list_items(
    query: NumberedPaging, caller: CallerId, session: Session
) -> NumberedPage[ItemView]:
    """List the caller's items, newest first."""
    return await paginate_by_number(session, owned_by(Item, caller), query, NumberedPage[ItemView])


@router.get("/{item_id}", access=owner(Item))
async def read_item(item: Loaded[Item]) -> ItemView:
    """Read one of the caller's items."""
    return ItemView.of(item)


@router.patch("/{item_id}", access=owner(Item))
async def change_item(item: Loaded[Item], changes: ItemChanges) -> ItemView:
    """Change the fields that are sent."""
    changes.apply_to(item)
    return ItemView.of(item)


@router.delete("/{item_id}", access=owner(Item))
async def delete_item(item: Loaded[Item], session: Session) -> None:
    """Delete an item and its attachment."""
    await remove_upload(session, item.id)
    await session.delete(item)


@router.post(
    "/{item_id}/attachment",
    access=owner(Item),
    body=upload(*ATTACHMENT_TYPES),
    status=201,
    errors=(409,),
)
async def attach_file(
    item: Loaded[Item], caller: CallerId, file: File, files: Files
) -> AttachmentView:
    """Attach a file to an item that has none."""
    return AttachmentView.of(await files.store(file, owner=caller, subject=item))


@router.get("/{item_id}/attachment", access=owner(Item), produces=ATTACHMENT_TYPES)
async def read_attachment(item: Loaded[Item], files: Files) -> Download:
    """Download the file of an item."""
    return Download(await files.read(item.id))
