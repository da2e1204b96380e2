"""What a judge says, and how one is run: each in an environment of its own, at a fixed version."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

_MINUTES: Final = 10
_UV: Final = Path(sys.executable).with_name("uv")


class Verdict(NamedTuple):
    """The outcome of one judge.

    Attributes:
        judge: who looked at what.
        passed: whether it found nothing.
        summary: a few words for the table.
        output: what it printed, shown when it did not pass.
    """

    judge: str
    passed: bool
    summary: str
    output: str = ""


class Answer(NamedTuple):
    """How a program ended: its exit status, and standard output and error together."""

    status: int
    text: str


def run(*command: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: str = "") -> Answer:
    """Run a program to its end.

    Raises:
        OSError: it is not there.
        subprocess.TimeoutExpired: it took ten minutes.
    """
    done = subprocess.run(  # noqa: S603 - the judges' own command lines
        command,
        cwd=cwd,
        env=env,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=_MINUTES * 60,
        check=False,
    )
    return Answer(done.returncode, done.stdout)


def tool(
    requirement: str, *command: str, cwd: Path, env: Mapping[str, str] | None = None
) -> Answer:
    """Run a published Python program in an environment that holds nothing else.

    Judges pin what they stand on, against each other and against what they judge.
    """
    isolated = (str(_UV), "tool", "run", "--quiet", "--isolated", "--from", requirement)
    return run(*isolated, *command, cwd=cwd, env=env)
