"""The service that is judged: generated from the working tree and run as its owner would."""

import http.client
import json
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

ROOT: Final = Path(__file__).resolve().parents[2]
PASSWORD: Final = "seven brown boxes of chalk"  # noqa: S105 - accounts that live for minutes
_START_SECONDS: Final = 60
BIN: Final = Path(sys.executable).parent
_SOURCES: Final = count(1)
_FORM: Final = "application/x-www-form-urlencoded"

_DEFECT: Final = '''\
"""A defect, to see what a caller learns of it."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Handler = Callable[..., Awaitable[None]]


class Defect:
    """Raises what no handler expects, on one path."""

    def __init__(self, app: Handler) -> None:
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve all other paths."""
        if scope.get("path") == "/v1/broken":
            raise RuntimeError("postgresql://admin:hunter2@db/orders is gone")
        await self._app(scope, receive, send)
'''


class Reply(NamedTuple):
    """A status and a body."""

    status: int
    body: bytes


class Service(NamedTuple):
    """A running service: where it listens, its variables, and who vouches for its certificate."""

    host: str
    port: int
    env: Mapping[str, str]
    authority: Path | None = None

    @property
    def url(self) -> str:
        """The start of every URL of the service."""
        return f"{'https' if self.authority else 'http'}://{self.host}:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        source: str | None = None,
    ) -> Reply:
        """Send one request, from an address that has sent none before unless it is given."""
        number = next(_SOURCES)
        address = (source or f"127.8.{number >> 8}.{number & 255}", 0)
        if self.authority is None:
            connection = http.client.HTTPConnection(self.host, self.port, source_address=address)
        else:
            trust = ssl.create_default_context(cafile=self.authority)
            connection = http.client.HTTPSConnection(
                self.host, self.port, source_address=address, context=trust
            )
        connection.request(method, path, body or None, dict(headers or {}))
        answer = connection.getresponse()
        reply = Reply(answer.status, answer.read())
        connection.close()
        return reply

    def token(self, name: str, *, register: bool = True) -> str:
        """Return an access token of ``name``, who is registered first.

        Raises:
            RuntimeError: the service refused.
        """
        account = {"email": f"{name}@example.org", "password": PASSWORD}
        if register:
            kind = {"Content-Type": "application/json"}
            self._expect(201, self.ask("POST", "/v1/auth/register", json.dumps(account), kind))
        form = {"grant_type": "password", "username": account["email"], "password": PASSWORD}
        reply = self.ask("POST", "/v1/auth/token", urlencode(form), {"Content-Type": _FORM})
        self._expect(200, reply)
        return str(json.loads(reply.body)["access_token"])

    def _expect(self, status: int, reply: Reply) -> None:
        if reply.status != status:
            raise RuntimeError(f"{status} expected, not {reply.status}: {reply.body.decode()}")


def generate(folder: Path, framework: str) -> Path:
    """Copy the template and install the project.

    Raises:
        subprocess.CalledProcessError: Copier or uv failed.
    """
    project = folder / f"order-desk-{framework}"
    copy = (str(BIN / "copier"), "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD")
    data = ("--data", "project_name=Order Desk", "--data", f"framework={framework}")
    _check(*copy, *data, str(ROOT), str(project), cwd=folder)
    _check(str(BIN / "uv"), "sync", "--quiet", "--all-groups", cwd=project)
    return project


def plant_defect(project: Path, folder: Path) -> Path:
    """Return a copy of the project that raises on ``/v1/broken``, below the security edge."""
    copy = _copy(project, folder / f"{project.name}-with-defect")
    (copy / "app" / "defect.py").write_text(_DEFECT)
    before, after = "MIDDLEWARE: Sequence[Middleware] = ()", "(Middleware(Defect),)"
    service = copy / "app" / "service.py"
    _replace(service, before, f"from .defect import Defect\n{before.replace('()', after)}")
    return copy


def plant_missing_owner_check(project: Path, folder: Path) -> Path:
    """Return a copy of the project in which every user may touch every object (OWASP API1)."""
    copy = _copy(project, folder / f"{project.name}-without-owner-check")
    check = "if not access.permits(principal, found):"
    _replace(copy / "app" / "storage" / "objects.py", check, "if False:")
    return copy


def _copy(project: Path, target: Path) -> Path:
    shutil.copytree(project, target, symlinks=True, ignore=shutil.ignore_patterns("data", ".env"))
    return target


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    if old not in text:
        raise ValueError(f"{path.name} no longer contains {old!r}")
    path.write_text(text.replace(old, new, 1))


def command(project: Path, *words: str, env: Mapping[str, str], stdin: str = "") -> None:
    """Run the project's own command.

    Raises:
        subprocess.CalledProcessError: it refused.
    """
    _check(*_program(project), *words, cwd=project, env={**_outside(), **env}, stdin=stdin)


@contextmanager
def serving(
    project: Path,
    settings: Mapping[str, str],
    *,
    certificate: "Certificate | None" = None,
    options: tuple[str, ...] = (),
) -> Iterator[Service]:
    """Migrate and serve, with a key of its own and a fresh database.

    Args:
        project: an installed project, or a copy of one.
        settings: variables beside the key and the database.
        certificate: serve TLS with it.
        options: further ones of ``serve``.

    Raises:
        RuntimeError: it does not listen within a minute.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    env = {
        "APP_TOKENS__SIGNING_KEYS": json.dumps([secrets.token_urlsafe(48)]),
        "APP_DATABASE__URL": f"sqlite+aiosqlite:///{project}/data/{port}.db",
        **settings,
    }
    command(project, "migrate", env=env)
    words = [*_program(project), "serve", "--port", str(port), *options]
    if certificate is not None:
        words += ["--tls-certificate", str(certificate.chain), "--tls-key", str(certificate.key)]
    with (project / f"{port}.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - the service's own command
            words, cwd=project, env={**_outside(), **env}, stdout=log, stderr=log
        )
    try:
        _wait(process, port, Path(log.name))
        host = "127.0.0.1" if certificate is None else "localhost"
        yield Service(host, port, env, certificate and certificate.authority)
    finally:
        process.terminate()
        process.wait()


def create_admin(project: Path, service: Service) -> str:
    """Make an administrator by the service's command and return an access token of theirs."""
    words = ("create-admin", "admin@example.org", "--password-stdin")
    command(project, *words, env=service.env, stdin=PASSWORD + "\n")
    return service.token("admin", register=False)


class Certificate(NamedTuple):
    """PEM files: a certificate for ``localhost``, its key, and who vouches for it."""

    chain: Path
    key: Path
    authority: Path


def issue_certificate(folder: Path) -> Certificate:
    """Make an authority of our own and let it issue a certificate (P-256 keys)."""
    made = Certificate(*(folder / name for name in ("leaf.pem", "leaf.key", "ca.pem")))
    new = ("openssl", "req", "-x509", "-nodes", "-days", "30", "-newkey", "ec")
    curve = ("-pkeyopt", "ec_paramgen_curve:prime256v1")
    ca_key = str(folder / "ca.key")
    _check(
        *new,
        *curve,
        *("-subj", "/CN=Judges", "-keyout", ca_key, "-out", str(made.authority)),
        *("-addext", "keyUsage=critical,keyCertSign"),
        cwd=folder,
    )
    _check(
        *new,
        *curve,
        *("-CA", str(made.authority), "-CAkey", ca_key),
        *("-subj", "/CN=localhost", "-keyout", str(made.key), "-out", str(made.chain)),
        *("-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE"),
        *(
            "-addext",
            "keyUsage=critical,digitalSignature",
            "-addext",
            "extendedKeyUsage=serverAuth",
        ),
        cwd=folder,
    )
    return made


def _program(project: Path) -> tuple[str, ...]:
    python = project / ".venv" / "bin" / "python"
    return (str(python), "-c", "from app.cli import main; main()")


def _outside() -> dict[str, str]:
    unwanted = ("APP_", "PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}


def _check(*words: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: str = "") -> None:
    done = subprocess.run(  # noqa: S603 - the commands above
        words,
        cwd=cwd,
        env=_outside() if env is None else dict(env),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed: {done.stdout}{done.stderr}")


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the service does not listen: {log.read_text()[-600:]}")
