"""Errors of validators and libraries as problems: where the fault lies, never what was sent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from starlette.exceptions import HTTPException

from .security.bodies import escape_pointer
from .security.problems import Problem

_FAULTS_MAX: Final = 20
_TOKEN_MAX: Final = 100

# pydantic's words for these quote the input or a library; every other text names the rule only.
_QUOTING: Final = {
    "assertion_error": "is not valid",
    "enum": "is not one of the allowed values",
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "literal_error": "is not one of the allowed values",
    "model_attributes_type": "must be an object",
    "value_error": "is not valid",
}


def from_validation(errors: Sequence[Any]) -> Problem:
    """Return the 422 that names each fault by a pointer (RFC 6901) and a reason.

    A fault of the body points into the body, such as ``/title``; a fault elsewhere starts with the
    place, such as ``/query/limit``. The input is never repeated (ASVS 16.5.1).

    Args:
        errors: as pydantic lists them, each ``loc`` starting with ``body`` or ``query``.
    """
    return invalid(_fault(item) for item in errors[:_FAULTS_MAX])


def from_http(error: HTTPException) -> Problem:
    """Return the problem for an exception that a library raised with a status of its own."""
    detail = error.detail if isinstance(error.detail, str) else None
    return Problem(error.status_code, detail, headers=error.headers)


def invalid(faults: Iterable[Mapping[str, str]]) -> Problem:
    """Return a 422 with these faults, each ``{"pointer": ..., "detail": ...}``."""
    return Problem(422, "The request is not valid.", errors=tuple(faults))


def _fault(item: Mapping[str, Any]) -> dict[str, str]:
    place, *tokens = [str(token)[:_TOKEN_MAX] for token in item["loc"]]
    path = tokens if place == "body" else [place, *tokens]
    return {
        "pointer": "".join(f"/{escape_pointer(token)}" for token in path),
        "detail": _reason(str(item["type"]), str(item["msg"])),
    }


def _reason(kind: str, message: str) -> str:
    if kind in _QUOTING:
        return _QUOTING[kind]
    if kind.endswith("_parsing"):
        return f"is not a valid {kind.removesuffix('_parsing').split('_')[0]}"
    return message
