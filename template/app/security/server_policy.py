"""The bounds of a connection, and the configuration that carries them to the protocol."""

from dataclasses import dataclass, field
from typing import Any

import uvicorn

from .logs import LogFormat


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
    log_format: LogFormat = "json"
    secrets: tuple[str, ...] = field(default=(), repr=False)


class BoundedConfig(uvicorn.Config):
    """uvicorn's configuration, and what its protocol has to keep.

    Attributes:
        policy: the bounds of every connection.
    """

    def __init__(self, app: Any, policy: ServerPolicy, **options: Any) -> None:  # noqa: ANN401 - handed on
        self.policy = policy
        super().__init__(app, **options)
