"""Requests of an account that is deleted while they run, as another process may do it."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app.auth.departures import answering_departures
from app.security.context import Principal, RequestContext, attach
from app.security.problems import Problem
from app.storage.base import utc_now
from app.storage.database import Database
from app.storage.models import AuthSession, User
from tests.security.accounts import NEW_PASSWORD, PASSWORD, Account, on_both_databases


def _delete(url: str, user_id: str) -> None:
    """Delete an account behind the service's back: its caches and its poll know nothing of it."""

    async def write() -> None:
        database = Database(url)
        async with database.write() as session:
            await session.execute(delete(User).where(User.id == UUID(user_id)))
        await database.close()

    asyncio.run(write())


@on_both_databases
@pytest.mark.parametrize(
    "attempt",
    [
        ("GET", "/v1/users/me", None),
        ("PATCH", "/v1/users/me", {"display_name": "Ada"}),
        ("DELETE", "/v1/users/me", None),
        (
            "POST",
            "/v1/auth/password",
            {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
        ),
    ],
)
def test_a_deleted_account_is_401_before_its_token_is_known_to_be_revoked(
    client: TestClient,
    alice: Account,
    database_url: str,
    attempt: tuple[str, str, dict[str, str] | None],
) -> None:
    method, path, body = attempt
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == 200
    _delete(database_url, alice.id)
    answer = client.request(method, path, headers=alice.bearer, json=body)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert answer.headers["Content-Type"] == "application/problem+json"


def _request(url: str, caller: Principal | None, owner: str) -> None:
    """Run an application that stores a row of ``owner`` for a request of ``caller``."""

    async def run() -> None:
        database = Database(url)

        async def store(_scope: Scope, _receive: Receive, _send: Send) -> None:
            async with database.write() as session:
                session.add(AuthSession(user_id=UUID(owner), client="x", expires_at=utc_now()))

        async def receive() -> dict[str, object]:
            return {"type": "http.disconnect"}

        async def send(_message: object) -> None:
            return None

        scope: Scope = {"type": "http"}
        attach(scope, RequestContext("request-1", "192.0.2.1", "https", principal=caller))
        try:
            await answering_departures(store, database)(scope, receive, send)
        finally:
            await database.close()

    asyncio.run(run())


@on_both_databases
def test_a_row_that_would_belong_to_a_deleted_account_is_401(database_url: str) -> None:
    gone = str(uuid4())
    with pytest.raises(Problem) as raised:
        _request(database_url, Principal(gone, str(uuid4()), "user"), owner=gone)
    assert raised.value.status == 401


@on_both_databases
def test_a_fault_of_the_service_stays_one(
    client: TestClient, alice: Account, database_url: str
) -> None:
    """The caller is there, or there is none: what failed is not its account."""
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == 200
    for caller in (Principal(alice.id, str(uuid4()), "user"), None):
        with pytest.raises(IntegrityError):
            _request(database_url, caller, owner=str(uuid4()))
