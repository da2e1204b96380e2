"""Password resets: tokens issued by an administrator or the command, each good for one use."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx2
import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from app import service
from app.auth.password_resets import IssuedReset
from app.settings import Settings
from app.storage.base import utc_now
from app.storage.database import Database
from app.storage.models import PasswordReset, User
from tests.security.accounts import (
    NEW_PASSWORD,
    PASSWORD,
    Account,
    change,
    issue_reset,
    on_both_databases,
    post_sign_in,
    use_reset,
)

MakeSettings = Callable[..., Settings]


def ask(client: TestClient, administrator: Account, user_id: str) -> httpx2.Response:
    path = f"/v1/admin/users/{user_id}/password-reset"
    return client.post(path, headers=administrator.bearer)


@on_both_databases
def test_a_reset_token_works_once_and_ends_every_session(
    client: TestClient, alice: Account, make_settings: MakeSettings
) -> None:
    token = issue_reset(make_settings(), alice.email)
    assert use_reset(client, token, "short").status_code == 422
    assert use_reset(client, token).status_code == 204
    assert use_reset(client, token, PASSWORD).status_code == 400
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == 401
    assert post_sign_in(client, alice.email, NEW_PASSWORD).status_code == 200


def test_reset_tokens_are_hashed_replaced_and_expire(
    client: TestClient, alice: Account, make_settings: MakeSettings, database_url: str
) -> None:
    first = issue_reset(make_settings(), alice.email)
    second = issue_reset(make_settings(), alice.email)

    async def age() -> str:
        database = Database(database_url)
        async with database.write() as session:
            row = (await session.scalars(select(PasswordReset))).one()
            assert timedelta(minutes=29) < row.expires_at - utc_now() <= timedelta(minutes=30)
            row.expires_at = utc_now()
        await database.close()
        return row.token_hash

    assert second not in asyncio.run(age())
    assert use_reset(client, first).status_code == 400
    assert use_reset(client, second).status_code == 400
    assert post_sign_in(client, alice.email).status_code == 200


def test_guessing_reset_tokens_is_limited(client: TestClient) -> None:
    codes = [use_reset(client, f"guess{n}").status_code for n in range(6)]
    assert codes == [400] * 5 + [429]


# Issued by an administrator


@on_both_databases
def test_an_administrator_hands_over_a_token(
    client: TestClient,
    administrator: Account,
    alice: Account,
    caplog: pytest.LogCaptureFixture,
) -> None:
    earlier = ask(client, administrator, alice.id).json()["token"]
    answer = ask(client, administrator, alice.id)
    assert answer.status_code == 201
    assert answer.json().keys() == {"token", "expires_at"}
    left = datetime.fromisoformat(answer.json()["expires_at"]) - utc_now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    assert use_reset(client, earlier).status_code == 400
    assert use_reset(client, answer.json()["token"]).status_code == 204
    assert post_sign_in(client, alice.email, NEW_PASSWORD).status_code == 200
    assert "password_reset_issued" in caplog.messages
    assert answer.json()["token"] not in caplog.text


def test_issuing_is_for_administrators(
    client: TestClient, alice: Account, bob: Account, administrator: Account
) -> None:
    path = f"/v1/admin/users/{bob.id}/password-reset"
    assert client.post(path).status_code == 401
    assert client.post(path, headers=alice.bearer).status_code == 403
    for nobody in ("00000000-0000-4000-8000-000000000000", "nobody"):
        assert ask(client, administrator, nobody).status_code == 404


def test_an_administrator_cannot_do_without_the_own_current_password(
    client: TestClient, administrator: Account
) -> None:
    """Or a stolen access token would take the account over for good."""
    answer = ask(client, administrator, administrator.id)
    assert (answer.status_code, "token" in answer.json()) == (403, False)


def test_an_inactive_account_gets_no_token(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    path = f"/v1/admin/users/{alice.id}"
    client.patch(path, headers=administrator.bearer, json={"active": False})
    assert ask(client, administrator, alice.id).status_code == 409


@on_both_databases
def test_a_deactivation_ends_the_tokens_that_are_out(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    """For good: who had got hold of one may be the reason for it."""
    token = ask(client, administrator, alice.id).json()["token"]
    for active in (False, True):
        assert change(client, administrator, alice.id, active=active).status_code == 200
        refused = use_reset(client, token)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert post_sign_in(client, alice.email).status_code == 200


def test_a_token_of_an_account_that_an_operator_deactivated_is_refused(
    client: TestClient, alice: Account, make_settings: MakeSettings, database_url: str
) -> None:
    token = issue_reset(make_settings(), alice.email)

    async def deactivate() -> None:
        database = Database(database_url)
        async with database.write() as session:
            await session.execute(update(User).values(active=False))
        await database.close()

    asyncio.run(deactivate())
    assert use_reset(client, token).status_code == 400


class Mailbox:
    """The mail function of a service, which looks at the database as another process would."""

    def __init__(self, url: str) -> None:
        self.received: list[IssuedReset] = []
        self.works = True
        self._url = url

    async def send(self, reset: IssuedReset) -> bool:
        """Take a token, unless the mail server is down; no lock may be held meanwhile."""
        self.received.append(reset)
        database = Database(self._url)
        async with asyncio.timeout(2), database.write() as session:
            await session.scalar(select(User).with_for_update())
        await database.close()
        if not self.works:
            raise OSError("the mail server is down")
        return True


@pytest.fixture
def mailbox(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Name it before ``client``: the service takes its mail function when it is made."""
    mailbox = Mailbox(database_url)
    monkeypatch.setattr(service, "send_password_reset", mailbox.send)
    return mailbox


@on_both_databases
def test_a_token_that_was_mailed_is_the_owners_alone(
    mailbox: Mailbox, client: TestClient, administrator: Account, alice: Account
) -> None:
    answer = ask(client, administrator, alice.id)
    assert answer.status_code == 201
    assert answer.json()["token"] is None
    (reset,) = mailbox.received
    assert reset.email == alice.email
    assert reset.token not in answer.text + repr(reset)
    assert use_reset(client, reset.token).status_code == 204


def test_a_mail_that_fails_is_an_error_and_shows_nothing(
    mailbox: Mailbox, client: TestClient, administrator: Account, alice: Account
) -> None:
    mailbox.works = False
    answer = ask(client, administrator, alice.id)
    assert answer.status_code == 500
    assert mailbox.received[0].token not in answer.text


@pytest.fixture
def _older_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(service, "send_password_reset", raising=False)


@pytest.mark.usefixtures("_older_service")
def test_a_service_older_than_the_mail_function_runs_on(
    client: TestClient, administrator: Account, alice: Account
) -> None:
    assert len(ask(client, administrator, alice.id).json()["token"]) == 43
