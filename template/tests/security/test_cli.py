"""The command line, run as its users run it: real processes, real servers, real signals."""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx2
import pytest

from app.storage.migrate import upgrade
from tests.security.accounts import PASSWORD
from tests.security.commands import COMMAND, DEVELOPMENT, KEYS, ROOT, keys, run, serving


def test_a_first_run_needs_nothing() -> None:
    """`dev` writes .env, migrates and serves on loopback; a second run keeps what is there."""
    for _ in range(2):
        with serving("dev", variables={}) as (_process, url):
            assert httpx2.get(f"{url}/healthz").json() == {"status": "ok"}
        written = Path(".env").read_text()
    assert Path(".env").read_text() == written
    assert "APP_ENVIRONMENT=development" in written
    assert len(keys()[0]) >= 43
    assert Path(".env").stat().st_mode & 0o777 == 0o600


def test_dev_watches_the_service_and_not_its_dependencies() -> None:
    """Thousands of modules, four times a second, are a fifth of a core that nobody asked for."""
    with serving("dev", variables={}) as (process, _url):
        assert process.stdout is not None
        watching = next(line for line in process.stdout if "watch for changes" in line)
    assert watching.rstrip().endswith(f"['{ROOT / 'app'}']")


def test_dev_does_not_turn_production_into_development() -> None:
    run("env", "--write")
    refused = run("dev", variables={"APP_ENVIRONMENT": "production"})
    assert refused.exit_code == 1
    assert "APP_ENVIRONMENT" not in Path(".env").read_text()


def test_env_names_what_is_missing_and_writes_secrets_only() -> None:
    checked = run("env", "--check")
    assert checked.exit_code == 1
    assert KEYS in checked.stdout
    assert "APP_HTTP__ALLOWED_HOSTS" in checked.stdout
    Path(".env").write_text("APP_LOG__FORMAT=json")
    written = run("env", "--write")
    assert written.exit_code == 0
    text = Path(".env").read_text()
    assert text.startswith("APP_LOG__FORMAT=json\n")
    assert "ENVIRONMENT" not in text
    assert Path(".env").stat().st_mode & 0o777 == 0o600
    assert keys()[0] not in written.stdout + written.stderr
    run("env", "--write")
    assert Path(".env").read_text() == text
    Path(".env").write_text(f'{text}APP_HTTP__ALLOWED_HOSTS=["api.example.com"]\n')
    assert run("env", "--check").exit_code == 0
    Path(".env").write_text(f"{Path('.env').read_text()}APP_TYPO=1\n")
    unknown = run("env", "--check")
    assert (unknown.exit_code, "APP_TYPO" in unknown.stdout) == (1, True)


@pytest.mark.parametrize(
    "content",
    [None, "APP_ENVIRONMENT=development\n".encode("utf-16"), b"\xef\xbb\xbfAPP_DEBUG=false\n"],
    ids=["folder", "utf-16", "mark"],
)
@pytest.mark.parametrize("command", [("dev",), ("serve",), ("env", "--check"), ("env", "--write")])
def test_an_env_file_that_cannot_be_read_is_said_and_left_alone(
    command: tuple[str, ...], content: bytes | None
) -> None:
    """What containers, shells and editors make of it; its settings would be lost in silence."""
    if content is None:
        Path(".env").mkdir()
    else:
        Path(".env").write_bytes(content)
    refused = run(*command, variables={KEYS: json.dumps([secrets.token_urlsafe(48)])})
    assert refused.exit_code == 1
    assert re.search(r"refuses to start:\n  \.env( \[DIALECT001\])?: ", refused.stderr)
    assert content is None or Path(".env").read_bytes() == content


def test_serve_refuses_insecure_settings_with_their_names_and_codes() -> None:
    secret = "changeme-hunter2-changeme-hunter2-changeme"
    refused = run(
        "serve",
        "--workers",
        "2",
        variables={
            KEYS: json.dumps([secret]),
            "APP_DEBUG": "true",
            "APP_TYPO": "1",
            "APP_CORS__ALLOW_ORIGINS": '["*"]',
        },
    )
    assert refused.exit_code == 1
    assert refused.stdout == ""
    for name, code in (
        (KEYS, "SEC001"),
        ("APP_DEBUG", "DBG001"),
        ("APP_CORS__ALLOW_ORIGINS", "CORS002"),
        ("APP_HTTP__ALLOWED_HOSTS", "DRIFT"),
        ("APP_LIMITS__STORE_URL", "LIMIT"),
        ("--tls-certificate", "TLS"),
        ("APP_TYPO", "DRIFT"),
    ):
        assert re.search(rf"{re.escape(name)}.*\[{code}", refused.stderr), name
    assert "hunter2" not in refused.stderr


def test_serve_refuses_a_database_that_is_not_migrated_and_never_migrates() -> None:
    run("env", "--write")
    for _ in range(2):
        refused = run("serve", variables=DEVELOPMENT)
        assert refused.exit_code == 1
        assert "APP_DATABASE__URL" in refused.stderr
        assert "migrate" in refused.stderr
    assert run("migrate", variables=DEVELOPMENT).exit_code == 0
    with serving("serve", variables=DEVELOPMENT):
        pass


@pytest.mark.parametrize("command", ["create-admin", "reset-password"])
def test_a_command_on_accounts_says_that_the_database_is_not_migrated(command: str) -> None:
    """Before it asks for a password: the first thing people forget is the first thing they read."""
    run("env", "--write")
    refused = run(command, "ada@example.com", variables=DEVELOPMENT)
    assert refused.exit_code == 1
    assert "APP_DATABASE__URL" in refused.stderr
    assert "migrate`" in refused.stderr


@pytest.mark.parametrize("command", ["migrate", "serve", "create-admin"])
def test_a_folder_that_cannot_be_made_is_said_without_a_traceback(
    tmp_path: Path, command: str
) -> None:
    run("env", "--write")
    (tmp_path / "file").touch()
    url = f"sqlite+aiosqlite:///{tmp_path}/file/app.db"
    arguments = [command, "ada@example.com"] if command == "create-admin" else [command]
    failed = run(*arguments, variables={**DEVELOPMENT, "APP_DATABASE__URL": url})
    assert failed.exit_code == 1
    assert "APP_DATABASE__URL" in failed.stderr
    assert str(tmp_path) not in failed.stderr


FOREIGN = """
from starlette.routing import Route, Router
ROUTERS = (*ROUTERS, Router([Route("/foreign", print)]))
"""
UNGUARDED = """
from app.security.access import user
from app.security.declarations import check
from app.security.routes import Route
check(Route(method="GET", path="/v1/things/{id}", access=user, app=print), status=200, produces=())
"""
TWICE = """
from importlib import import_module
from app.project import PROJECT
ROUTERS = (import_module(f"app.auth.routes_{PROJECT.framework}").me,)
"""


@pytest.mark.parametrize(
    ("command", "mistake", "reason"),
    [
        ("serve", FOREIGN, "not declared through the service's own Router: ['/foreign']"),
        ("serve", "ROUTERS = (*ROUTERS, print)", "not declared through the service's own Router"),
        ("serve", UNGUARDED, "names an object that 'user' does not guard"),
        ("dev", TWICE, "declared twice"),
    ],
    ids=["foreign", "none", "unguarded", "twice"],
)
def test_a_route_that_cannot_be_safe_stops_start_up_without_a_traceback(
    tmp_path: Path, command: str, mistake: str, reason: str
) -> None:
    """In a project of its own: Python reads the owner's module once."""
    shutil.copytree(ROOT / "app", "app", ignore=shutil.ignore_patterns("__pycache__"))
    with Path("app/service.py").open("a") as file:
        file.write(f"\n{mistake}\n")
    variables = {**DEVELOPMENT, KEYS: json.dumps([secrets.token_urlsafe(48)])}
    upgrade(f"sqlite+aiosqlite:///{tmp_path}/data/app.db")
    refused = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, command],
        env={**os.environ, "PYTHONPATH": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert refused.returncode == 1
    assert "refuses to start:\n  app/service.py: " in refused.stderr
    assert reason in refused.stderr
    assert "Traceback" not in refused.stderr


def test_serve_binds_loopback_only_in_development() -> None:
    run("env", "--write")
    run("migrate", variables=DEVELOPMENT)
    refused = run("serve", "--host", "0.0.0.0", variables=DEVELOPMENT)  # noqa: S104 - it is refused
    assert refused.exit_code == 1
    assert "--host" in refused.stderr


def test_serve_names_the_certificate_that_other_options_of_tls_lack() -> None:
    run("env", "--write")
    refused = run("serve", "--tls-minimum", "1.3", variables=DEVELOPMENT)
    assert refused.exit_code == 1
    assert "--tls-certificate" in refused.stderr
    assert run("serve", "--tls-minimum", "1.1", variables=DEVELOPMENT).exit_code == 2


@pytest.mark.parametrize("names", [["certificate"], ["key"], ["certificate", "key"]])
def test_serve_names_files_that_are_no_certificate_and_key(
    tmp_path: Path, names: list[str]
) -> None:
    run("env", "--write")
    options = []
    for name in names:
        file = tmp_path / name
        file.write_text("not PEM")
        options += [f"--tls-{name}", str(file)]
    refused = run("serve", *options, variables=DEVELOPMENT)
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "--tls-certificate" in refused.stderr
    assert "TLS002" in refused.stderr


def test_a_database_that_does_not_answer_is_said_without_its_password() -> None:
    run("env", "--write")
    url = "postgresql+psycopg://u:hunter2hunter2@127.0.0.1:1/app"
    failed = run("migrate", variables={**DEVELOPMENT, "APP_DATABASE__URL": url})
    assert failed.exit_code == 1
    assert "hunter2" not in failed.stderr


def test_a_stopping_service_finishes_what_it_has_begun() -> None:
    """SIGTERM between the two halves of five requests: each is answered, then the process ends."""
    run("env", "--write")
    run("migrate", variables=DEVELOPMENT)
    with serving("serve", variables=DEVELOPMENT) as (process, url):
        begun = [_begin_registration(url, number) for number in range(5)]
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        for connection, rest in begun:
            connection.sendall(rest)
        heads = [connection.recv(100) for connection, _rest in begun]
        assert [head[:12] for head in heads] == [b"HTTP/1.1 201"] * 5
        for connection, _rest in begun:
            connection.close()
        assert process.wait(15) in {0, -signal.SIGTERM}


def _begin_registration(url: str, number: int) -> tuple[socket.socket, bytes]:
    """Send the first half of a registration; return its connection and the other half."""
    body = json.dumps({"email": f"user{number}@example.com", "password": PASSWORD}).encode()
    port = int(url.rpartition(":")[2])
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(
        b"POST /v1/auth/register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body[:9])
    )
    return connection, body[9:]


def test_what_was_answered_survives_a_kill() -> None:
    """SIGKILL in the middle of registrations: each account that was answered is there."""
    run("env", "--write")
    run("migrate", variables=DEVELOPMENT)
    variables = {**DEVELOPMENT, "APP_LIMITS__PUBLIC": ""}
    answered: list[str] = []
    with serving("serve", variables=variables) as (process, url):
        for number in range(4):
            body = {"email": f"user{number}@example.com", "password": PASSWORD}
            answer = httpx2.post(f"{url}/v1/auth/register", json=body)
            assert answer.status_code == 201
            answered.append(body["email"])
        process.send_signal(signal.SIGKILL)
        process.wait()
    with serving("serve", variables=variables) as (_process, url):
        for email in answered:
            form = {"grant_type": "password", "username": email, "password": PASSWORD}
            assert httpx2.post(f"{url}/v1/auth/token", data=form).status_code == 200
