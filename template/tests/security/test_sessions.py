"""Sessions: rotation, replay, concurrency, revocation everywhere, and the list of them."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import Update, select, update
from starlette.testclient import TestClient

from app.auth import revocation
from app.auth.housekeeping import clean
from app.storage.base import utc_now
from app.storage.database import Database
from app.storage.models import AuthSession, RefreshToken, User
from tests.security.accounts import Account, on_both_databases, register, sign_in

MakeClient = Callable[..., TestClient]


def refresh(client: TestClient, token: str) -> httpx2.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return client.post("/v1/auth/token", data=form)


def me(client: TestClient, access: str) -> int:
    return client.get("/v1/users/me", headers={"Authorization": f"Bearer {access}"}).status_code


def execute(url: str, change: Update) -> None:
    """Change the database as an operator does, behind the service's back."""

    async def write() -> None:
        database = Database(url)
        async with database.write() as session:
            await session.execute(change)
        await database.close()

    asyncio.run(write())


def test_a_refresh_token_is_good_once(client: TestClient, alice: Account) -> None:
    first = refresh(client, alice.refresh)
    assert first.status_code == 200
    assert first.json().keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert first.json()["refresh_token"] != alice.refresh
    assert first.headers["Cache-Control"] == "no-store"
    assert me(client, first.json()["access_token"]) == 200
    second = refresh(client, first.json()["refresh_token"])
    assert second.status_code == 200


@on_both_databases
def test_a_replay_ends_the_session_although_its_answer_is_an_error(
    client: TestClient, alice: Account
) -> None:
    newest = refresh(client, alice.refresh).json()
    replay = refresh(client, alice.refresh)
    assert (replay.status_code, replay.json()["error"]) == (400, "invalid_grant")
    assert refresh(client, newest["refresh_token"]).status_code == 400
    assert me(client, newest["access_token"]) == 401
    assert me(client, alice.access) == 401


def test_a_replay_leaves_other_sessions_alone(client: TestClient, alice: Account) -> None:
    other = sign_in(client, alice.email)
    refresh(client, alice.refresh)
    refresh(client, alice.refresh)
    assert me(client, other["access_token"]) == 200
    assert refresh(client, other["refresh_token"]).status_code == 200


@on_both_databases
def test_of_concurrent_uses_exactly_one_succeeds(make_client: MakeClient) -> None:
    """Two processes, one database, twenty uses at once."""
    limits = {"store_url": "memory://"}  # a shared store may be too slow for twenty at once: 503
    one, two = make_client(limits=limits), make_client(limits=limits)
    alice = register(one, "alice@example.com")

    def use(number: int) -> int:
        return refresh(one if number % 2 else two, alice.refresh).status_code

    with ThreadPoolExecutor(20) as pool:
        codes = sorted(pool.map(use, range(20)))
    assert codes == [200] + [400] * 19


@pytest.mark.parametrize("kind", ["access token", "noise", "empty", "nul", "surrogate"])
def test_what_is_no_refresh_token_is_an_invalid_grant(
    client: TestClient, alice: Account, kind: str
) -> None:
    token = {
        "access token": alice.access,
        "noise": "x" * 500,
        "nul": "\0",
        "surrogate": "%ED%A0%80",
    }
    answer = refresh(client, token.get(kind, ""))
    assert answer.status_code == 400
    assert answer.json()["error"] == ("invalid_request" if kind == "empty" else "invalid_grant")


def test_every_refusal_of_a_grant_looks_the_same(client: TestClient, alice: Account) -> None:
    refresh(client, alice.refresh)
    answers = [
        refresh(client, "unknown"),
        refresh(client, alice.refresh),
        refresh(client, alice.access),
        client.post(
            "/v1/auth/token",
            data={"grant_type": "password", "username": alice.email, "password": "wrong"},
        ),
        client.post(
            "/v1/auth/token",
            data={"grant_type": "password", "username": "nobody@example.com", "password": "x"},
        ),
    ]
    bodies = [{**answer.json(), "request_id": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert {answer.status_code for answer in answers} == {400}


@pytest.mark.parametrize("kind", ["access", "refresh", "used refresh"])
def test_revoking_a_token_ends_its_session(client: TestClient, alice: Account, kind: str) -> None:
    newest = refresh(client, alice.refresh).json()
    token = {
        "access": newest["access_token"],
        "refresh": newest["refresh_token"],
        "used refresh": alice.refresh,
    }[kind]
    assert client.post("/v1/auth/revoke", data={"token": token}).status_code == 200
    assert me(client, newest["access_token"]) == 401
    assert refresh(client, newest["refresh_token"]).status_code == 400


def test_revoking_an_unknown_token_is_200_too(client: TestClient, alice: Account) -> None:
    known = client.post("/v1/auth/revoke", data={"token": alice.refresh})
    unknown = client.post("/v1/auth/revoke", data={"token": "unknown"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert known.status_code == 200
    missing = client.post("/v1/auth/revoke", data={"other": "x"})
    assert missing.json()["error"] == "invalid_request"


def test_the_list_shows_own_sessions_and_no_token(
    client: TestClient, alice: Account, bob: Account
) -> None:
    sign_in(client, alice.email)
    answer = client.get("/v1/auth/sessions", headers=alice.bearer)
    items = answer.json()["items"]
    assert len(items) == 2
    assert all(item.keys() == {"id", "created_at", "last_used_at", "client"} for item in items)
    assert all("192.0.2.1" in item["client"] for item in items)
    for secret in (alice.refresh, alice.access, alice.refresh[:16]):
        assert secret not in answer.text
    assert len(client.get("/v1/auth/sessions", headers=bob.bearer).json()["items"]) == 1


def test_one_session_ends_and_the_others_stay(client: TestClient, alice: Account) -> None:
    other = sign_in(client, alice.email)
    bearer = {"Authorization": f"Bearer {other['access_token']}"}
    items = client.get("/v1/auth/sessions", headers=bearer).json()["items"]
    oldest = items[-1]["id"]
    assert client.delete(f"/v1/auth/sessions/{oldest}", headers=bearer).status_code == 204
    assert me(client, alice.access) == 401
    assert refresh(client, alice.refresh).status_code == 400
    assert me(client, other["access_token"]) == 200
    assert client.delete(f"/v1/auth/sessions/{oldest}", headers=bearer).status_code == 404


def test_a_strangers_session_is_not_there(client: TestClient, alice: Account, bob: Account) -> None:
    mine = client.get("/v1/auth/sessions", headers=alice.bearer).json()["items"][0]["id"]
    answer = client.delete(f"/v1/auth/sessions/{mine}", headers=bob.bearer)
    assert answer.status_code == 404
    assert me(client, alice.access) == 200


def test_all_sessions_end_at_once(client: TestClient, alice: Account) -> None:
    other = sign_in(client, alice.email)
    assert client.delete("/v1/auth/sessions", headers=alice.bearer).status_code == 204
    assert me(client, alice.access) == me(client, other["access_token"]) == 401


@on_both_databases
def test_a_revocation_reaches_other_processes_within_a_second(make_client: MakeClient) -> None:
    one, two = make_client(), make_client()
    alice = register(one, "alice@example.com")
    assert me(two, alice.access) == 200  # and is in its cache now
    one.delete("/v1/auth/sessions", headers=alice.bearer)
    assert me(one, alice.access) == 401
    deadline = time.monotonic() + 1.0
    while me(two, alice.access) == 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert me(two, alice.access) == 401


def test_without_a_recent_poll_tokens_go_to_the_database(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process whose polling has stopped must not honour what others have revoked."""
    monkeypatch.setattr(revocation, "POLL_SECONDS", 3600)
    monkeypatch.setattr(revocation, "STALE_SECONDS", 0.1)
    one, two = make_client(), make_client()
    alice = register(one, "alice@example.com")
    assert me(two, alice.access) == 200
    one.delete("/v1/auth/sessions", headers=alice.bearer)
    time.sleep(0.15)
    assert me(two, alice.access) == 401


def test_a_revocation_survives_a_restart(make_client: MakeClient) -> None:
    first = make_client()
    alice = register(first, "alice@example.com")
    first.delete("/v1/auth/sessions", headers=alice.bearer)
    assert me(make_client(), alice.access) == 401


def test_a_session_ends_absolutely(make_client: MakeClient) -> None:
    client = make_client(
        tokens={"session_ttl_seconds": 2, "refresh_ttl_seconds": 2, "access_ttl_seconds": 900}
    )
    alice = register(client, "alice@example.com")
    newest = refresh(client, alice.refresh).json()
    assert newest["expires_in"] <= 2
    time.sleep(2.1)
    assert me(client, newest["access_token"]) == 401
    assert refresh(client, newest["refresh_token"]).status_code == 400


def test_no_token_is_born_expired_in_the_last_second_of_a_session(
    client: TestClient, alice: Account, database_url: str
) -> None:
    """Tokens date by whole seconds; a pair that is of no use must not look like a success."""
    last = utc_now().replace(microsecond=999_999)
    execute(database_url, update(AuthSession).values(expires_at=last))
    answer = refresh(client, alice.refresh)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_an_expired_refresh_token_is_refused_and_is_no_replay(make_client: MakeClient) -> None:
    client = make_client(tokens={"refresh_ttl_seconds": 1})
    alice = register(client, "alice@example.com")
    time.sleep(1.1)
    assert refresh(client, alice.refresh).status_code == 400
    assert me(client, alice.access) == 200


@pytest.mark.parametrize(
    "change",
    [
        update(User).values(active=False),
        update(AuthSession).values(expires_at=datetime(2020, 1, 1, tzinfo=UTC)),
        update(AuthSession).values(ended_at=datetime(2020, 1, 1, tzinfo=UTC)),
    ],
    ids=["inactive", "expired", "ended"],
)
def test_what_an_operator_changes_in_the_database_counts(
    make_client: MakeClient, database_url: str, change: Update
) -> None:
    one, two = make_client(), make_client()
    alice = register(one, "alice@example.com")

    execute(database_url, change)
    assert me(two, alice.access) == 401
    assert refresh(two, alice.refresh).status_code == 400


def test_sessions_of_one_account_are_bounded(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.auth.sessions.MAX_SESSIONS", 3)
    client = make_client()
    alice = register(client, "alice@example.com")
    latest = [sign_in(client, alice.email) for _ in range(3)][-1]
    bearer = {"Authorization": f"Bearer {latest['access_token']}"}
    assert len(client.get("/v1/auth/sessions", headers=bearer).json()["items"]) == 3
    assert me(client, alice.access) == 401


def test_refreshing_is_limited_per_session(client: TestClient, alice: Account) -> None:
    token = alice.refresh
    for _ in range(30):
        token = refresh(client, token).json()["refresh_token"]
    refused = refresh(client, token)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


@on_both_databases
def test_cleaning_keeps_what_a_replay_is_recognised_by(
    client: TestClient, alice: Account, database_url: str
) -> None:
    newest = refresh(client, alice.refresh).json()

    async def age_and_clean() -> None:
        database = Database(database_url)
        long_ago = utc_now() - timedelta(days=20)
        async with database.write() as session:
            await session.execute(
                update(RefreshToken)
                .where(RefreshToken.used_at.is_not(None))
                .values(used_at=long_ago, expires_at=long_ago)
            )
        await clean(database, access_lifetime=900)
        await database.close()

    asyncio.run(age_and_clean())
    assert refresh(client, alice.refresh).status_code == 400
    assert refresh(client, newest["refresh_token"]).status_code == 400


@on_both_databases
def test_cleaning_removes_sessions_that_are_over(
    client: TestClient, alice: Account, database_url: str
) -> None:
    assert me(client, alice.access) == 200

    async def end_and_clean() -> list[Any]:
        database = Database(database_url)
        async with database.write() as session:
            await session.execute(update(AuthSession).values(expires_at=utc_now()))
        await clean(database, access_lifetime=900)
        async with database.read() as session:
            left = [*await session.scalars(select(AuthSession))]
            left += await session.scalars(select(RefreshToken))
        await database.close()
        return left

    assert asyncio.run(end_and_clean()) == []
