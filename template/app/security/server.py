"""Runs the service on uvicorn: the hardened protocol, TLS, workers, and a graceful end."""

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import uvicorn
from uvicorn.supervisors import ChangeReload, Multiprocess

from . import logs
from .protocol import HardenedProtocol
from .server_policy import BoundedConfig, ServerPolicy
from .tls import Tls

_FAILED: Final = 3


class HardenedConfig(BoundedConfig):
    """uvicorn's configuration with everything that the environment could change pinned.

    Args:
        app: the import string of a factory, ``app.main_fastapi:create_app``.
        policy: the bounds of a connection.
        options: host, port, workers, reload and TLS files, as uvicorn names them.
    """

    def __init__(self, app: Any, policy: ServerPolicy, **options: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(
            app,
            policy,
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
    watch: Path | None = None,
    tls: Tls | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; running requests are then given ``grace_seconds`` to finish.

    Args:
        app: the import string of an application factory.
        policy: the bounds of a connection.
        host: the address to listen on.
        port: the port to listen on.
        workers: the number of processes; ``WEB_CONCURRENCY`` has no effect.
        watch: a folder; when a module in it changes, the server starts again (development).
        tls: the service's own end of TLS; None when a proxy ends it.

    Raises:
        SystemExit: the service did not start.
    """
    options: dict[str, Any] = {"host": host, "port": port, "workers": workers}
    if watch is not None:
        # Left to itself, uvicorn looks at every module of the virtual environment as well.
        options |= {"reload": True, "reload_dirs": [str(watch)]}
    if tls is not None:
        options |= {
            "ssl_certfile": str(tls.certificate),
            "ssl_context_factory": tls.for_uvicorn,
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
