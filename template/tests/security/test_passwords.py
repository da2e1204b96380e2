"""Passwords: how they are hashed, how long that takes, and which are refused."""

import asyncio
import statistics
import time
from collections.abc import Callable
from threading import Event

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select
from starlette.testclient import TestClient

from app.security.password_policy import password_faults
from app.security.passwords import MEMORY_KIB, PASSES, Passwords
from app.security.problems import Problem
from app.storage.database import Database
from app.storage.models import User
from tests.security.accounts import PASSWORD, Account, register, sign_in

MakeClient = Callable[..., TestClient]
CONTEXT = ("desk", "alice.miller@example.com")


def test_hashes_have_the_parameters_of_owasp() -> None:
    parameters = extract_parameters(asyncio.run(Passwords().hash(PASSWORD)))
    assert parameters.type.name == "ID"
    assert parameters.memory_cost >= MEMORY_KIB == 19 * 1024
    assert parameters.time_cost >= PASSES == 2
    assert parameters.salt_len >= 16


def test_a_hash_with_weaker_parameters_is_renewed_on_sign_in(
    client: TestClient, alice: Account, database_url: str
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    _store_hash(database_url, weak)
    sign_in(client, alice.email)
    renewed = _stored_hash(database_url)
    assert extract_parameters(renewed).memory_cost == MEMORY_KIB
    sign_in(client, alice.email)
    assert _stored_hash(database_url) == renewed


def test_a_broken_hash_lets_nobody_in(
    client: TestClient, alice: Account, database_url: str
) -> None:
    _store_hash(database_url, "not a hash")
    form = {"grant_type": "password", "username": alice.email, "password": PASSWORD}
    assert client.post("/v1/auth/token", data=form).status_code == 400


def _stored_hash(url: str) -> str:
    async def read() -> str:
        database = Database(url)
        async with database.read() as session:
            found = (await session.scalars(select(User.password_hash))).one()
        await database.close()
        return found

    return asyncio.run(read())


def _store_hash(url: str, value: str) -> None:
    async def write() -> None:
        database = Database(url)
        async with database.write() as session:
            (await session.scalars(select(User))).one().password_hash = value
        await database.close()

    asyncio.run(write())


def test_an_unknown_account_takes_as_long_as_a_wrong_password() -> None:
    passwords = Passwords()

    async def measure() -> tuple[float, float]:
        stored = await passwords.hash(PASSWORD)
        known: list[float] = []
        unknown: list[float] = []
        for _ in range(8):
            for times, against in ((known, stored), (unknown, None)):
                started = time.perf_counter()
                assert not (await passwords.verify(against, "wrong")).correct
                times.append(time.perf_counter() - started)
        return statistics.median(known), statistics.median(unknown)

    known, unknown = asyncio.run(measure())
    assert 0.5 < unknown / known < 2


def test_nobody_signs_in_with_the_password_of_the_dummy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda: "guessed")
    verdict = asyncio.run(Passwords().verify(None, "guessed"))
    assert not verdict.correct


def test_hashing_leaves_the_event_loop_free_and_refuses_what_is_too_much() -> None:
    gate = Event()

    class Gated(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            if password == PASSWORD:
                gate.wait(5)
            return super().hash(password, salt=salt)

    passwords = Passwords(Gated(1, 64, 1), threads=1, max_waiting=3)

    async def flood() -> None:
        waiting = [asyncio.create_task(passwords.hash(PASSWORD)) for _ in range(3)]
        await asyncio.sleep(0.01)
        with pytest.raises(Problem) as caught:
            await passwords.hash("one too many")
        assert caught.value.status == 503
        assert int(caught.value.headers["Retry-After"]) > 0
        gate.set()
        await asyncio.gather(*waiting)
        assert await passwords.hash("there is room again")

    asyncio.run(flood())


def test_a_caller_who_leaves_keeps_the_place_until_the_hash_is_done() -> None:
    """Or a flood of cancelled requests would queue without bound."""
    gate = Event()

    class Gated(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            if password == PASSWORD:
                gate.wait(5)
            return super().hash(password, salt=salt)

    passwords = Passwords(Gated(1, 64, 1), threads=1, max_waiting=1)

    async def leave() -> None:
        task = asyncio.create_task(passwords.hash(PASSWORD))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(Problem):
            await passwords.hash("no room")
        gate.set()

    asyncio.run(leave())


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "пароль очень длинный",
        "🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤🦆",
        "               x y z q w e r",
        "trombone\x00lighthouse\x0091",
        "all lower case and no digit",
        "Zq9!vR7#tL2@xW5",
    ],
)
def test_any_characters_are_accepted_and_no_composition_is_asked_for(password: str) -> None:
    assert password_faults(password, min_length=15, context=CONTEXT) == []


@pytest.mark.parametrize("length", [29, 58, 100, 127, 128])
def test_what_is_long_enough_by_itself_may_be_repeated(length: int) -> None:
    """The longest password is one that people can make without a generator."""
    assert password_faults(("correct horse battery staple " * 5)[:length], min_length=15) == []


@pytest.mark.parametrize(
    "password",
    [
        "a" * 128,
        "aB3$" * 32,
        "password1234567",
        "P@ssw0rd1234567",
        "Password123456789",
        "sunshine!2345678",
        "letmein12345678",
        "qwertyuiopasdfgh",
        "1q2w3e4r5t6y7u8i",
        "aaaaaaaaaaaaaaa",
        "123456789012345",
        "987654321098765",
        "abcabcabcabcabc",
        "passwordpassword",
        "iloveyouiloveyou",
        "deskdeskdesk1234",
        "alice.miller2026!",
        "alice.miller@example.com",
        "MILLER-alice-1234",
    ],
)
def test_common_repetitive_sequential_and_personal_passwords_are_refused(password: str) -> None:
    assert password_faults(password, min_length=15, context=CONTEXT)


def test_the_most_common_passwords_of_each_length_are_refused() -> None:
    for password in ("football1", "sunshine", "princess1", "iloveyou", "baseball1", "superman"):
        assert password_faults(password, min_length=8)


def test_length_is_counted_in_code_points() -> None:
    fox = "🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤"
    assert len(fox.encode()) > 50
    assert password_faults(fox, min_length=15)
    assert not password_faults(f"{fox}x", min_length=15)
    long = "correct horse battery staple and so on " * 4
    assert not password_faults(long[:100] + "qzjx", min_length=15)
    assert password_faults(long[:129], min_length=15)


@pytest.mark.parametrize("password", ["short", "password1234567", "alice@example.com"])
def test_registration_names_the_reason_and_not_the_password(
    client: TestClient, password: str
) -> None:
    body = {"email": "alice@example.com", "password": password}
    answer = client.post("/v1/auth/register", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/password"
    assert password not in answer.text


def test_the_minimum_is_a_setting(make_client: MakeClient) -> None:
    client = make_client(passwords={"min_length": 8})
    register(client, "alice@example.com", "xk3fjw9q")


def test_a_password_is_compared_as_it_is(client: TestClient, alice: Account) -> None:
    form = {"grant_type": "password", "username": alice.email}
    for other in (PASSWORD.upper(), f"{PASSWORD} ", PASSWORD[:-1], f"{PASSWORD}\0"):
        assert client.post("/v1/auth/token", data={**form, "password": other}).status_code == 400
    sign_in(client, alice.email.upper())
