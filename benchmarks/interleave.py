"""Times commands against each other in interleaved rounds, so that a busy machine skews no ratio.

Absolute times mean little on a shared machine; each round runs every command once in random
order, and the figure of a command is the median over rounds of its time divided by that of the
first command in the same round.
"""

import os
import random
import resource
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Timing(NamedTuple):
    """What one command cost: seconds, peak resident MiB, and its ratio to the first command.

    The peak is at least this process's own: the kernel counts what the child was before it
    started its program.
    """

    name: str
    seconds: float
    mebibytes: float
    ratio: float


def interleave(
    commands: Mapping[str, Sequence[str]], *, rounds: int, cwd: str, seed: int = 1
) -> list[Timing]:
    """Run every command ``rounds`` times and return medians in the order given.

    The first command is the yardstick. An exit status above 2 counts as a failed run: auditors
    answer 0, 1 or 2.

    Raises:
        RuntimeError: a command failed.
    """
    shuffle = random.Random(seed)  # noqa: S311 - an order of runs, no secret
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    memory: dict[str, int] = dict.fromkeys(commands, 0)
    for round_number in range(rounds + 1):
        for name in shuffle.sample(list(commands), len(commands)):
            elapsed, peak = _run(name, commands[name], cwd)
            if round_number:  # the first round compiles byte code and fills caches
                seconds[name].append(elapsed)
                memory[name] = max(memory[name], peak)
    yardstick = seconds[next(iter(commands))]
    return [
        Timing(
            name,
            statistics.median(times),
            memory[name] / 1024,
            statistics.median(a / b for a, b in zip(times, yardstick, strict=True)),
        )
        for name, times in seconds.items()
    ]


def table(timings: Sequence[Timing]) -> str:
    """Return the timings as a Markdown table."""
    rows = ["| command | ms | x first | MiB |", "| --- | ---: | ---: | ---: |"]
    rows += [
        f"| {name} | {seconds * 1000:.0f} | {ratio:.2f} | {mebibytes:.0f} |"
        for name, seconds, mebibytes, ratio in timings
    ]
    return "\n".join(rows)


def _run(name: str, command: Sequence[str], cwd: str) -> tuple[float, int]:
    environment = {**os.environ, "NO_COLOR": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - the benchmark's own commands
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None  # noqa: S101 - tells the type checker about PIPE
    with process.stderr as stderr:
        said = stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if not 0 <= process.returncode <= 2:  # noqa: PLR2004 - see the docstring above
        last = said.decode(errors="replace").strip()[-400:]
        raise RuntimeError(f"{name} ended with {process.returncode}: {last}")
    return elapsed, _peak_kibibytes(usage)


def _peak_kibibytes(usage: resource.struct_rusage) -> int:
    """Return the peak resident set in KiB (Linux counts in KiB; see getrusage(2))."""
    return usage.ru_maxrss
