"""TLS as the service speaks it itself, seen by real clients."""

import json
import secrets
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.security.server_policy import ServerPolicy
from app.security.tls import Tls
from app.storage.migrate import upgrade

from .commands import serving as command_serving
from .processes import process
from .test_server_process import FACTORY
from .wire import Connection, edge, hello, serving


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
        process(FACTORY, tls=Tls(chain, key)) as (_, port),
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
        ssl_context_factory=Tls(chain, key).for_uvicorn,
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


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_oldest_version_is_an_option_of_the_command(
    certificate: tuple[Path, Path], workers: str
) -> None:
    """Mozilla's "modern": no handshake with TLS 1.2, in whatever process it is made."""
    chain, key = certificate
    variables = {
        "APP_ENVIRONMENT": "test",
        "APP_TOKENS__SIGNING_KEYS": json.dumps([secrets.token_urlsafe(48)]),
    }
    command = ("serve", "--workers", workers, "--tls-minimum", "1.3")
    files = ("--tls-certificate", str(chain), "--tls-key", str(key))
    upgrade("sqlite+aiosqlite:///./data/app.db")
    with command_serving(*command, *files, variables=variables, trust=trusting(chain)) as (_, url):
        client = trusting(chain)
        client.maximum_version = ssl.TLSVersion.TLSv1_2
        for _ in range(4):
            with pytest.raises(httpx2.ConnectError):
                httpx2.get(f"{url}/healthz", verify=client)


@pytest.mark.parametrize("start", [b"", b"\x16\x03\x01\x02\x00\x01\x00"])
def test_a_handshake_that_does_not_end_is_cut_off(
    certificate: tuple[Path, Path], start: bytes
) -> None:
    chain, key = certificate
    with (
        serving(
            edge(hello),
            ServerPolicy(head_seconds=0.5),
            ssl_certfile=str(chain),
            ssl_context_factory=Tls(chain, key).for_uvicorn,
        ) as port,
        Connection(port) as connection,
    ):
        assert connection.send(start).seconds_until_closed(5) < 3
