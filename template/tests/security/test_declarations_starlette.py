"""Declarations that cannot be safe are refused at import, on Starlette."""

from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field
from starlette.testclient import TestClient

from app.routing_starlette import (
    Download,
    IncomingFile,
    PageRequest,
    Request,
    Router,
    SecureAPI,
    get,
    post,
)
from app.security.access import owner, public, role, user
from app.security.bodies import form, upload
from app.security.edge import EdgePolicy, protect
from app.security.limiter_memory import MemoryLimiter
from app.security.routes import UnsafeRouteError
from app.security.schemas import Input, Listing, Page, PageQuery
from app.storage.models import User
from tests.security.probe import Probe, ProbeView, TokenTable, bearer, probe_api
from tests.security.unsafe_models import Endless, EndlessList, Leaky, Loose


class Wide(Input):
    """A page of any size."""

    limit: Annotated[int, Field(le=5000)]


async def nothing(_request: Request) -> None: ...


async def loaded(_request: Request[None, Probe]) -> None: ...


def refused(handler: Any, method: Any = get, path: str = "/v1/x", **options: Any) -> str:  # noqa: ANN401 - any declaration
    with pytest.raises(UnsafeRouteError) as caught:
        method(path, handler, **{"access": user} | options)
    return str(caught.value)


def test_there_is_no_default_rule() -> None:
    with pytest.raises(TypeError, match="access"):
        get("/v1/x", nothing)  # type: ignore[call-arg]  # the mistake under test


def test_an_object_in_the_path_needs_a_rule_for_it() -> None:
    assert "does not guard" in refused(nothing, path="/v1/x/{item_id}")
    assert "does not guard" in refused(nothing, path="/v1/x/{item_id}", access=role("admin"))


def test_a_rule_for_an_object_needs_its_place_in_the_path_and_in_the_handler() -> None:
    path = "/v1/x/{item_id}"
    assert "expects None as its object" in refused(nothing, path=path, access=owner(Probe))
    assert "names the object" in refused(loaded, access=owner(Probe))
    assert "gives None" in refused(loaded)
    assert "gives User" in refused(loaded, path=path, access=role("admin", User))


def test_a_handler_takes_its_request_and_answers_in_time() -> None:
    async def two(_request: Request, _more: str) -> None: ...
    async def other(_request: str) -> None: ...
    async def none() -> None: ...
    def blocking(_request: Request) -> None: ...

    assert "one argument" in refused(two)
    assert "one argument" in refused(other)
    assert "one argument" in refused(none)
    assert "async" in refused(blocking)


def test_a_line_and_its_handler_agree() -> None:
    async def sends(_request: Request[Loose]) -> None: ...
    async def asks(_request: PageRequest) -> None: ...
    async def fields(_request: Request[dict[str, str]]) -> None: ...
    async def shows(_request: Request) -> ProbeView: ...  # type: ignore[empty-body]  # never called

    assert "expects Loose as its body" in refused(sends, post)
    assert "gives Loose" in refused(nothing, post, body=Loose)
    assert "gives IncomingFile" in refused(fields, post, body=upload("image/png"))
    assert "expects None as its body" in refused(nothing, post, body=form("a"))
    assert "expects PageQuery as its query" in refused(asks)
    assert "gives PageQuery" in refused(nothing, query=PageQuery)
    assert "answers None" in refused(shows)
    assert "returns None" in refused(nothing, answer=ProbeView)


def test_an_answer_needs_a_model_that_shows_its_own_fields_only() -> None:
    async def unsaid(_request: Request): ...  # type: ignore[no-untyped-def]  # noqa: ANN202 - the mistake under test
    async def anything(_request: Request) -> dict[str, str]: ...  # type: ignore[empty-body]  # never called
    async def leaky(_request: Request) -> Leaky: ...  # type: ignore[empty-body]  # never called
    async def file(_request: Request) -> Download: ...  # type: ignore[empty-body]  # never called

    assert "return annotation" in refused(unsaid)
    assert "a model" in refused(anything, answer=dict[str, str])
    assert "Output" in refused(leaky, answer=Leaky)
    assert "go together" in refused(file, answer=Download)
    assert "go together" in refused(nothing, produces=("image/png",))


def test_a_list_needs_a_page() -> None:
    async def bare(_request: Request) -> list[ProbeView]: ...  # type: ignore[empty-body]  # never called
    async def endless(_request: Request) -> EndlessList: ...  # type: ignore[empty-body]  # never called
    async def unlimited(_request: Request) -> Page[ProbeView]: ...  # type: ignore[empty-body]  # never called
    async def wide(_request: Request[None, None, Wide]) -> Page[ProbeView]: ...  # type: ignore[empty-body]  # never called
    async def capped(_request: PageRequest) -> Page[ProbeView]: ...  # type: ignore[empty-body]  # never called
    async def short(_request: Request) -> Listing[ProbeView]: ...  # type: ignore[empty-body]  # never called

    assert "a model" in refused(bare, answer=list[ProbeView])
    assert "without max_length" in refused(endless, answer=EndlessList)
    assert "limit of at most 100" in refused(unlimited, answer=Page[ProbeView])
    assert "limit of at most 100" in refused(wide, query=Wide, answer=Page[ProbeView])
    get("/v1/x", capped, access=user, query=PageQuery, answer=Page[ProbeView])
    get("/v1/x", short, access=user, answer=Listing[ProbeView])


def test_a_body_needs_known_fields_with_bounds() -> None:
    async def loose(_request: Request[Loose]) -> None: ...
    async def endless(_request: Request[Endless]) -> None: ...

    assert "unknown fields" in refused(loose, post, body=Loose)
    reasons = refused(endless, post, body=Endless)
    assert "Endless.name is a string without max_length" in reasons
    assert "Endless.tags is a list without max_length" in reasons
    assert "Endless.price is a decimal without max_digits" in reasons
    assert "Endless.cost" not in reasons


def test_a_route_can_be_declared_once(tmp_path: Path) -> None:
    router = Router(
        get("/v1/x", nothing, access=user),
        get("/v1/x", nothing, access=public),
    )
    with pytest.raises(UnsafeRouteError, match="declared twice"):
        probe_api(tmp_path, router, kind=SecureAPI)


def test_a_table_of_another_kind_is_refused(tmp_path: Path) -> None:
    class Table:
        """Looks like a router."""

        routes = (get("/v1/x", nothing, access=user),)

    with pytest.raises(UnsafeRouteError, match="Router"):
        probe_api(tmp_path, Table(), kind=SecureAPI)


@pytest.mark.parametrize("path", ["/v1/upload", "/v1/caller"])
def test_what_a_route_does_not_have_is_a_failure_and_not_a_guess(tmp_path: Path, path: str) -> None:
    """A transaction while a file arrives, and the caller of a public route."""

    async def holds(request: Request[IncomingFile]) -> None:
        await request.session.flush()

    async def asks(request: Request) -> None:
        assert request.caller_id

    router = Router(
        post("/v1/upload", holds, access=user, body=upload("image/png")),
        post("/v1/caller", asks, access=public),
    )
    policy = EdgePolicy(limiter=MemoryLimiter(), authenticator=TokenTable(), force_https=False)
    app = protect(probe_api(tmp_path, router, kind=SecureAPI), policy)
    headers = {"Content-Type": "image/png"} | (bearer("alice") if path == "/v1/upload" else {})
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        assert client.post(path, content=b"x", headers=headers).status_code == 500
