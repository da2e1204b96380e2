"""What a route must promise before it may exist; refused at import, with the reason."""

from collections.abc import Iterator
from typing import Final

from .paging import PAGE_MAX
from .routes import METHODS, Route, UnsafeRouteError
from .schemas import Listing, Output, unbounded

NO_CONTENT: Final = 204


def check(route: Route, *, status: int, produces: tuple[str, ...]) -> None:
    """Refuse a route whose declaration cannot be safe.

    Args:
        route: as it would enter the table.
        status: of its success.
        produces: media types of an answer that is not JSON.

    Raises:
        UnsafeRouteError: with every reason.
    """
    reasons = [
        *_access_faults(route),
        *_model_faults(route),
        *_answer_faults(route, status, produces),
    ]
    if reasons:
        lines = "".join(f"\n  - {reason}" for reason in reasons)
        raise UnsafeRouteError(f"{route.method} {route.path} in {route.module}:{lines}")


def _access_faults(route: Route) -> Iterator[str]:
    if route.method not in METHODS:
        yield f"the method must be one of {', '.join(sorted(METHODS))}"
    named = bool(route.parameters)
    if route.access.model is not None and not named:
        yield f"{route.access.name} needs a path that names the object, such as /{{item_id}}"
    if route.access.model is None and named and not route.access.anonymous:
        yield (
            f"the path names an object that {route.access.name!r} does not guard (API1); "
            "use owner(Model), policy(Model, decide) or role(name, Model)"
        )


def _model_faults(route: Route) -> Iterator[str]:
    if route.request_model is not None:
        yield from unbounded(route.request_model, incoming=True)
    if route.response_model is not None:
        yield from unbounded(route.response_model, incoming=False)


def _answer_faults(route: Route, status: int, produces: tuple[str, ...]) -> Iterator[str]:
    model = route.response_model
    if model is None:
        if status != NO_CONTENT and not produces:
            yield "the handler must say by its return annotation what it answers (API3)"
        return
    if not issubclass(model, Output):
        yield f"{model.__name__} must derive from Output, so that it shows its own fields only"
    if not issubclass(model, Listing) or model.__pydantic_generic_metadata__["origin"] is Listing:
        return
    if route.page_limit is None or route.page_limit > PAGE_MAX:
        yield f"a page needs a query with a limit of at most {PAGE_MAX}, such as PageQuery"
