"""The API document says everything that can be answered, and is served in development only."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.security.conftest import MakeClient
from tests.security.locks import locked

PAGES = ("/docs", "/openapi.json", "/docs/style.css", "/redoc")


@pytest.fixture
def document(make_client: MakeClient) -> dict[str, Any]:
    client = make_client(environment="development")
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    served: dict[str, Any] = answer.json()
    return served


def test_outside_of_development_there_is_none(client: TestClient) -> None:
    assert [client.get(path).status_code for path in PAGES] == [404] * len(PAGES)


def test_the_page_loads_nothing_from_elsewhere(make_client: MakeClient) -> None:
    client = make_client(environment="development")
    answer = client.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.text
    assert "/v1/auth/token" in answer.text
    used = set(re.findall(r"(?:href|src)=(\S+?)[> ]", answer.text))
    assert {link for link in used if not link.startswith("'#")} == {
        "/docs/style.css",
        "/openapi.json",
    }
    style = client.get("/docs/style.css")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert client.head("/docs").content == b""


def test_every_locked_route_is_documented_with_its_refusals(document: dict[str, Any]) -> None:
    for key, route in locked():
        operation = document["paths"][route.path][route.method.lower()]
        expected = {"400", "429", "500", "503"}
        expected |= set() if route.access.anonymous else {"401"}
        expected |= {"403"} if route.access.role else set()
        expected |= {"404"} if route.access.model else set()
        expected |= {"413", "415"} if route.body.media_types else set()
        assert expected <= operation["responses"].keys(), key
        assert bool(operation["security"]) is not route.access.anonymous, key
        assert ("requestBody" in operation) is bool(route.body.media_types), key
        named = {item["name"] for item in operation.get("parameters", ()) if item["in"] == "path"}
        assert named == set(route.parameters), key


def test_what_comes_in_is_bounded_in_the_document(document: dict[str, Any]) -> None:
    """A length, and a form: at least the one that rules out NUL, which is refused."""
    examined = 0
    for name, schema in document["components"]["schemas"].items():
        if schema.get("additionalProperties") is not False:
            continue
        for field, member in schema["properties"].items():
            for part in (member, *member.get("anyOf", ())):
                if part.get("type") == "string":
                    examined += 1
                    assert {"maxLength", "enum", "const"} & part.keys(), f"{name}.{field}"
                    assert {"pattern", "format", "enum", "const"} & part.keys(), f"{name}.{field}"
    assert examined


def test_errors_are_documented_as_problems_only(document: dict[str, Any]) -> None:
    for response in document["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
