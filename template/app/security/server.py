"""Runs the service on uvicorn: the hardened protocol, TLS, workers, and a graceful end."""

import asyncio
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import uvicorn
from uvicorn.supervisors import ChangeReload, Multiprocess

from . import logs
from .protocol import HardenedProtocol

# Mozilla's "intermediate" without finite-field Diffie-Hellman: forward secrecy and AEAD only.
_TLS12_CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
_TLS_GROUPS: Final = "X25519:prime256v1:secp384r1"
_FAILED: Final = 3


@dataclass(frozen=True, slots=True)
class ServerPolicy:
    """The bounds of a connection.

    Attributes:
        head_seconds: how long a request head may take to arrive.
        body_seconds: how long the rest of a body may take that nobody reads.
        idle_seconds: how long a connection may be idle between requests.
        head_bytes: how large a request head may be.
        hsts_seconds: as in the edge's policy, for the answers that the server gives itself.
        grace_seconds: how long running requests may take after the signal to stop.
        log_format: ``json`` or ``console``.
        secrets: values that no log line may hold.
    """

    head_seconds: float = 10.0
    body_seconds: float = 30.0
    idle_seconds: int = 30
    head_bytes: int = 32_768
    hsts_seconds: int = 31_536_000
    grace_seconds: int = 30
    log_format: logs.LogFormat = "json"
    secrets: tuple[str, ...] = field(default=(), repr=False)


class HardenedConfig(uvicorn.Config):
    """uvicorn's configuration with everything that the environment could change pinned.

    Args:
        app: the import string of a factory, ``app.main_fastapi:create_app``.
        policy: the bounds of a connection.
        options: host, port, workers, reload and TLS files, as uvicorn names them.
    """

    def __init__(self, app: Any, policy: ServerPolicy, **options: Any) -> None:  # noqa: ANN401 - handed on
        self.policy = policy
        super().__init__(
            app,
            http=HardenedProtocol,
            ws="none",
            loop="auto",
            lifespan="on",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # the edge resolves proxies; uvicorn would trust 127.0.0.1
            forwarded_allow_ips=[],
            server_header=False,
            timeout_keep_alive=policy.idle_seconds,
            timeout_graceful_shutdown=policy.grace_seconds,
            **options,
        )

    def configure_logging(self) -> None:
        """Log as the service does; uvicorn calls this in every process it starts."""
        super().configure_logging()
        logs.configure(self.policy.log_format, secrets=self.policy.secrets)

    def get_loop_factory(self) -> Callable[[], asyncio.AbstractEventLoop]:
        """Give TLS handshakes the time of a head; uvicorn leaves them the event loop's minute."""
        make = super().get_loop_factory() or asyncio.new_event_loop

        def make_loop() -> asyncio.AbstractEventLoop:
            loop = make()
            if self.is_ssl:
                loop.create_server = partial(  # type: ignore[method-assign] # the one way in
                    loop.create_server, ssl_handshake_timeout=self.policy.head_seconds
                )
            return loop

        return make_loop


def serve(  # noqa: PLR0913 - the command's options
    app: str,
    policy: ServerPolicy,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    reload: bool = False,
    tls_certificate: Path | None = None,
    tls_key: Path | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; running requests are then given ``grace_seconds`` to finish.

    Args:
        app: the import string of an application factory.
        policy: the bounds of a connection.
        host: the address to listen on.
        port: the port to listen on.
        workers: the number of processes; ``WEB_CONCURRENCY`` has no effect.
        reload: start again when a file changes (development).
        tls_certificate: PEM file of the certificate chain.
        tls_key: PEM file of its private key.

    Raises:
        SystemExit: the service did not start.
    """
    options: dict[str, Any] = {"host": host, "port": port, "workers": workers, "reload": reload}
    if tls_certificate is not None:
        options |= {
            "ssl_certfile": str(tls_certificate),
            "ssl_keyfile": None if tls_key is None else str(tls_key),
            "ssl_context_factory": _tls_context,
        }
    config = HardenedConfig(app, policy, factory=True, **options)
    server = uvicorn.Server(config)
    try:
        if config.should_reload:
            ChangeReload(config, target=server.run, sockets=[config.bind_socket()]).run()
        elif workers > 1:
            Multiprocess(config, sockets=[config.bind_socket()]).run()
        else:
            server.run()
            if not server.started:
                sys.exit(_FAILED)
    except KeyboardInterrupt:
        pass  # the operator asked for it; uvicorn has already stopped in order


def tls_context(
    certificate: str, key: str | None, minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
) -> ssl.SSLContext:
    """Return a server context that passes Mozilla's "intermediate", or "modern" from TLS 1.3 on.

    Args:
        certificate: path of the PEM certificate chain.
        key: path of the PEM private key; None when it is in the certificate's file.
        minimum: the oldest protocol version that is spoken.

    Raises:
        OSError: a file is unreadable or not PEM, the key is encrypted or of another certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = minimum
    context.set_ciphers(_TLS12_CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    if hasattr(context, "set_groups"):  # Python 3.15
        context.set_groups(_TLS_GROUPS)
    else:
        context.set_ecdh_curve("prime256v1")  # one group is all that older versions can set
    # An empty passphrase (what `str` returns) opens no key, and keeps OpenSSL from asking for one.
    context.load_cert_chain(certificate, key, password=str)
    return context


def _tls_context(config: uvicorn.Config, _default: object) -> ssl.SSLContext:
    if not isinstance(config.ssl_certfile, str):
        raise TypeError("TLS needs a certificate file")
    key = config.ssl_keyfile
    return tls_context(config.ssl_certfile, None if key is None else str(key))
