"""Probes and outages: what a dead database looks like from outside."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from sqlalchemy import create_engine, make_url, text
from starlette.testclient import TestClient

from app.health import Health
from app.security.limiter_memory import MemoryLimiter
from app.security.problems import Problem
from app.storage.database import Database
from app.storage.migrate import upgrade
from tests.security.accounts import register
from tests.security.conftest import PostgresqlDatabase

MakeClient = Callable[..., TestClient]


def test_probes_answer_without_host_https_or_limits(make_client: MakeClient) -> None:
    client = make_client(
        http={"allowed_hosts": ["api.example.com"], "force_https": True},
        limits={"public": "1/minute"},
    )
    for path in ("/healthz", "/readyz") * 3:
        answer = client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


class Countable(MemoryLimiter):
    """A store that counts how often it is asked whether it can count."""

    pings = 0

    async def ping(self) -> None:
        """Count."""
        self.pings += 1


def test_readiness_looks_once_a_second_however_often_it_is_asked(database_url: str) -> None:
    store = Countable()

    async def ask() -> None:
        database = Database(database_url)
        health = Health(database, store)
        await asyncio.gather(*(health.require_ready() for _ in range(50)))
        assert store.pings == 1
        await asyncio.sleep(1.01)
        await health.require_ready()
        assert store.pings == 2
        await database.close()

    asyncio.run(ask())


def test_a_database_that_is_not_there_is_not_ready() -> None:
    async def ask() -> Problem:
        database = Database("postgresql+psycopg://u:hunter2hunter2@127.0.0.1:1/app")
        with pytest.raises(Problem) as caught:
            await Health(database, MemoryLimiter()).require_ready()
        await database.close()
        return caught.value

    started = time.monotonic()
    problem = asyncio.run(ask())
    assert time.monotonic() - started < 3
    assert (problem.status, problem.detail) == (503, None)


def test_an_outage_is_503_and_no_riddle(make_client: MakeClient, postgresql_server: str) -> None:
    """The database goes away under a running service and its open connections."""
    with PostgresqlDatabase(postgresql_server) as url:
        upgrade(url)
        client = make_client(database={"url": url})
        alice = register(client, "alice@example.com")
        assert client.get("/v1/users/me", headers=alice.bearer).status_code == 200
    answer = client.get("/v1/users/me", headers=alice.bearer)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert "psycopg" not in answer.text
    assert client.get("/healthz").status_code == 200
    time.sleep(1.01)
    assert client.get("/readyz").status_code == 503


def test_an_outage_under_traffic_ends_by_itself_and_loses_nothing(
    make_client: MakeClient, postgresql_server: str
) -> None:
    """Connections are cut in the middle of writes; what was answered is there afterwards."""
    with PostgresqlDatabase(postgresql_server) as url:
        upgrade(url)
        client = make_client(database={"url": url}, limits={"authenticated": ""})
        alice = register(client, "alice@example.com")
        ended = Event()

        def write(writer: int) -> list[tuple[int, str]]:
            answers: list[tuple[int, str]] = []
            while not ended.is_set():
                name = f"{writer}-{len(answers)}"
                body = {"display_name": name}
                answer = client.patch("/v1/users/me", json=body, headers=alice.bearer)
                answers.append((answer.status_code, name))
            return answers

        with ThreadPoolExecutor(4) as pool:
            writers = [pool.submit(write, number) for number in range(4)]
            time.sleep(0.5)
            with closed(postgresql_server, url):
                time.sleep(0.5)
                assert client.get("/v1/users/me", headers=alice.bearer).status_code == 503
            time.sleep(1)
            ended.set()
        answers = [writer.result() for writer in writers]
        assert {status for of_one in answers for status, _ in of_one} == {200, 503}
        lasts = dict(of_one[-1][::-1] for of_one in answers)
        assert set(lasts.values()) == {200}
        kept = client.get("/v1/users/me", headers=alice.bearer).json()["display_name"]
        assert kept in lasts


@contextmanager
def closed(server: str, url: str) -> Iterator[None]:
    """Cut every connection of a database, and let nobody in for a while."""
    name = make_url(url).database
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(ending), {"name": name})
        yield
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    engine.dispose()
