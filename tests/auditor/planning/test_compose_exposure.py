"""What Compose services expose: ports, stores that ask nobody, rights and secrets of an image."""

import pytest

from .conftest import Planner, seen, service

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what Compose binds by default


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        ("'5432:5432'", (EVERYWHERE, 5432)),
        ("5432", (EVERYWHERE, 5432)),
        ("'127.0.0.1:5432:5432'", ("127.0.0.1", 5432)),
        ("'[::1]:80:5432/tcp'", ("::1", 5432)),
        ("'${PORT:-15432}:5432'", (EVERYWHERE, 5432)),
        ("{target: 5432, published: '5432', host_ip: 10.0.0.1}", ("10.0.0.1", 5432)),
        ("{target: 5432}", None),
        ("'nonsense'", None),
    ],
)
def test_published_ports(planned: Planner, port: str, expected: tuple[str, int] | None) -> None:
    text = (
        f"services:\n  db:\n    image: postgres\n    ports: [{port}]\n    environment: {{A: 1}}\n"
    )
    found = seen(service(planned({"compose.yaml": text}), "db"), "port-published")
    ports = [(one.detail["address"], one.detail["port"]) for one in found]
    assert ports == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("lines", "is_open"),
    [
        ("image: redis:7", True),
        ("image: ghcr.io/x/valkey@sha256:1", True),
        ("image: redis\n    command: redis-server --requirepass x", False),
        ("image: bitnami/redis\n    environment: {REDIS_PASSWORD: x}", False),
        ("image: bitnami/redis\n    environment: {ALLOW_EMPTY_PASSWORD: 'yes'}", True),
        ("image: postgres\n    environment: {POSTGRES_PASSWORD: x}", False),
        ("image: postgres\n    environment: {POSTGRES_HOST_AUTH_METHOD: trust}", True),
        ("image: mongo", True),
        ("image: mongo\n    environment: {MONGO_INITDB_ROOT_USERNAME: x}", False),
        ("image: elasticsearch:8\n    environment: ['xpack.security.enabled=false']", True),
        ("image: redis-commander", False),
        ("image: mysql\n    environment: {MYSQL_ALLOW_EMPTY_PASSWORD: 1}", True),
        ("image: my-app", False),
    ],
)
def test_stores_without_authentication(planned: Planner, lines: str, *, is_open: bool) -> None:
    plan = planned({"compose.yaml": f"services:\n  s:\n    {lines}\n    privileged: true\n"})
    assert bool(seen(service(plan, "s"), "store-without-auth")) is is_open


def test_a_store_without_authentication_is_shown_where_it_is_switched_off(
    planned: Planner,
) -> None:
    lines = "image: elasticsearch:8\n    environment:\n      - xpack.security.enabled=false\n"
    plan = planned({"compose.yaml": f"services:\n  s:\n    {lines}  t:\n    image: redis\n"})
    (switched,) = seen(service(plan, "s"), "store-without-auth")
    assert switched.location.line == 5
    (open_,) = seen(service(plan, "t"), "store-without-auth")
    assert open_.location.line == 6


def test_privileged_and_user(planned: Planner) -> None:
    text = "services:\n  api:\n    image: x\n    privileged: true\n    user: 'root:root'\n"
    one = service(planned({"compose.yaml": text}), "api")
    assert [(item.concept, item.value) for item in one.settings] == [
        ("container.privileged", True),
        ("container.user", ""),
    ]


def test_a_password_that_the_shell_must_give_is_one(planned: Planner) -> None:
    for command in (
        "redis-server --requirepass ${PW:?missing}",
        '["redis-server", "--requirepass", "${PW:?missing}"]',
    ):
        text = "services:\n  api:\n    image: redis:8\n    ports: ['6379:6379']\n"
        text += f"    command: {command}\n"
        one = service(planned({"compose.yaml": text}), "api")
        assert seen(one, "store-without-auth") == []
        assert seen(one, "port-published")


def test_a_secret_among_the_build_arguments_is_kept_by_the_image(planned: Planner) -> None:
    text = (
        "services:\n  api:\n    build:\n      context: .\n      args:\n"
        "        API_TOKEN: q3ZkT8wLr5Xn0cVb\n        DB_PASSWORD: ${DB_PASSWORD}\n"
        "        VERSION: '3'\n        SECRET_KEY: dummy\n"
    )
    (one,) = planned({"compose.yaml": text}).deployments
    found = [(at.subject, at.location.line, at.detail) for at in seen(one, "secret-in-image")]
    assert found == [
        ("API_TOKEN", 6, {"name": "API_TOKEN", "instruction": "ARG", "placeholder": False}),
        ("SECRET_KEY", 9, {"name": "SECRET_KEY", "instruction": "ARG", "placeholder": True}),
    ]
