"""Declarations that cannot be safe are refused at import, on FastAPI."""

from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from app.routing_fastapi import Caller, File, Loaded, Paging, Router, SecureAPI, Session
from app.security.access import owner, public, role, user
from app.security.bodies import upload
from app.security.routes import UnsafeRouteError
from app.security.schemas import Listing, Page
from app.storage.models import User
from tests.security.probe import Probe, ProbeView, probe_api
from tests.security.probe_fastapi import probe_router
from tests.security.unsafe_models import Endless, EndlessList, Leaky, Loose


def refused(handler: Any, method: str = "GET", path: str = "", **options: Any) -> str:  # noqa: ANN401 - any declaration
    with pytest.raises(UnsafeRouteError) as caught:
        Router("/v1/x").route(method, path, **{"access": user} | options)(handler)
    return str(caught.value)


def test_there_is_no_default_rule() -> None:
    async def handler() -> None: ...

    with pytest.raises(TypeError, match="access"):
        Router("/v1/x").get("")(handler)  # type: ignore[call-arg]  # the mistake under test


def test_an_object_in_the_path_needs_a_rule_for_it() -> None:
    async def handler(session: Session, item_id: str) -> None: ...

    assert "does not guard" in refused(handler, path="/{item_id}")
    assert "does not guard" in refused(handler, path="/{item_id}", access=role("admin"))


def test_a_rule_for_an_object_needs_its_place_in_the_path_and_in_the_handler() -> None:
    async def without() -> None: ...
    async def loaded(item: Loaded[Probe]) -> None: ...

    assert "Loaded" in refused(without, path="/{item_id}", access=owner(Probe))
    assert "names the object" in refused(loaded, access=owner(Probe))
    assert "does not load" in refused(loaded)
    other = role("admin", User)
    assert "another model" in refused(loaded, path="/{item_id}", access=other)


def test_an_anonymous_route_has_no_caller() -> None:
    async def handler(caller: Caller) -> None: ...

    assert "caller" in refused(handler, access=public)


def test_an_answer_needs_a_model_that_shows_its_own_fields_only() -> None:
    async def unsaid(): ...  # type: ignore[no-untyped-def]  # noqa: ANN202 - the mistake under test
    async def anything() -> dict[str, str]: ...  # type: ignore[empty-body]  # never called
    async def leaky() -> Leaky: ...  # type: ignore[empty-body]  # never called

    assert "return annotation" in refused(unsaid)
    assert "return annotation" in refused(anything)
    assert "Output" in refused(leaky)


def test_a_list_needs_a_page() -> None:
    async def bare() -> list[ProbeView]: ...  # type: ignore[empty-body]  # never called
    async def endless() -> EndlessList: ...  # type: ignore[empty-body]  # never called
    async def unlimited() -> Page[ProbeView]: ...  # type: ignore[empty-body]  # never called
    async def wide(limit: Annotated[int, Field(le=5000)]) -> Page[ProbeView]: ...  # type: ignore[empty-body]  # never called
    async def capped(query: Paging) -> Page[ProbeView]: ...  # type: ignore[empty-body]  # never called
    async def short() -> Listing[ProbeView]: ...  # type: ignore[empty-body]  # never called

    assert "return annotation" in refused(bare)
    assert "without max_length" in refused(endless)
    assert "limit of at most 100" in refused(unlimited)
    assert "limit of at most 100" in refused(wide)
    Router("/v1/x").get("", access=user)(capped)
    Router("/v1/x").get("", access=user)(short)


def test_a_body_needs_known_fields_with_bounds() -> None:
    async def loose(body: Loose) -> None: ...
    async def endless(body: Endless) -> None: ...

    assert "unknown fields" in refused(loose, "POST")
    reasons = refused(endless, "POST")
    assert "Endless.name is a string without max_length" in reasons
    assert "Endless.tags is a list without max_length" in reasons
    assert "Endless.price is a decimal without max_digits" in reasons
    assert "Endless.cost" not in reasons


def test_a_transaction_cannot_stay_open_while_a_file_arrives() -> None:
    async def handler(file: File, session: Session) -> None: ...
    async def no_upload(file: File) -> None: ...

    assert "while a file arrives" in refused(handler, "POST", body=upload("image/png"))
    assert "no upload" in refused(no_upload, "POST")


def test_a_route_can_be_declared_once(tmp_path: Path) -> None:
    router = Router("/v1/x")

    async def handler() -> None: ...

    router.get("", access=user)(handler)
    router.get("", access=public)(handler)
    with pytest.raises(UnsafeRouteError, match="declared twice"):
        probe_api(tmp_path, router, kind=SecureAPI)


async def foreign(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("foreign")


def add_get(api: SecureAPI) -> None:
    api.get("/foreign")(foreign)


def add_api_router(api: SecureAPI) -> None:
    router = APIRouter()
    router.get("/foreign")(foreign)
    api.include_router(router)


@pytest.mark.parametrize("add", [add_get, add_api_router])
def test_a_foreign_route_refuses_start_up(tmp_path: Path, add: Any) -> None:  # noqa: ANN401 - one of the above
    api = probe_api(tmp_path, probe_router(), kind=SecureAPI)
    add(api)
    with pytest.raises(UnsafeRouteError, match="Router"), TestClient(api):
        pass
