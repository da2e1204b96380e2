"""Signing in: the form, its limits, and what changes meanwhile."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Delete, Update, delete, update
from starlette.testclient import TestClient

from app.auth.flow_limits import FAILURES, FlowLimits
from app.security.limiter_memory import MemoryLimiter
from app.security.limits import Decision, Quota
from app.security.passwords import Passwords, Verdict
from app.security.problems import Problem
from app.storage.database import Database
from app.storage.models import User
from tests.security.accounts import Account, change, post_sign_in
from tests.security.conftest import from_address

MakeClient = Callable[..., TestClient]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "invalid_request"),
        ({"grant_type": "password", "username": "a@example.com"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": ["a", "b"]}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": ["a", "a"]}, "invalid_request"),
    ],
)
def test_malformed_token_requests_have_the_errors_of_oauth(
    client: TestClient, form: dict[str, Any], error: str
) -> None:
    answer = client.post("/v1/auth/token", data={"ignored": "yes", **form})
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_form_that_is_not_utf_8_is_refused(client: TestClient) -> None:
    answer = client.post(
        "/v1/auth/token",
        content=b"grant_type=password&username=a&password=%ff",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain"]
)
def test_a_token_request_is_a_form(client: TestClient, kind: str) -> None:
    answer = client.post("/v1/auth/token", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415


def test_sign_in_is_limited_per_address(client: TestClient) -> None:
    codes = [post_sign_in(client, f"u{n}@example.com", "x").status_code for n in range(11)]
    assert codes == [400] * 10 + [429]


@pytest.mark.parametrize("known", [True, False])
def test_failures_are_limited_per_account_from_everywhere(
    client: TestClient, alice: Account, *, known: bool
) -> None:
    """Known and unknown accounts alike, or the limit would tell which exist."""
    email = alice.email if known else "nobody@example.com"
    strangers = [from_address(client, f"198.51.100.{n}") for n in range(1, 22)]
    codes = [post_sign_in(stranger, email, "wrong").status_code for stranger in strangers]
    assert codes == [400] * 20 + [429]
    refused = post_sign_in(from_address(client, "198.51.100.99"), email)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert '"sign-in-failures";r=0;t=' in refused.headers["RateLimit"]


def test_the_limit_of_failures_does_not_lock_the_owner_out(
    client: TestClient, alice: Account
) -> None:
    for n in range(1, 22):
        post_sign_in(from_address(client, f"198.51.100.{n}"), alice.email, "wrong")
    assert post_sign_in(client, alice.email).status_code == 200


def test_a_burst_makes_no_more_guesses_than_its_quota(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.security.passwords.MAX_WAITING", 100)
    client = make_client()
    strangers = [from_address(client, f"198.51.100.{n}") for n in range(1, 31)]
    with ThreadPoolExecutor(30) as pool:
        codes = list(
            pool.map(lambda s: post_sign_in(s, "a@example.com", "x").status_code, strangers)
        )
    assert codes.count(400) <= 20
    assert set(codes) <= {400, 429, 503}


def test_a_guess_that_fails_while_the_store_answers_another_counts() -> None:
    class SlowStore(MemoryLimiter):
        """Answers questions, not counts, only when it is told to."""

        answers = asyncio.Event()

        async def hit(self, key: str, quota: Quota, cost: int = 1) -> Decision:
            decision = await super().hit(key, quota, cost)
            if not cost:
                await self.answers.wait()
            return decision

    async def guess(limits: FlowLimits, until: asyncio.Event) -> int:
        try:
            async with limits.guess("a@example.com", known_address=False):
                await until.wait()
                raise Problem(400, "wrong")  # noqa: TRY301 - as a wrong password does
        except Problem as problem:
            return problem.status

    async def last_two() -> tuple[int, int]:
        store, compared, anything = SlowStore(), asyncio.Event(), asyncio.Event()
        limits = FlowLimits(store)
        store.answers.set()
        anything.set()
        for _ in range(FAILURES.limit - 1):
            assert await guess(limits, anything) == 400
        first = asyncio.create_task(guess(limits, compared))
        await asyncio.sleep(0)
        store.answers.clear()
        second = asyncio.create_task(guess(limits, anything))
        await asyncio.sleep(0)
        compared.set()
        ended = await first
        store.answers.set()
        return ended, await second

    assert asyncio.run(last_two()) == (400, 429)


def test_successes_are_no_failures(client: TestClient, alice: Account) -> None:
    for n in range(1, 26):
        assert post_sign_in(from_address(client, f"198.51.100.{n}"), alice.email).status_code == 200


def test_an_inactive_account_looks_like_a_wrong_password(
    client: TestClient, alice: Account, administrator: Account, caplog: pytest.LogCaptureFixture
) -> None:
    change(client, administrator, alice.id, active=False)
    caplog.clear()
    inactive, wrong = post_sign_in(client, alice.email), post_sign_in(client, alice.email, "wrong")
    assert inactive.status_code == wrong.status_code == 400
    assert caplog.messages.count("sign_in_failed") == 2
    assert {**inactive.json(), "request_id": ""} == {**wrong.json(), "request_id": ""}


@pytest.mark.parametrize(
    "statement",
    [
        update(User).values(active=False),
        update(User).values(password_hash="changed"),
        delete(User),
    ],
    ids=["deactivated", "password changed", "deleted"],
)
def test_what_changes_while_a_password_is_compared_counts(
    client: TestClient,
    alice: Account,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    statement: Update | Delete,
) -> None:
    """The comparison takes long enough for an administrator, or the owner, to be faster."""
    verify = Passwords.verify

    async def slowly(self: Passwords, stored: str | None, password: str) -> Verdict:
        verdict = await verify(self, stored, password)
        database = Database(database_url)
        async with database.write() as session:
            await session.execute(statement)
        await database.close()
        return verdict

    monkeypatch.setattr(Passwords, "verify", slowly)
    answer = post_sign_in(client, alice.email)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
