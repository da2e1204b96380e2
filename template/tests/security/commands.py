"""Runs the service as its operators do: processes of the command line, on ports of their own."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner, Result

from app.cli import app

ROOT = Path(__file__).parents[2]
KEYS = "APP_TOKENS__SIGNING_KEYS"
DEVELOPMENT = {"APP_ENVIRONMENT": "development"}
COMMAND = [sys.executable, "-c", "from app.cli import main; main()"]


def run(*arguments: str, variables: dict[str, str] | None = None, stdin: str = "") -> Result:
    """Run a command in this process; whatever happens, it ends in order."""
    done = CliRunner().invoke(
        app, arguments, input=stdin, env=variables, prog_name="desk", catch_exceptions=False
    )
    assert "Traceback" not in done.output
    return done


def keys() -> list[str]:
    line = next(line for line in Path(".env").read_text().splitlines() if line.startswith(KEYS))
    found: list[str] = json.loads(line.partition("=")[2])
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(
    *arguments: str, variables: dict[str, str], trust: ssl.SSLContext | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a serving command; yield its process and its URL once it is ready.

    Args:
        arguments: the command and its options but the port.
        variables: of its environment, on top of ours.
        trust: of a client, when the command serves https.
    """
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, *arguments, "--port", str(port)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}" if trust is None else f"https://localhost:{port}"
    try:
        _await_ready(process, url, trust)
        yield process, url
    finally:
        # The whole group: `dev` serves from a child that would outlive a killed parent.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _await_ready(process: subprocess.Popen[str], url: str, trust: ssl.SSLContext | None) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"it ended: {process.stdout.read() if process.stdout else ''}")
        try:
            if httpx2.get(f"{url}/readyz", verify=trust or True).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    pytest.fail("it did not become ready")
