"""Runs servers side by side and puts them under load by wrk, one after the other."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

SERVER_CPU, LOAD_CPU = 0, 1
_START_SECONDS: Final = 60
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_UNITS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Load(NamedTuple):
    """What a server did under load.

    Attributes:
        per_second: answers a second.
        p99: milliseconds within which 99 % of the answers arrived.
        cpu: microseconds of processor time (user and system) that the server spent an answer.
    """

    per_second: float
    p99: float
    cpu: float


class Server(NamedTuple):
    """A running server: its process and where it listens on loopback."""

    process: int
    port: int

    def url(self, path: str) -> str:
        """Return the URL of a path."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def running(
    command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]
) -> Iterator[Server]:
    """Run a server pinned to one processor; ``{port}`` in the command is a free one.

    Raises:
        RuntimeError: it does not listen within a minute.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    words = [word.replace("{port}", str(port)) for word in command]
    with (cwd / f"{port}.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - the benchmark's own commands
            ["taskset", "-c", str(SERVER_CPU), *words],  # noqa: S607 - found on PATH
            cwd=cwd,
            env={**os.environ, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, port, Path(log.name))
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server does not listen: {log.read_text()[-600:]}")


def put_under_load(
    server: Server,
    path: str,
    *,
    headers: Mapping[str, str],
    seconds: float = 2,
    connections: int = 32,
) -> Load:
    """Send requests on ``connections`` kept-alive connections for ``seconds``.

    Raises:
        RuntimeError: an answer was not a success, or wrk is not installed.
    """
    fields = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    command = ["taskset", "-c", str(LOAD_CPU), "wrk", "--latency", "-t1", f"-c{connections}"]
    before = _cpu_seconds(server.process)
    said = subprocess.run(  # noqa: S603 - the benchmark's own command
        [*command, f"-d{seconds:g}s", *fields, server.url(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    spent = _cpu_seconds(server.process) - before
    if said.returncode or "Non-2xx" in said.stdout or "Socket errors" in said.stdout:
        raise RuntimeError(f"wrk on {path}: {said.stdout}{said.stderr}")
    return _read(said.stdout, spent)


def _read(report: str, spent: float) -> Load:
    total = re.search(r"(\d+) requests in", report)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", report)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", report)
    if total is None or rate is None or slow is None:
        raise RuntimeError(f"wrk said something else: {report}")
    latency = float(slow[1]) * _UNITS[slow[2]]
    return Load(float(rate[1]), latency, spent / max(1, int(total[1])) * 1e6)


def _cpu_seconds(process: int) -> float:
    """Return user and system time of a process so far, its threads included (proc(5))."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
