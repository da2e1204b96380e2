"""Items, version 2: lists go from page to page by a cursor."""

from app.api.v1.items import ItemView
from app.models import Item
from app.routing_fastapi import CallerId, Paging, Router, Session
from app.security.access import user
from app.security.schemas import Page
from app.storage.objects import owned_by
from app.storage.paging import paginate

router = Router("/v2/items", tags=["items"])


@router.get("", access=user)
async def list_items(query: Paging, caller: CallerId, session: Session) -> Page[ItemView]:
    """List the caller's items, newest first."""
    return await paginate(session, owned_by(Item, caller), query, Page[ItemView])
