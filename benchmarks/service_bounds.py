"""Two promises of the service: sign-ins leave room for others, many clients cost little memory."""

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

from benchmarks.generated import PASSWORD
from benchmarks.http_load import Server, put_under_load

_ROUNDS: Final = 3
_CLIENTS: Final = 4
_EVERYONE: Final = {"Accept": "application/json"}

# In the service's process each request of a new address makes one key of this form.
_ADDRESSES: Final = """\
import asyncio, resource
from pathlib import Path
from app.security.limiter_memory import MemoryLimiter
from app.security.policies.rates import client_key
from app.security.limits import Quota

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20

limiter, quota = MemoryLimiter(), Quota(100, 60)
before = resident()
for number in range(1_000_000):
    address = f"2001:db8:{number >> 16:x}:{number & 0xffff:x}::1"
    limiter.hit_now("public:" + client_key(address), quota)
print(resident() - before)
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
    """Return what a million client addresses cost in memory."""
    grown = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", _ADDRESSES], cwd=service, capture_output=True, text=True, check=True
    )
    return f"A million distinct client addresses grew the process by {float(grown.stdout):.0f} MiB."
