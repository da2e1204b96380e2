"""Items, version 2: lists go from page to page by a cursor."""

from app.models import Item
from app.routes.v1.items import ItemView
from app.routing_starlette import PageRequest, Router, get
from app.security.access import user
from app.security.schemas import Page, PageQuery
from app.storage.objects import owned_by
from app.storage.paging import paginate


async def list_items(request: PageRequest) -> Page[ItemView]:
    """List the caller's items, newest first."""
    own = owned_by(Item, request.caller_id)
    return await paginate(request.session, own, request.query, Page[ItemView])


router = Router(
    get("/v2/items", list_items, access=user, query=PageQuery, answer=Page[ItemView]),
    tags=["items"],
)
