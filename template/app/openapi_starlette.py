"""Describes declared routes as OpenAPI; ``openapi.complete`` adds what the edge and table know.

A generator of our own: spectree and its like describe routes by decorators that also validate,
which would be a second, laxer way in; the declarations hold everything that has to be said.
"""

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from .route_starlette import SecureRoute

Described = tuple[SecureRoute, Sequence[str]]
"""A route and its tags."""

_REFERENCE: Final = "#/components/schemas/{model}"
_BINARY: Final = {"type": "string", "format": "binary"}

_Key = tuple[type[BaseModel], JsonSchemaMode]
_References = Mapping[Any, Mapping[str, Any]]


def describe(title: str, routes: Sequence[Described]) -> dict[str, Any]:
    """Return the paths and models of a service as an OpenAPI 3.1 document.

    Args:
        title: the service's name.
        routes: every declared route with its tags.
    """
    keys = dict.fromkeys(key for route, _ in routes for key in _models(route))
    schemas, definitions = models_json_schema(list(keys), ref_template=_REFERENCE)
    references: _References = dict(schemas.items())
    paths: dict[str, dict[str, Any]] = {}
    for route, tags in routes:
        operation = _operation(route, tags, references)
        paths.setdefault(route.declared.path, {})[route.declared.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "0.1.0"},
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {})},
    }


def _models(route: SecureRoute) -> list[_Key]:
    declared = route.declared
    keys: list[_Key] = []
    if declared.request_model is not None:
        keys.append((declared.request_model, "validation"))
    if declared.response_model is not None:
        keys.append((declared.response_model, "serialization"))
    return keys


def _operation(route: SecureRoute, tags: Sequence[str], references: _References) -> dict[str, Any]:
    declared, name = route.declared, route.handler.__name__
    identifier = re.sub(r"\W", "_", f"{name}{declared.path}")
    operation: dict[str, Any] = {
        "tags": list(tags),
        "summary": name.replace("_", " ").title(),
        "operationId": f"{identifier}_{declared.method.lower()}",
        "responses": {str(route.status): _success(route, references)},
    }
    if route.handler.__doc__:
        operation["description"] = inspect.cleandoc(route.handler.__doc__)
    if route.query is not None:
        operation["parameters"] = _parameters(route.query)
    if declared.request_model is not None:
        schema = dict(references[declared.request_model, "validation"])
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    if declared.deprecation is not None:
        operation["deprecated"] = True
    return operation


def _success(route: SecureRoute, references: _References) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Successful Response"}
    model = route.declared.response_model
    if model is not None:
        schema = dict(references[model, "serialization"])
        answer["content"] = {"application/json": {"schema": schema}}
    elif route.produces:
        answer["content"] = {kind: {"schema": dict(_BINARY)} for kind in route.produces}
    return answer


def _parameters(query: type[BaseModel]) -> list[dict[str, Any]]:
    schema = query.model_json_schema(ref_template=_REFERENCE)
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": member}
        for name, member in schema.get("properties", {}).items()
    ]
