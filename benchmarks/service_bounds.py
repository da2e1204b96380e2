"""Two promises of the service: sign-ins leave room for others, many clients cost little memory."""

import os
import statistics
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Final

from benchmarks.generated import PASSWORD, variables
from benchmarks.http_load import Server, put_under_load

_ROUNDS: Final = 3
_CLIENTS: Final = 4
_EVERYONE: Final = {"Accept": "application/json"}

# The whole service, asked in its own process: no machine has so many addresses to ask from.
_ADDRESSES: Final = """\
import asyncio, resource, sys
from pathlib import Path
from app.main_fastapi import create_app

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20

async def receive():
    return {"type": "http.disconnect"}

async def send(message):
    if message["type"] == "http.response.start" and message["status"] != 404:
        raise RuntimeError(message["status"])

async def ask(app, numbers):
    for number in numbers:
        await app({
            "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": "/v1/nothing", "raw_path": b"/v1/nothing", "query_string": b"", "root_path": "",
            "headers": [(b"host", b"127.0.0.1")], "server": ("127.0.0.1", 8000),
            "client": (f"2001:db8:{number >> 16:x}:{number & 0xffff:x}::1", 1024),
        }, receive, send)
        if number % 32 == 0:
            await asyncio.sleep(0)  # a turn of the event loop, as between real requests

async def main():
    app = create_app()
    await ask(app, range(1_000_000, 1_001_000))
    before = resident()
    await ask(app, range(1_000_000))
    Path(sys.argv[1]).write_text(str(resident() - before))

asyncio.run(main())
"""


def sign_ins(server: Server) -> str:
    """Return how much of its throughput the open route keeps while clients sign in all the time."""
    alone, beside, counted = [], [], 0
    for _ in range(_ROUNDS):
        alone.append(put_under_load(server, "/v1/open", headers=_EVERYONE, connections=8))
        with _signing_in(server) as done:
            beside.append(put_under_load(server, "/v1/open", headers=_EVERYONE, connections=8))
        counted += len(done)
    pairs = list(zip(beside, alone, strict=True))
    kept = statistics.median(a.per_second / b.per_second for a, b in pairs)
    return (
        f"{_CLIENTS} clients signed in {counted} times; the open route kept {kept:.2f} of its "
        f"throughput (p99 {statistics.median(run.p99 for run in beside):.0f} ms)."
    )


@contextmanager
def _signing_in(server: Server) -> Iterator[list[int]]:
    """Sign in from ever new loopback addresses, as each may do so ten times a minute only."""
    over, done, numbers = threading.Event(), [], count()
    form = {"grant_type": "password", "username": "bench@example.org", "password": PASSWORD}
    body = urllib.parse.urlencode(form)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    def client() -> None:
        while not over.is_set():
            number = next(numbers)
            source = (f"127.9.{number >> 8 & 255}.{1 + number & 255}", 0)
            connection = HTTPConnection("127.0.0.1", server.port, source_address=source)
            connection.request("POST", "/v1/auth/token", body, kind)
            done.append(connection.getresponse().status)
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if set(done) != {200}:
        raise RuntimeError(f"sign-ins were refused: {sorted(set(done))}")


def addresses(service: Path) -> str:
    """Return what a million client addresses, each in a network of its own, cost in memory."""
    result = service / "grown"
    subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", _ADDRESSES, str(result)],
        cwd=service,
        env={**os.environ, **variables(service)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    grown = float(result.read_text())
    return f"Requests from a million client addresses grew the process by {grown:.0f} MiB."
