"""Answers that handlers of both kinds of routes give: files, and answers that do not fit."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from .security.routes import Route
from .storage.uploads import StoredFile


class Download(StreamingResponse):
    """A stored file, answered so that no browser renders it (ASVS 5.0 3.2.1)."""

    def __init__(self, file: StoredFile) -> None:
        super().__init__(
            file.chunks,
            media_type=file.content_type,
            headers={"content-disposition": "attachment", "content-length": str(file.size)},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; the file is not read for HEAD."""
        if scope["method"] == "HEAD":
            self.body_iterator = _nothing()
        await super().__call__(scope, receive, send)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield  # is never reached, and makes this a generator


class UnfitAnswerError(TypeError):
    """A handler's answer does not fit its model; the log learns where, not what was answered.

    Args:
        route: whose handler it was.
        errors: as pydantic lists them.
    """

    def __init__(self, route: Route, errors: Iterable[Mapping[str, Any]]) -> None:
        places = ["/".join(map(str, fault["loc"])) for fault in errors]
        super().__init__(f"{route.method} {route.path} does not fit its model at {places}")
