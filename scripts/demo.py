"""`make demo`: generate a service, talk to it, then audit it and a careless one.

Everything shown is real: each command line is run as printed and each answer came over a socket.
"""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPMessage
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

ROOT: Final = Path(__file__).resolve().parents[1]
SCRATCH: Final = ROOT / ".demo"
PROJECT: Final = SCRATCH / "order-desk"
CARELESS: Final = ROOT / "tests" / "data" / "misconfigured"
COLOUR: Final = sys.stdout.isatty() and "NO_COLOR" not in os.environ
START_SECONDS: Final = 60
BOLD, DIM, ITALIC, GREEN, YELLOW, CYAN = "1", "2", "3", "32", "33", "1;36"
NOTHING: Final = "(none)"
PASSWORD: Final = "seven brown boxes of chalk"  # noqa: S105 - an account that lives for seconds


def say(line: str) -> None:
    """Print a line at once, so that output of commands lands in its place."""
    print(line, flush=True)


def paint(style: str, text: str) -> str:
    """Return ``text`` in an ANSI style, or as it is where nobody would see it."""
    return f"\x1b[{style}m{text}\x1b[0m" if COLOUR else text


def chapter(title: str) -> None:
    """Print a heading."""
    say(f"\n{paint(CYAN, f'── {title} '.ljust(78, '─'))}\n")


def remark(text: str) -> None:
    """Print a sentence about what comes next."""
    say(paint(ITALIC, f"\n{text}"))


def shown(path: Path) -> str:
    """Return ``path`` as someone in the repository would type it."""
    return os.path.relpath(path, ROOT)


def run(*command: str, cwd: Path, quiet: bool = False, accept: tuple[int, ...] = (0,)) -> None:
    """Print a command and run it.

    Args:
        command: what is printed and run; its first word is looked up on PATH.
        cwd: where it runs.
        quiet: show its output only when it fails.
        accept: exit statuses that are as expected.

    Raises:
        SystemExit: the command ended with another status.
    """
    say(paint(DIM, f"{shown(cwd)} $ ") + paint(BOLD, " ".join(command)))
    done = subprocess.run(  # noqa: S603 - the commands are written below
        command, cwd=cwd, env=environment(), check=False, capture_output=quiet, text=True
    )
    if done.returncode not in accept:
        say((done.stdout or "") + (done.stderr or ""))
        raise SystemExit(f"demo: {command[0]} ended with status {done.returncode}")


def environment() -> dict[str, str]:
    """Return the environment of commands: our tools first, no foreign virtual environment."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("APP_", "VIRTUAL_ENV"))}
    inherited["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{inherited['PATH']}"
    if COLOUR:
        inherited["FORCE_COLOR"] = "1"
    return inherited


@dataclass(frozen=True)
class Request:
    """One request of the conversation.

    Attributes:
        method: the HTTP method.
        path: the request target.
        token: an access token, sent as bearer and never printed.
        data: a JSON body.
        form: a URL-encoded body.
        headers: further header fields, printed.
    """

    method: str
    path: str
    token: str | None = None
    data: Mapping[str, str] | None = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back; ``body`` is the decoded JSON object, empty when there was none."""

    status: int
    reason: str
    headers: HTTPMessage
    body: Mapping[str, Any]


class Client:
    """Talks to the service on one loopback port."""

    def __init__(self, port: int) -> None:
        self._port = port

    def send(self, request: Request) -> Answer:
        """Send ``request`` over a connection of its own, silently."""
        headers, body = dict(request.headers), None
        if request.token:
            headers["Authorization"] = f"Bearer {request.token}"
        if request.data is not None:
            headers["Content-Type"], body = "application/json", json.dumps(request.data)
        if request.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(request.form)
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=10)) as connection:
            connection.request(request.method, request.path, body, headers)
            response = connection.getresponse()
            content = response.read()
        answer = json.loads(content) if content else {}
        return Answer(response.status, response.reason, response.headers, answer)

    def show(self, request: Request, *headers: str) -> Answer:
        """Send ``request`` and print it with its answer and the named answer ``headers``."""
        answer = self.send(request)
        fields = "  ".join(f"{name}: {value}" for name, value in request.headers.items())
        say(f"{paint(BOLD, f'{request.method} {request.path}')}  {paint(DIM, fields)}")
        style = GREEN if answer.status < HTTPStatus.BAD_REQUEST else YELLOW
        say(f"  {paint(style, f'{answer.status} {answer.reason}')}  {excerpt(answer.body)}")
        for name in headers:
            say(f"  {paint(DIM, f'{name}: {answer.headers.get(name, NOTHING)}')}")
        return answer


def excerpt(body: Mapping[str, Any]) -> str:
    """Return a JSON object in one line, with tokens shortened and less of what repeats."""
    shown = {k: v for k, v in body.items() if k not in {"type", "request_id"}}
    short = {k: f"{v[:8]}…" if k.endswith("_token") else v for k, v in shown.items()}
    return json.dumps(short, ensure_ascii=False)


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def service(port: int) -> Iterator[Client]:
    """Run the generated service until the block ends; its log goes to a file beside the project."""
    command = ["uv", "run", "order-desk", "dev", "--port", str(port)]
    say(paint(DIM, f"{shown(PROJECT)} $ ") + paint(BOLD, " ".join(command) + " &"))
    log = SCRATCH / "service.log"
    with log.open("w") as sink:
        process = subprocess.Popen(  # noqa: S603 - the command above
            command,
            cwd=PROJECT,
            env=environment(),
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
        try:
            yield wait_until_ready(port, process, log)
        finally:
            process.terminate()  # uv hands it on
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise


def wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> Client:
    """Poll ``/readyz`` until it answers 200.

    Raises:
        SystemExit: the service ended, or did not answer within a minute; its log is shown.
    """
    client = Client(port)
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if client.send(Request("GET", "/readyz")).status == HTTPStatus.OK:
                return client
        except (OSError, HTTPException):
            time.sleep(0.1)
    say(log.read_text())
    raise SystemExit("demo: the service did not start")


def sign_in(send: Callable[[Request], Answer], email: str) -> str:
    """Register an account, sign in, and return its access token."""
    send(Request("POST", "/v1/auth/register", data={"email": email, "password": PASSWORD}))
    form = {"grant_type": "password", "username": email, "password": PASSWORD}
    token: str = send(Request("POST", "/v1/auth/token", form=form)).body["access_token"]
    return token


def conversation(client: Client) -> None:
    """Show what the service does for its users and to everybody else."""
    say(paint(DIM, "Problem answers also carry type and request_id, left out here for width."))
    ada = sign_in(client.show, "ada@example.com")
    chalk = {"title": "Chalk", "description": "Seven boxes, brown."}
    item = client.show(Request("POST", "/v1/items", ada, data=chalk)).body
    path = f"/v1/items/{item['id']}"

    remark("Another user asks for the same item: for him it does not exist.")
    mallory = sign_in(client.send, "mallory@example.com")
    client.show(Request("GET", path, mallory))

    remark("Nobody in particular asks; and someone tries a field that is not his to set.")
    client.show(Request("GET", path), "WWW-Authenticate")
    client.show(Request("PATCH", "/v1/users/me", mallory, data={"role": "admin"}))

    remark("A web page of another origin asks whether it may call.")
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    client.show(Request("OPTIONS", "/v1/items", headers=preflight), "Access-Control-Allow-Origin")

    remark("Someone guesses Ada's password, as fast as he can.")
    guess_until_refused(client)

    remark("The headers of every answer, errors included.")
    for name, value in client.send(Request("GET", "/v1/nothing-here")).headers.items():
        say(f"  {paint(DIM, f'{name}: {value}')}")


def guess_until_refused(client: Client) -> None:
    """Send wrong passwords until the answer is 429, and show that one.

    Raises:
        SystemExit: the limit never came.
    """
    form = {"grant_type": "password", "username": "ada@example.com", "password": "hunter2"}
    guess = Request("POST", "/v1/auth/token", form=form)
    for count in range(50):
        if client.send(guess).status == HTTPStatus.TOO_MANY_REQUESTS:
            say(paint(DIM, f"  ({count} guesses are answered 400 invalid_grant, then)"))
            client.show(guess, "Retry-After", "RateLimit")
            return
    raise SystemExit("demo: nobody stopped the guessing")


def main() -> None:
    """Run the demonstration from an empty scratch folder."""
    began = time.monotonic()
    shutil.rmtree(SCRATCH, ignore_errors=True)
    SCRATCH.mkdir()

    chapter("1  Generate a service. No --trust: the template runs no code")
    run(
        *("copier", "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD"),
        *("--data", "project_name=Order Desk", ".", shown(PROJECT)),
        cwd=ROOT,
        quiet=True,
    )
    chapter("2  One command: dependencies, secrets, database, server")
    run("uv", "sync", "--quiet", cwd=PROJECT)
    with service(free_port()) as client:
        say(paint(DIM, (SCRATCH / "service.log").read_text().splitlines()[0]))
        mode = stat.filemode((PROJECT / ".env").stat().st_mode)
        say(paint(DIM, f"The mode of .env is {mode}; git ignores it."))
        chapter("3  Requests and answers")
        conversation(client)
    chapter("4  Audit it: secaudit computes the settings the service will have")
    run("secaudit", "config", ".", cwd=PROJECT)
    chapter("5  Audit a careless service")
    run("secaudit", "config", ".", cwd=CARELESS, accept=(1,))
    say(f"\nDone in {time.monotonic() - began:.0f} s. The service stays in {shown(PROJECT)}.")


if __name__ == "__main__":
    main()
