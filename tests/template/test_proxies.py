"""The shipped proxy configurations, run by the real Caddy and nginx before an echoing upstream."""

import json
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.conftest import ROOT
from tests.template.servers import free_port

DEPLOY = ROOT / "template" / "deploy"
FORGED = {
    "X-Forwarded-For": "10.0.0.1, 10.0.0.2",
    "X-Forwarded-Proto": "http",
    "X-Real-IP": "10.0.0.3",
    "Forwarded": "for=10.0.0.4",
}


@pytest.fixture
def upstream() -> Iterator[int]:
    """A server that answers every request with the headers it received."""

    class Echo(BaseHTTPRequestHandler):
        server_version = "unwanted-banner"

        def do_GET(self) -> None:
            body = json.dumps({k.lower(): v for k, v in self.headers.items()}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:  # noqa: ANN401 - http.server's signature
            """Keep the test's output to itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def running(command: list[str], folder: Path, env: dict[str, str] | None = None) -> Iterator[None]:
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextmanager
def caddy(folder: Path, upstream: int, clean_environment: dict[str, str]) -> Iterator[int]:
    port = free_port()
    variables = {
        "SITE": f"https://localhost:{port}",
        "UPSTREAM": f"127.0.0.1:{upstream}",
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    with running(command, folder, clean_environment | variables):
        yield port


@contextmanager
def nginx(folder: Path, upstream: int) -> Iterator[int]:
    port = free_port()
    certificate = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
    ]
    certificate += [
        "-nodes",
        "-subj",
        "/CN=localhost",
        "-keyout",
        "privkey.pem",
        "-out",
        "fullchain.pem",
    ]
    subprocess.run(certificate, cwd=folder, check=True, capture_output=True)
    server = (DEPLOY / "nginx.conf").read_text()
    server = server.replace("server 127.0.0.1:8000;", f"server 127.0.0.1:{upstream};")
    server = server.replace("/etc/ssl/api.example.com", str(folder))
    server = server.replace("api.example.com", "localhost")
    server = re.sub(r"listen \[::\]:443.*", "", server).replace(
        "listen 443", f"listen 127.0.0.1:{port}"
    )
    temporary = "".join(
        f"{kind}_temp_path {folder};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "main.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{server}\n}}\n"
    )
    with running(["nginx", "-p", str(folder), "-c", str(folder / "main.conf")], folder):
        yield port


def ask(port: int, headers: dict[str, str], host: str = "localhost") -> tuple[dict[str, str], Any]:
    """Send one request over TLS as soon as the proxy answers; return headers and JSON."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # a certificate made here
    deadline = time.monotonic() + 20
    while True:
        connection = HTTPSConnection("localhost", port, context=context, timeout=10)
        try:
            connection.request("GET", "/", headers={"Host": host, **headers})
            response = connection.getresponse()
            return {k.lower(): v for k, v in response.headers.items()}, json.load(response)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        finally:
            connection.close()


def assert_trustworthy(port: int) -> None:
    answered, received = ask(port, FORGED)
    assert received["x-forwarded-for"] in {"127.0.0.1", "::1"}
    assert received["x-forwarded-proto"] == "https"
    assert "x-real-ip" not in received
    assert "forwarded" not in received
    assert "unwanted-banner" not in answered.get("server", "")
    assert "via" not in answered


def assert_refuses_old_tls(port: int) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    connection = HTTPSConnection("localhost", port, context=context, timeout=10)
    with pytest.raises(ssl.SSLError, match=r"(?i)handshake"):
        connection.request("GET", "/")
    connection.close()


@pytest.mark.skipif(not shutil.which("caddy"), reason="needs Debian's caddy")
def test_caddy_replaces_what_a_caller_forged(
    upstream: int, tmp_path: Path, clean_environment: dict[str, str]
) -> None:
    with caddy(tmp_path, upstream, clean_environment) as port:
        assert_trustworthy(port)
        assert_refuses_old_tls(port)


@pytest.mark.skipif(not shutil.which("nginx"), reason="needs Debian's nginx")
def test_nginx_replaces_what_a_caller_forged(upstream: int, tmp_path: Path) -> None:
    with nginx(tmp_path, upstream) as port:
        assert_trustworthy(port)
        assert_refuses_old_tls(port)
