"""The server as a process: TLS, workers, what the environment must not change, and its end."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from .processes import ROOT, process
from .wire import Connection, edge, hello, wait_until, with_lifespan

FACTORY = "tests.security.test_server_process:create_app"


async def application(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    if scope["path"] == "/slow":
        await asyncio.sleep(1)
    if scope["path"] == "/process":
        body = b"%d %b %b" % (os.getpid(), scope["scheme"].encode(), scope["client"][0].encode())
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return
    await hello(scope, receive, send)


def create_app() -> Any:  # noqa: ANN401 - an ASGI callable
    return with_lifespan(edge(application, public=None))


def test_the_environment_changes_neither_workers_nor_trust() -> None:
    variables = {"WEB_CONCURRENCY": "3", "FORWARDED_ALLOW_IPS": "*", "UVICORN_PROXY_HEADERS": "1"}
    with process(FACTORY, environment=variables) as (running, port):
        fields = ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"]
        seen = []
        for _ in range(8):
            with Connection(port) as connection:
                seen.append(connection.get("/process", *fields).body)
        assert set(seen) == {b"%d http 127.0.0.1" % running.pid}


def test_requests_under_way_are_answered_when_the_server_is_told_to_stop() -> None:
    with process(FACTORY) as (running, port):
        with Connection(port) as idle, Connection(port) as busy:
            assert idle.get("/").status == 200
            busy.send(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(0.3)
            running.send_signal(signal.SIGTERM)
            answer = busy.answer()
            assert (answer.status, answer.body) == (200, b"hello")
            assert answer["connection"] == "close"
            assert idle.seconds_until_closed(3) < 2
        out, err = running.communicate(timeout=10)
    assert running.returncode in {0, -signal.SIGTERM}
    assert err == ""
    assert all(json.loads(line) for line in out.splitlines())


def test_no_request_is_lost_when_the_server_is_stopped_under_load() -> None:
    """A connection that was accepted and sent a request gets its answer, to the last one."""
    lost: list[str] = []
    served: list[int] = []

    def client(port: int) -> None:
        while True:
            try:
                connection = Connection(port)
            except OSError:
                return  # the server no longer accepts: nothing was lost
            with connection:
                try:
                    connection.socket.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    served.append(connection.answer().status)
                except (AssertionError, OSError) as error:
                    lost.append(repr(error))
                    return

    with process(FACTORY) as (running, port):
        clients = [threading.Thread(target=client, args=(port,)) for _ in range(4)]
        for each in clients:
            each.start()
        time.sleep(0.5)
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=15)
        for each in clients:
            each.join(10)
    assert len(served) > 50
    assert set(served) == {200}
    # a connection in the backlog that the kernel accepted and the server never saw is reset
    assert len(lost) <= len(clients), lost


def test_workers_share_a_port_and_each_of_them_logs_in_json() -> None:
    with process(FACTORY, workers=2) as (running, port):
        wait_until(lambda: len(seen_processes(port)) == 2, 20)
        running.send_signal(signal.SIGTERM)
        out, _ = running.communicate(timeout=15)
    assert {json.loads(line)["level"] for line in out.splitlines()} <= {"info", "warning"}
    assert (
        sum(json.loads(line)["message"].startswith("Started server") for line in out.splitlines())
        == 2
    )


def seen_processes(port: int) -> set[bytes]:
    seen = set()
    for _ in range(10):
        try:
            with Connection(port) as connection:
                seen.add(connection.get("/process").body.split()[0])
        except (AssertionError, OSError):
            break
    return seen


def test_a_port_that_is_taken_is_a_failure_in_one_line() -> None:
    with process(FACTORY) as (_, port):
        program = (
            "from app.security.server import serve\n"
            "from app.security.server_policy import ServerPolicy\n"
            f"serve({FACTORY!r}, ServerPolicy(), port={port})"
        )
        ran = subprocess.run(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
    assert ran.returncode == 3
    assert "Traceback" not in ran.stdout + ran.stderr
    assert any("address already in use" in line for line in ran.stdout.splitlines())
