"""Accounts: registration, profiles, passwords."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.settings import Settings
from tests.security.accounts import (
    NEW_PASSWORD,
    PASSWORD,
    Account,
    issue_reset,
    on_both_databases,
    post_register,
    post_sign_in,
    register,
    sign_in,
    use_reset,
)
from tests.security.conftest import from_address

MakeClient = Callable[..., TestClient]
MakeSettings = Callable[..., Settings]


# Registration


def test_registration_answers_the_account_without_secrets(client: TestClient) -> None:
    answer = post_register(client, "Alice@Example.COM")
    assert answer.status_code == 201
    assert answer.json().keys() == {"id", "email", "created_at"}
    assert answer.json()["email"] == "alice@example.com"


@on_both_databases
def test_an_address_is_taken_once_however_it_is_spelt(client: TestClient, alice: Account) -> None:
    assert post_register(client, alice.email.upper()).status_code == 409


@on_both_databases
def test_of_concurrent_registrations_one_wins(client: TestClient) -> None:
    with ThreadPoolExecutor(4) as pool:
        codes = sorted(
            pool.map(lambda _: post_register(client, "a@example.com").status_code, range(4))
        )
    assert codes == [201, 409, 409, 409]


@pytest.mark.parametrize(
    "extra", [{"role": "admin"}, {"active": True}, {"id": "x"}, {"is_admin": True}]
)
def test_registration_assigns_nothing_else(client: TestClient, extra: dict[str, Any]) -> None:
    body = {"email": "alice@example.com", "password": PASSWORD, **extra}
    assert client.post("/v1/auth/register", json=body).status_code == 422
    assert post_sign_in(client, "alice@example.com").status_code == 400


@pytest.mark.parametrize(
    "email",
    [
        "",
        "alice",
        "@example.com",
        "a@",
        "a b@example.com",
        "a@b..c",
        "a@localhost",
        "ä@example.com",
        "a@-b.com",
        "a@example.com\nBcc: x@y.z",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 250}.com",
    ],
)
def test_what_is_no_address_is_refused_without_an_echo(client: TestClient, email: str) -> None:
    answer = post_register(client, email)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/email"


def test_closed_registration_is_not_there(make_client: MakeClient) -> None:
    client = make_client(accounts={"registration": "closed"})
    assert post_register(client, "alice@example.com").status_code == 404
    assert client.get("/v1/auth/register").status_code == 404


def test_registration_is_limited_per_address_once_the_body_is_valid(client: TestClient) -> None:
    for number in range(5):
        assert post_register(client, f"user{number}@example.com", "short").status_code == 422
    for number in range(5):
        assert post_register(client, f"user{number}@example.com").status_code == 201
    refused = post_register(client, "user5@example.com")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert '"register";q=5;w=3600' in refused.headers["RateLimit-Policy"]
    assert '"register";r=0;t=3600' in refused.headers["RateLimit"]
    assert post_register(from_address(client, "192.0.2.99"), "user5@example.com").status_code == 201


def test_one_ipv6_host_is_one_address_however_many_it_has(make_client: MakeClient) -> None:
    client = make_client(address="2001:db8::1")
    for number in range(5):
        neighbour = from_address(client, f"2001:db8::{number + 2}")
        assert post_register(neighbour, f"user{number}@example.com").status_code == 201
    assert post_register(from_address(client, "2001:db8::ffff"), "x@example.com").status_code == 429
    assert post_register(from_address(client, "2001:db8:1::1"), "x@example.com").status_code == 201


# One's own account


def test_me_shows_and_changes_the_profile_and_nothing_else(
    client: TestClient, alice: Account
) -> None:
    shown = client.get("/v1/users/me", headers=alice.bearer).json()
    assert shown.keys() == {"id", "email", "role", "created_at", "display_name"}
    changed = client.patch("/v1/users/me", headers=alice.bearer, json={"display_name": "Ally"})
    assert (changed.status_code, changed.json()["display_name"]) == (200, "Ally")
    assert (
        client.patch("/v1/users/me", headers=alice.bearer, json={}).json()["display_name"] == "Ally"
    )
    for attack in (
        {"role": "admin"},
        {"email": "x@example.com"},
        {"active": False},
        {"id": alice.id},
    ):
        answer = client.patch("/v1/users/me", headers=alice.bearer, json=attack)
        assert answer.status_code == 422
    assert client.get("/v1/users/me", headers=alice.bearer).json()["role"] == "user"


@on_both_databases
def test_a_deleted_account_is_gone_at_once(client: TestClient, alice: Account) -> None:
    assert client.delete("/v1/users/me", headers=alice.bearer).status_code == 204
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == 401
    assert post_sign_in(client, alice.email).status_code == 400
    assert post_register(client, alice.email).status_code == 201


# Passwords


@on_both_databases
def test_a_changed_password_ends_the_other_sessions(client: TestClient, alice: Account) -> None:
    other = sign_in(client, alice.email)
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    answer = client.post("/v1/auth/password", headers=alice.bearer, json=body)
    assert answer.status_code == 204, answer.text
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == 200
    bearer = {"Authorization": f"Bearer {other['access_token']}"}
    assert client.get("/v1/users/me", headers=bearer).status_code == 401
    assert post_sign_in(client, alice.email, PASSWORD).status_code == 400
    assert post_sign_in(client, alice.email, NEW_PASSWORD).status_code == 200


def test_changing_a_password_needs_the_current_one(client: TestClient, alice: Account) -> None:
    body = {"current_password": "wrong", "new_password": NEW_PASSWORD}
    codes = [
        client.post("/v1/auth/password", headers=alice.bearer, json=body).status_code
        for _ in range(6)
    ]
    assert codes == [403] * 5 + [429]
    assert post_sign_in(client, alice.email).status_code == 200


def test_a_changed_password_meets_the_policy(client: TestClient, alice: Account) -> None:
    body = {"current_password": PASSWORD, "new_password": "alice@example.com"}
    answer = client.post("/v1/auth/password", headers=alice.bearer, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/new_password"


def test_no_secret_and_no_address_reaches_the_log(
    client: TestClient,
    make_settings: MakeSettings,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Everything that is done with secrets, well and badly, and nothing of them in any line."""
    caplog.set_level("DEBUG")
    alice = register(client, "alice@example.com")
    post_sign_in(client, alice.email, "a-wrong-password-for-alice")
    form = {"grant_type": "refresh_token", "refresh_token": alice.refresh}
    newest = client.post("/v1/auth/token", data=form).json()
    client.post("/v1/auth/token", data=form)
    token = issue_reset(make_settings(), alice.email)
    use_reset(client, token, "short")
    use_reset(client, token)
    client.get("/v1/users/me", headers={"Authorization": f"Bearer {newest['access_token']}"})
    logged = caplog.text + "".join(capfd.readouterr())
    logged += "".join(str(vars(record)) for record in caplog.records)
    for event in ("account_created", "sign_in_failed", "refresh_token_reused", "password_reset"):
        assert event in logged
    secrets = [PASSWORD, NEW_PASSWORD, "a-wrong-password-for-alice", token, *newest.values()]
    for secret in (*secrets, alice.access, alice.refresh, alice.email):
        assert len(str(secret)) < 7 or str(secret) not in logged
