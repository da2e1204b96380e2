"""Accounts for tests: registered and signed in through the service itself."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from app.services import Services
from app.settings import Settings
from app.storage.database import Database
from app.storage.models import User

on_both_databases = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
"""Runs a test on SQLite and on a real PostgreSQL server."""

PASSWORD = "trombone-lighthouse-91"
NEW_PASSWORD = "candle-harbour-anthem-7"


@dataclass(frozen=True)
class Account:
    """A registered account, signed in."""

    id: str
    email: str
    password: str
    access: str
    refresh: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header fields of its requests."""
        return {"Authorization": f"Bearer {self.access}"}


def post_sign_in(client: TestClient, email: str, password: str = PASSWORD) -> httpx2.Response:
    form = {"grant_type": "password", "username": email, "password": password}
    return client.post("/v1/auth/token", data=form)


def sign_in(client: TestClient, email: str, password: str = PASSWORD) -> dict[str, Any]:
    """Return the token response of a sign-in that must succeed."""
    answer = post_sign_in(client, email, password)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def register(client: TestClient, email: str, password: str = PASSWORD) -> Account:
    """Register an account and sign in to it."""
    answer = client.post("/v1/auth/register", json={"email": email, "password": password})
    assert answer.status_code == 201, answer.text
    tokens = sign_in(client, email, password)
    return Account(
        answer.json()["id"], email, password, tokens["access_token"], tokens["refresh_token"]
    )


def promote(url: str, email: str) -> None:
    """Make an account an administrator behind the service's back, as `create-admin` would."""

    async def write() -> None:
        database = Database(url)
        async with database.write() as session:
            await session.execute(update(User).where(User.email == email).values(role="admin"))
        await database.close()

    asyncio.run(write())


def issue_reset(settings: Settings, email: str) -> str:
    """Return a reset token, as `reset-password` prints it."""

    async def run() -> str:
        services = Services.of(settings)
        try:
            return (await services.password_resets.issue(email)).token
        finally:
            await services.close()

    return asyncio.run(run())


def use_reset(client: TestClient, token: str, password: str = NEW_PASSWORD) -> httpx2.Response:
    body = {"token": token, "new_password": password}
    return client.post("/v1/auth/password/reset", json=body)


def post_register(client: TestClient, email: str, password: str = PASSWORD) -> httpx2.Response:
    return client.post("/v1/auth/register", json={"email": email, "password": password})


def change(
    client: TestClient, administrator: Account, user_id: str, **changes: object
) -> httpx2.Response:
    return client.patch(f"/v1/admin/users/{user_id}", headers=administrator.bearer, json=changes)
