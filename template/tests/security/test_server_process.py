"""The server as a process: TLS, workers, what the environment must not change, and its end."""

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.security.server import ServerPolicy, tls_context

from .processes import ROOT, process
from .wire import Connection, edge, hello, serving, wait_until, with_lifespan

FACTORY = "tests.security.test_server_process:create_app"


async def application(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    if scope["path"] == "/slow":
        await asyncio.sleep(1)
    if scope["path"] == "/process":
        body = b"%d %b %b" % (os.getpid(), scope["scheme"].encode(), scope["client"][0].encode())
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return
    await hello(scope, receive, send)


def create_app() -> Any:  # noqa: ANN401 - an ASGI callable
    return with_lifespan(edge(application, public=None))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    directory = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = directory / "chain.pem", directory / "key.pem"
    chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, secret


def trusting(chain: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(chain))


def test_it_serves_https_with_hsts_and_says_so_to_the_application(
    certificate: tuple[Path, Path],
) -> None:
    chain, key = certificate
    with (
        process(FACTORY, tls_certificate=chain, tls_key=key) as (_, port),
        Connection(port, trusting(chain)) as connection,
    ):
        answer = connection.get("/process")
        assert answer.body.split()[1:] == [b"https", b"127.0.0.1"]
        assert answer["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        refused = connection.send(b"junk\r\n\r\n").answer()
        assert refused.problem["status"] == 400
        assert refused["strict-transport-security"] == answer["strict-transport-security"]
        assert connection.socket.version() == "TLSv1.3"  # type: ignore[attr-defined] # TLS


def test_old_protocols_and_ciphers_without_forward_secrecy_or_aead_are_refused(
    certificate: tuple[Path, Path],
) -> None:
    chain, key = certificate
    with serving(
        edge(hello),
        ssl_certfile=str(chain),
        ssl_context_factory=lambda _config, _default: tls_context(str(chain), str(key)),
    ) as port:
        for weak in ("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256"):
            client = trusting(chain)
            client.maximum_version = ssl.TLSVersion.TLSv1_2
            client.set_ciphers(f"{weak}:@SECLEVEL=0")
            with pytest.raises((ssl.SSLError, ConnectionError)):
                Connection(port, client)
        client = trusting(chain)
        client.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="deprecated"):
            client.minimum_version = ssl.TLSVersion.TLSv1
        with pytest.warns(DeprecationWarning, match="deprecated"):
            client.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            Connection(port, client)
        client = trusting(chain)
        client.maximum_version = ssl.TLSVersion.TLSv1_2
        with Connection(port, client) as connection:
            assert connection.get("/").status == 200


def test_a_context_for_tls_1_3_only_refuses_1_2(certificate: tuple[Path, Path]) -> None:
    chain, key = certificate
    modern = tls_context(str(chain), str(key), ssl.TLSVersion.TLSv1_3)
    with serving(
        edge(hello), ssl_certfile=str(chain), ssl_context_factory=lambda _config, _default: modern
    ) as port:
        client = trusting(chain)
        client.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises((ssl.SSLError, ConnectionError)):
            Connection(port, client)
        with Connection(port, trusting(chain)) as connection:
            assert connection.get("/").status == 200


@pytest.mark.parametrize("start", [b"", b"\x16\x03\x01\x02\x00\x01\x00"])
def test_a_handshake_that_does_not_end_is_cut_off(
    certificate: tuple[Path, Path], start: bytes
) -> None:
    chain, key = certificate
    context = tls_context(str(chain), str(key))
    with (
        serving(
            edge(hello),
            ServerPolicy(head_seconds=0.5),
            ssl_certfile=str(chain),
            ssl_context_factory=lambda _config, _default: context,
        ) as port,
        Connection(port) as connection,
    ):
        assert connection.send(start).seconds_until_closed(5) < 3


def test_the_environment_changes_neither_workers_nor_trust() -> None:
    variables = {"WEB_CONCURRENCY": "3", "FORWARDED_ALLOW_IPS": "*", "UVICORN_PROXY_HEADERS": "1"}
    with process(FACTORY, environment=variables) as (running, port):
        fields = ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"]
        seen = []
        for _ in range(8):
            with Connection(port) as connection:
                seen.append(connection.get("/process", *fields).body)
        assert set(seen) == {b"%d http 127.0.0.1" % running.pid}


def test_requests_under_way_are_answered_when_the_server_is_told_to_stop() -> None:
    with process(FACTORY) as (running, port):
        with Connection(port) as idle, Connection(port) as busy:
            assert idle.get("/").status == 200
            busy.send(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(0.3)
            running.send_signal(signal.SIGTERM)
            answer = busy.answer()
            assert (answer.status, answer.body) == (200, b"hello")
            assert answer["connection"] == "close"
            assert idle.seconds_until_closed(3) < 2
        out, err = running.communicate(timeout=10)
    assert running.returncode in {0, -signal.SIGTERM}
    assert err == ""
    assert all(json.loads(line) for line in out.splitlines())


def test_no_request_is_lost_when_the_server_is_stopped_under_load() -> None:
    """A connection that was accepted and sent a request gets its answer, to the last one."""
    lost: list[str] = []
    served: list[int] = []

    def client(port: int) -> None:
        while True:
            try:
                connection = Connection(port)
            except OSError:
                return  # the server no longer accepts: nothing was lost
            with connection:
                try:
                    connection.socket.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    served.append(connection.answer().status)
                except (AssertionError, OSError) as error:
                    lost.append(repr(error))
                    return

    with process(FACTORY) as (running, port):
        clients = [threading.Thread(target=client, args=(port,)) for _ in range(4)]
        for each in clients:
            each.start()
        time.sleep(0.5)
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=15)
        for each in clients:
            each.join(10)
    assert len(served) > 50
    assert set(served) == {200}
    # a connection in the backlog that the kernel accepted and the server never saw is reset
    assert len(lost) <= len(clients), lost


def test_workers_share_a_port_and_each_of_them_logs_in_json() -> None:
    with process(FACTORY, workers=2) as (running, port):
        wait_until(lambda: len(seen_processes(port)) == 2, 20)
        running.send_signal(signal.SIGTERM)
        out, _ = running.communicate(timeout=15)
    assert {json.loads(line)["level"] for line in out.splitlines()} <= {"info", "warning"}
    assert (
        sum(json.loads(line)["message"].startswith("Started server") for line in out.splitlines())
        == 2
    )


def seen_processes(port: int) -> set[bytes]:
    seen = set()
    for _ in range(10):
        try:
            with Connection(port) as connection:
                seen.add(connection.get("/process").body.split()[0])
        except (AssertionError, OSError):
            break
    return seen


def test_a_port_that_is_taken_is_a_failure_in_one_line() -> None:
    with process(FACTORY) as (_, port):
        program = (
            "from app.security.server import ServerPolicy, serve\n"
            f"serve({FACTORY!r}, ServerPolicy(), port={port})"
        )
        ran = subprocess.run(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
    assert ran.returncode == 3
    assert "Traceback" not in ran.stdout + ran.stderr
    assert any("address already in use" in line for line in ran.stdout.splitlines())
