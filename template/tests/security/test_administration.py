"""Administration: users, roles, and the last administrator."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.testclient import TestClient

from app.auth.accounts import Accounts
from app.security.context import Role
from app.storage.models import User
from tests.security.accounts import (
    PASSWORD,
    Account,
    change,
    on_both_databases,
    promote,
    register,
    sign_in,
)


def test_administration_is_for_administrators(client: TestClient, alice: Account) -> None:
    for method, path in (("GET", "/v1/admin/users"), ("PATCH", f"/v1/admin/users/{alice.id}")):
        assert client.request(method, path).status_code == 401
        assert client.request(method, path, headers=alice.bearer).status_code == 403


def test_the_list_of_users_is_paged_and_shows_no_secret(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    page = client.get("/v1/admin/users?limit=1", headers=administrator.bearer).json()
    assert [user["email"] for user in page["items"]] == [alice.email]
    assert page["items"][0].keys() == {
        "id", "email", "role", "created_at", "display_name", "active"
    }  # fmt: skip
    rest = client.get(
        "/v1/admin/users",
        params={"limit": 1, "cursor": page["next_cursor"]},
        headers=administrator.bearer,
    ).json()
    assert [user["email"] for user in rest["items"]] == [administrator.email]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("body", [{"role": None}, {"active": None}, {"role": "root"}])
def test_nothing_is_no_role(
    client: TestClient, administrator: Account, alice: Account, body: dict[str, object]
) -> None:
    """A field may be left out; `null` is not leaving it out, and neither role nor state."""
    path = f"/v1/admin/users/{alice.id}"
    answer = client.patch(path, headers=administrator.bearer, json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{next(iter(body))}"]


@on_both_databases
def test_a_role_change_takes_effect_at_once(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    """Also several times within one second: the old tokens die, the new ones live."""
    for role, status in (("admin", 200), ("user", 403), ("admin", 200)):
        assert change(client, administrator, alice.id, role=role).json()["role"] == role
        assert client.get("/v1/users/me", headers=alice.bearer).status_code == 401
        tokens = sign_in(client, alice.email)
        alice = Account(alice.id, alice.email, PASSWORD, tokens["access_token"], "")
        assert client.get("/v1/admin/users", headers=alice.bearer).status_code == status


def test_a_session_survives_a_role_change_by_refreshing(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    change(client, administrator, alice.id, role="admin")
    form = {"grant_type": "refresh_token", "refresh_token": alice.refresh}
    tokens = client.post("/v1/auth/token", data=form).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/v1/admin/users", headers=bearer).status_code == 200


@on_both_databases
def test_deactivation_takes_effect_at_once(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    assert change(client, administrator, alice.id, active=False).json()["active"] is False
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": alice.refresh}
    assert client.post("/v1/auth/token", data=form).status_code == 400


def test_deletion_takes_effect_at_once(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    path = f"/v1/admin/users/{alice.id}"
    assert client.delete(path, headers=administrator.bearer).status_code == 204
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == 401
    assert client.delete(path, headers=administrator.bearer).status_code == 404


def test_the_last_active_administrator_stays(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    mine = administrator.id
    assert change(client, administrator, mine, role="user").status_code == 409
    assert change(client, administrator, mine, active=False).status_code == 409
    path = f"/v1/admin/users/{mine}"
    assert client.delete(path, headers=administrator.bearer).status_code == 409
    assert client.delete("/v1/users/me", headers=administrator.bearer).status_code == 409
    change(client, administrator, alice.id, role="admin")
    assert change(client, administrator, mine, role="user").status_code == 200


@on_both_databases
def test_two_administrators_cannot_remove_each_other_at_once(
    client: TestClient,
    administrator: Account,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also when each has locked the other's row before either looks who is left."""
    demote = Accounts.change
    begun: list[User] = []
    both = asyncio.Event()

    async def together(
        self: Accounts, session: AsyncSession, user: User, *, role: Role | None, active: bool | None
    ) -> None:
        begun.append(user)
        if len(begun) > 1:
            both.set()
        with suppress(TimeoutError):  # SQLite lets no other in before this one has ended
            await asyncio.wait_for(both.wait(), 0.4)
        await demote(self, session, user, role=role, active=active)

    monkeypatch.setattr(Accounts, "change", together)
    other = register(client, "other@example.com")
    promote(database_url, other.email)
    tokens = sign_in(client, other.email)
    second = Account(other.id, other.email, PASSWORD, tokens["access_token"], "")
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda pair: change(client, pair[0], pair[1].id, role="user").status_code,
                [(administrator, second), (second, administrator)],
            )
        )
    assert sorted(answers) in ([200, 401], [200, 409])
