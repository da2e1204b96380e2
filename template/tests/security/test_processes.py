"""Several processes behind one database and one store: what one learns, all of them know."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from secrets import token_urlsafe

import httpx2
import pytest

from app.storage.migrate import upgrade
from tests.security.accounts import PASSWORD
from tests.security.commands import serving
from tests.security.test_limits_redis import Redis


@pytest.fixture
def replicas(postgresql: str, tmp_path: Path) -> Iterator[tuple[list[str], Redis]]:
    """Yield the URLs of two processes on one PostgreSQL and one Redis, and that Redis."""
    upgrade(postgresql)
    redis = Redis(tmp_path)
    redis.start()
    variables = {
        "APP_ENVIRONMENT": "test",
        "APP_TOKENS__SIGNING_KEYS": json.dumps([token_urlsafe(48)]),
        "APP_DATABASE__URL": postgresql,
        "APP_LIMITS__STORE_URL": redis.url,
    }
    with ExitStack() as stack:
        stack.callback(redis.stop)
        urls = [stack.enter_context(serving("serve", variables=variables))[1] for _ in range(2)]
        yield urls, redis


def post_register(url: str, email: str) -> httpx2.Response:
    body = {"email": email, "password": PASSWORD}
    return httpx2.post(f"{url}/v1/auth/register", json=body)


def token(url: str, **form: str) -> httpx2.Response:
    return httpx2.post(f"{url}/v1/auth/token", data=form, timeout=20)


def me(url: str, access: str) -> int:
    return httpx2.get(
        f"{url}/v1/users/me", headers={"Authorization": f"Bearer {access}"}
    ).status_code


def test_processes_share_limits_sessions_and_revocations(
    replicas: tuple[list[str], Redis],
) -> None:
    """One story, because starting servers takes longer than all of it."""
    (one, two), redis = replicas
    codes = [post_register((one, two)[n % 2], f"user{n}@example.com").status_code for n in range(6)]
    assert codes == [201] * 5 + [429]

    credentials = {"grant_type": "password", "username": "user0@example.com", "password": PASSWORD}
    tokens = token(one, **credentials).json()
    assert me(two, tokens["access_token"]) == 200

    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    with ThreadPoolExecutor(16) as pool:
        uses = pool.map(lambda n: token((one, two)[n % 2], **form).status_code, range(16))
    assert sorted(uses) == [200] + [400] * 15

    deadline = time.monotonic() + 1
    while 200 in {me(one, tokens["access_token"]), me(two, tokens["access_token"])}:
        assert time.monotonic() < deadline, "the replay did not end the session everywhere"
        time.sleep(0.02)

    redis.stop()
    assert httpx2.get(f"{one}/readyz", timeout=10).status_code == 503
    refused = token(two, **credentials)
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert me(two, tokens["access_token"]) == 401  # general limits go on, in each process alone
