"""Sessions: rotation, reuse, concurrency, revocation, lists."""

from starlette.testclient import TestClient

from tests.security.accounts import Account


def test_me(client: TestClient, alice: Account) -> None:
    answer = client.get("/v1/users/me", headers=alice.bearer)
    assert answer.status_code == 200, answer.text
