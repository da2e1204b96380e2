"""Completes the API document: path parameters, credentials and every possible error."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from .security.access import Access
from .security.problems import MEDIA_TYPE
from .security.routes import Route

_ID_MAX: Final = 36
_BEARER: Final = {"type": "http", "scheme": "bearer", "bearerFormat": "at+jwt (RFC 9068)"}
_LENGTHS: Final = {"uuid": _ID_MAX, "date-time": 40, "date": 10, "email": 254}
_INT32_MAX: Final = 2**31 - 1
_INT64_MAX: Final = 2**63 - 1
_REASONS: Final = {
    "400": "The request or its JSON is malformed.",
    "401": "No valid access token.",
    "403": "The caller's role does not allow this.",
    "404": "There is no such object for this caller.",
    "408": "The body did not arrive in time.",
    "409": "The request conflicts with the state of the object.",
    "410": "The route is gone.",
    "413": "The body is too large.",
    "415": "The body has another media type or encoding.",
    "422": "The request is not valid.",
    "429": "Too many requests; see Retry-After.",
    "500": "The service failed.",
    "503": "The service is overloaded or stopping.",
}


def _text(length: int, description: str) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": length, "pattern": "^.+$"}
    return {"schema": schema, "description": description}


_HEADERS: Final = {
    "RateLimit": _text(200, "What is left of the quota."),
    "RateLimit-Policy": _text(200, "The quota."),
    "Access-Control-Allow-Origin": _text(300, "The caller's origin, if it is on the list."),
}
_RETRY_AFTER: Final = {
    "schema": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 86_400},
    "description": "Seconds until one more request fits.",
}
_DEPRECATION: Final = {
    "Deprecation": _text(40, "Since when the route is deprecated (RFC 9745)."),
    "Link": _text(1000, "The route to use instead."),
}
_ANY_TEXT: Final = "^[\\s\\S]*$"
_FORM_FIELD: Final = {"type": "string", "minLength": 1, "maxLength": 4096, "pattern": _ANY_TEXT}
# Other fields are ignored, as RFC 6749 section 3.2 demands; only the body's cap bounds them.
_OTHER_FIELDS: Final = {"type": "string", "maxLength": 1_048_576, "pattern": _ANY_TEXT}
# PostgreSQL keeps no NUL, hence no string with one is taken.
_NO_NUL: Final = "^[^\\u0000]*$"
_SAYS_WHAT: Final = frozenset({"pattern", "format", "enum", "const"})
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
                    "pointer": {"type": "string", "maxLength": 1000, "format": "json-pointer"},
                    "detail": {"type": "string", "maxLength": 1000, "pattern": "^.+$"},
                },
            },
        },
    },
}


def complete(
    document: dict[str, Any], routes: Sequence[Route], *, upload_bytes: int
) -> dict[str, Any]:
    """Return the document with what only the edge and the route table know.

    Args:
        document: as a framework's models and handlers say it; it is changed in place.
        routes: every declared route.
        upload_bytes: how long an uploaded file may be.
    """
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    components["responses"] = {status: _problem(status) for status in _REASONS}
    components["securitySchemes"] = {_scheme(route.access): _BEARER for route in routes}
    for route in routes:
        _complete(document["paths"][route.path][route.method.lower()], route)
    _bound(document, {"binary": upload_bytes, **_LENGTHS})
    return document


def _problem(status: str) -> dict[str, Any]:
    headers = _HEADERS | ({"Retry-After": _RETRY_AFTER} if status in {"429", "503"} else {})
    return {
        "description": _REASONS[status],
        "headers": headers,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _scheme(access: Access) -> str:
    """Return the name of the credentials that a rule demands: one for each role."""
    return "bearer" if access.role is None else f"bearer_{access.role}"


def _complete(operation: dict[str, Any], route: Route) -> None:
    operation["security"] = [] if route.access.anonymous else [{_scheme(route.access): []}]
    operation["x-access"] = route.access.name
    _add_parameters(operation, route)
    _add_body(operation, route)
    extra = _HEADERS | ({} if route.deprecation is None else _DEPRECATION)
    responses = operation["responses"]
    responses.pop("422", None)
    for response in responses.values():
        if route.response_model is None:
            response.get("content", {}).pop("application/json", None)
        response.setdefault("headers", {}).update(extra)
    for status in _errors(route):
        responses[status] = {"$ref": f"#/components/responses/{status}"}


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
    if "requestBody" in operation or not route.body.media_types:
        return
    schema = {"type": "string", "format": "binary"} if route.body.upload else _form(route)
    content = {kind: {"schema": schema} for kind in sorted(route.body.media_types)}
    operation["requestBody"] = {"required": True, "content": content}


def _form(route: Route) -> dict[str, Any]:
    names = (*route.body.required, *route.body.optional)
    fields = {name: dict(_FORM_FIELD) for name in names}
    return {
        "type": "object",
        "required": list(route.body.required),
        "properties": fields,
        "additionalProperties": _OTHER_FIELDS,
        "maxProperties": 32,
    }


def _errors(route: Route) -> Iterator[str]:
    yield from map(str, route.errors)
    yield from ("400", "429", "500", "503")
    yield from _access_errors(route.access)
    if route.body.media_types:
        yield from ("408", "413", "415")
    if route.deprecation is not None and route.deprecation.enforce_sunset:
        yield "410"
    if route.request_model is not None or route.page_limit is not None:
        yield "422"


def _access_errors(access: Access) -> Iterator[str]:
    if not access.anonymous:
        yield "401"
    if access.role is not None:
        yield "403"
    if access.model is not None:
        yield "404"


def _bound(part: Any, lengths: Mapping[str, int]) -> None:  # noqa: ANN401 - any part of a document
    """State the bounds that types and formats imply, which no reader can know (API4)."""
    if isinstance(part, list):
        for member in part:
            _bound(member, lengths)
    if not isinstance(part, dict):
        return
    if part.get("default", ...) is None:
        del part["default"]  # what may be left out and may be null need not say so twice
    if part.get("type") == "string" and part.get("format") in lengths:
        part.setdefault("maxLength", lengths[part["format"]])
    if part.get("type") == "string" and not _SAYS_WHAT & part.keys():
        part["pattern"] = _NO_NUL
    if part.get("type") == "integer":
        wide = part.get("maximum", _INT64_MAX) > _INT32_MAX
        part.setdefault("format", "int64" if wide else "int32")
        part.setdefault("minimum", -_INT64_MAX - 1)
        part.setdefault("maximum", _INT64_MAX)
    for member in part.values():
        _bound(member, lengths)
