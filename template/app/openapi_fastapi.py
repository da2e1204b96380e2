"""Completes FastAPI's API document: path parameters, credentials and every possible error."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from .security.access import Access
from .security.problems import MEDIA_TYPE
from .security.routes import Route

_BEARER: Final = "bearer"
_ID_MAX: Final = 36
_REASONS: Final = {
    "400": "The request or its JSON is malformed.",
    "401": "No valid access token.",
    "403": "The caller's role does not allow this.",
    "404": "There is no such object for this caller.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "415": "The body has another media type or encoding.",
    "422": "The request is not valid.",
    "429": "Too many requests; see Retry-After.",
    "500": "The service failed.",
    "503": "The service is overloaded or stopping.",
}
_LIMIT_HEADERS: Final = {
    name: {"schema": {"type": "string", "maxLength": 200}, "description": text}
    for name, text in {
        "RateLimit": "What is left of the quota.",
        "RateLimit-Policy": "The quota.",
    }.items()
}
_RETRY_AFTER: Final = {
    "Retry-After": {
        "schema": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 86_400},
        "description": "Seconds until one more request fits.",
    }
}
_PROBLEM: Final = {
    "type": "object",
    "description": "A problem object (RFC 9457).",
    "required": ["type", "title", "status", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "maxLength": 200},
        "title": {"type": "string", "maxLength": 100, "pattern": "^.+$"},
        "status": {"type": "integer", "format": "int32", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "maxLength": 1000, "pattern": "^.+$"},
        "request_id": {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9._-]+$"},
        "errors": {
            "type": "array",
            "maxItems": 100,
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "maxLength": 1000, "pattern": "^(/.*)?$"},
                    "detail": {"type": "string", "maxLength": 1000, "pattern": "^.+$"},
                },
            },
        },
    },
}


def complete(document: dict[str, Any], routes: Sequence[Route]) -> dict[str, Any]:
    """Return FastAPI's document with what only the edge and the route table know.

    Args:
        document: as FastAPI wrote it; it is changed in place.
        routes: every declared route.
    """
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    components["securitySchemes"] = {
        _BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "RFC 9068"}
    }
    for route in routes:
        _complete(document["paths"][route.path][route.method.lower()], route)
    _bound(document)
    return document


def _complete(operation: dict[str, Any], route: Route) -> None:
    operation["security"] = [] if route.access.anonymous else [{_BEARER: []}]
    operation["x-access"] = route.access.name
    _add_parameters(operation, route)
    _add_body(operation, route)
    responses = operation["responses"]
    for status, response in responses.items():
        response.setdefault("headers", {}).update(_LIMIT_HEADERS)
        if route.deprecation is not None and not status.startswith(("4", "5")):
            response["headers"] |= {"Deprecation": _text(40), "Link": _text(1000)}
    for status in _errors(route):
        responses[status] = {
            "description": _REASONS[status],
            "headers": _LIMIT_HEADERS | (_RETRY_AFTER if status in {"429", "503"} else {}),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _add_parameters(operation: dict[str, Any], route: Route) -> None:
    declared = {parameter["name"] for parameter in operation.get("parameters", ())}
    missing = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid", "maxLength": _ID_MAX},
        }
        for name in route.parameters
        if name not in declared
    ]
    if missing:
        operation["parameters"] = [*missing, *operation.get("parameters", ())]


def _add_body(operation: dict[str, Any], route: Route) -> None:
    if route.body.upload:
        binary = {"schema": {"type": "string", "format": "binary"}}
        kinds = sorted(route.body.media_types)
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(kinds, binary)}


def _errors(route: Route) -> Iterator[str]:
    yield from ("400", "429", "500", "503")
    yield from _access_errors(route.access)
    if route.body.media_types:
        yield from ("408", "413", "415")
    if route.request_model is not None or route.page_limit is not None:
        yield "422"


def _access_errors(access: Access) -> Iterator[str]:
    if not access.anonymous:
        yield "401"
    if access.role is not None:
        yield "403"
    if access.model is not None:
        yield "404"


def _text(length: int) -> Mapping[str, Any]:
    return {"schema": {"type": "string", "maxLength": length}}


def _bound(part: Any) -> None:  # noqa: ANN401 - any part of a document
    """State the bounds that formats imply, which readers and linters cannot know (API4)."""
    if isinstance(part, list):
        for member in part:
            _bound(member)
    if not isinstance(part, dict):
        return
    implied = {"uuid": _ID_MAX, "date-time": 40, "date": 10, "email": 254}
    if part.get("type") == "string" and part.get("format") in implied:
        part.setdefault("maxLength", implied[part["format"]])
    for member in part.values():
        _bound(member)
