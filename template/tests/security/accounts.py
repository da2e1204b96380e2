"""Accounts for tests: registered and signed in through the service itself."""

from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

on_both_databases = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
"""Runs a test on SQLite and on a real PostgreSQL server."""

PASSWORD = "trombone-lighthouse-91"


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


def sign_in(client: TestClient, email: str, password: str = PASSWORD) -> dict[str, Any]:
    """Return the token response of a sign-in that must succeed."""
    form = {"grant_type": "password", "username": email, "password": password}
    answer = client.post("/v1/auth/token", data=form)
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
