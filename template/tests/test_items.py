"""The example resource, as its callers see it. Delete it together with the example."""

import hashlib
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.security.accounts import Account


def create(client: TestClient, account: Account, title: str = "Tea", **more: str) -> str:
    answer = client.post("/v1/items", json={"title": title} | more, headers=account.bearer)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_an_item_lives_from_creation_to_deletion(client: TestClient, alice: Account) -> None:
    path = f"/v1/items/{create(client, alice, description='green')}"

    item = client.get(path, headers=alice.bearer).json()
    assert (item["title"], item["description"]) == ("Tea", "green")

    changed = client.patch(path, json={"title": "Coffee"}, headers=alice.bearer)
    assert changed.json() == item | {"title": "Coffee"}

    assert client.delete(path, headers=alice.bearer).status_code == 204
    assert client.get(path, headers=alice.bearer).status_code == 404


def test_an_item_is_its_owners_alone(client: TestClient, alice: Account, bob: Account) -> None:
    path = f"/v1/items/{create(client, alice)}"
    for method in ("GET", "PATCH", "DELETE"):
        body = {"title": "Mine"} if method == "PATCH" else None
        assert client.request(method, path, json=body, headers=bob.bearer).status_code == 404
    assert client.get("/v2/items", headers=bob.bearer).json()["items"] == []
    assert client.get(path, headers=alice.bearer).json()["title"] == "Tea"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "x" * 201},
        {"title": "a\x00b"},
        {"title": 1},
        {"title": "Tea", "owner_id": str(uuid4())},
        {"title": "Tea", "description": None},
    ],
)
def test_a_bad_item_is_refused(client: TestClient, alice: Account, body: object) -> None:
    answer = client.post("/v1/items", json=body, headers=alice.bearer)
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_version_2_goes_from_page_to_page(client: TestClient, alice: Account) -> None:
    created = [create(client, alice, title=f"Item {number}") for number in range(5)]
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    for expected in (2, 2, 1):
        page = client.get("/v2/items", params=query, headers=alice.bearer).json()
        assert len(page["items"]) == expected
        seen += [item["id"] for item in page["items"]]
        query["cursor"] = page["next_cursor"]
    assert page["next_cursor"] is None
    assert seen == created[::-1]


def test_version_1_is_deprecated_in_favour_of_version_2(client: TestClient, alice: Account) -> None:
    create(client, alice)
    answer = client.get("/v1/items?page=1&limit=1", headers=alice.bearer)
    assert [item["title"] for item in answer.json()["items"]] == ["Tea"]
    assert answer.headers["Deprecation"].startswith("@")
    assert answer.headers["Link"] == '</v2/items>; rel="successor-version"'
    assert "Sunset" not in answer.headers


def test_an_attachment_comes_back_as_it_was(client: TestClient, alice: Account) -> None:
    path = f"/v1/items/{create(client, alice)}/attachment"
    content = bytes(range(256)) * 3000
    headers = alice.bearer | {"Content-Type": "image/png"}

    stored = client.post(path, content=content, headers=headers)
    assert stored.status_code == 201, stored.text
    assert stored.json()["size"] == len(content)
    assert stored.json()["sha256"] == hashlib.sha256(content).hexdigest()

    answer = client.get(path, headers=alice.bearer)
    assert answer.content == content
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == "attachment"


def test_an_item_has_one_attachment_which_goes_with_it(client: TestClient, alice: Account) -> None:
    item = f"/v1/items/{create(client, alice)}"
    headers = alice.bearer | {"Content-Type": "application/pdf"}
    assert client.get(f"{item}/attachment", headers=alice.bearer).status_code == 404
    assert client.post(f"{item}/attachment", content=b"one", headers=headers).status_code == 201
    assert client.post(f"{item}/attachment", content=b"two", headers=headers).status_code == 409
    assert client.get(f"{item}/attachment", headers=alice.bearer).content == b"one"
    assert client.delete(item, headers=alice.bearer).status_code == 204
    assert client.get(f"{item}/attachment", headers=alice.bearer).status_code == 404
