"""Runs the server as its command does: in a process of its own, from an import string."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .wire import wait_until

ROOT = Path(__file__).parents[2]


@contextmanager
def process(
    factory: str,
    *,
    environment: dict[str, str] | None = None,
    **options: Any,  # noqa: ANN401 - the command's
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start ``serve`` in a process of its own; yield it and its port.

    Args:
        factory: import string of what makes the application.
        environment: further variables of the process.
        options: as ``serve`` takes them.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = (
        "from pathlib import PosixPath\n"
        "from app.security.server import serve\n"
        "from app.security.server_policy import ServerPolicy\n"
        "from app.security.tls import Tls\n"
        f"serve({factory!r}, ServerPolicy(), port={port}, "
        f"**{options!r})"
    )
    variables = os.environ | {"PYTHONPATH": str(ROOT)} | (environment or {})
    running = subprocess.Popen(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=variables,
    )
    try:
        wait_until(lambda: listens(port) or running.poll() is not None, 20)
        yield running, port
    finally:
        running.kill()
        running.communicate()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
