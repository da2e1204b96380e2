"""What is not declared is not served, whoever added it and whenever."""

from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient

from app.dispatch import ClosedApplication
from app.security.access import owner
from app.security.edge import EdgePolicy, protect
from app.security.limiter_memory import MemoryLimiter
from app.security.routes import UnsafeRouteError
from tests.security.probe import ProbeView, TokenTable, bearer, probe_api


def test_an_owner_rule_needs_a_model_with_an_owner() -> None:
    with pytest.raises(TypeError, match="names its owner"):
        owner(ProbeView)


async def foreign(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("foreign")


def add_route(api: ClosedApplication) -> None:
    api.router.routes.append(Route("/foreign", foreign))


def add_mount(api: ClosedApplication) -> None:
    api.mount("/foreign", Starlette(routes=[Route("/", foreign)]))


def add_mount_over_everything(api: ClosedApplication) -> None:
    api.router.routes.insert(0, Mount("/", Starlette(routes=[Route("/foreign", foreign)])))


def add_websocket(api: ClosedApplication) -> None:
    api.router.routes.append(WebSocketRoute("/foreign", foreign))


INTRUDERS = [
    add_route,
    add_mount,
    add_mount_over_everything,
    add_websocket,
]


@pytest.mark.parametrize("add", INTRUDERS)
def test_a_foreign_route_refuses_start_up(tmp_path: Path, add: Any) -> None:  # noqa: ANN401 - one of the above
    api = probe_api(tmp_path)
    api.refuse_foreign_routes()
    add(api)
    with pytest.raises(UnsafeRouteError, match="Router"):
        api.refuse_foreign_routes()
    with pytest.raises(UnsafeRouteError, match="Router"), TestClient(api):
        pass


def test_a_router_of_the_framework_refuses_start_up_by_its_paths(tmp_path: Path) -> None:
    api = probe_api(tmp_path)
    framework = Starlette(routes=[Route("/foreign", foreign), WebSocketRoute("/live", foreign)])
    with pytest.raises(UnsafeRouteError, match="'/foreign', '/live'"):
        api.serve(
            [framework],  # type: ignore[list-item] # what a user may put into ROUTERS
            api.database,
            upload_bytes=1,
            storage_bytes=1,
            docs=False,
        )


@pytest.mark.parametrize("router", [object(), Route("/foreign", foreign), None])
def test_what_is_no_router_refuses_start_up_as_such(tmp_path: Path, router: object) -> None:
    api = probe_api(tmp_path)
    with pytest.raises(UnsafeRouteError, match="not declared through the service's own Router"):
        api.serve([router], api.database, upload_bytes=1, storage_bytes=1, docs=False)  # type: ignore[list-item] # what a user may put into ROUTERS


@pytest.mark.parametrize("add", INTRUDERS)
def test_a_route_added_after_start_up_is_never_dispatched(tmp_path: Path, add: Any) -> None:  # noqa: ANN401 - one of the above
    api = probe_api(tmp_path)
    app = protect(
        api, EdgePolicy(limiter=MemoryLimiter(), authenticator=TokenTable(), force_https=False)
    )
    with TestClient(app, "http://localhost") as client:
        assert client.get("/v1/me", headers=bearer("alice")).status_code == 200
        add(api)
        for path in ("/foreign", "/foreign/"):
            assert client.get(path, headers=bearer("admin")).status_code == 404


def test_no_edge_no_answer(tmp_path: Path) -> None:
    """Served without the edge, even a public route fails instead of trusting the request."""
    client = TestClient(probe_api(tmp_path))
    with pytest.raises(LookupError, match="edge"):
        client.get("/v1/open")
