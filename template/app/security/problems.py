"""Problem details for HTTP APIs (RFC 9457): one exception, one rendering."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

MEDIA_TYPE: Final = "application/problem+json"

# RFC 9110 renamed these; Python says the old words before 3.13.
_TITLES: Final = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}


class Problem(Exception):  # noqa: N818 - "problem" is RFC 9457's own word
    """An answer other than success; raised anywhere, rendered in one place.

    Args:
        status: the HTTP status code, 400 to 599.
        detail: one sentence for the caller; never a value the caller sent, never internals.
        headers: extra header fields such as ``Retry-After`` or ``WWW-Authenticate``.
        errors: for 422, ``{"pointer": RFC 6901 pointer, "detail": reason}`` per fault.
        close: whether the connection must be closed after the answer.
        extensions: further members of the problem object.
    """

    def __init__(  # noqa: PLR0913 - the members of a problem and its answer
        self,
        status: int,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        close: bool = False,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.headers: Mapping[str, str] = headers or {}
        self.errors = tuple(errors)
        self.close = close
        self.extensions: Mapping[str, Any] = extensions or {}


def render(problem: Problem, request_id: str) -> bytes:
    """Return the JSON bytes of a problem object (RFC 9457 section 3)."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _title(problem.status),
        "status": problem.status,
    }
    if problem.detail is not None:
        body["detail"] = problem.detail
    if problem.errors:
        body["errors"] = [dict(error) for error in problem.errors]
    body.update(problem.extensions)
    body["request_id"] = request_id
    return json.dumps(body, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _title(status: int) -> str:
    try:
        return _TITLES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return "Error"
