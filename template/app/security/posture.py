"""The posture: what each route demands and permits, as data that is reviewed and tested.

The lock files hold it (one for the template's routes, one for the owner's). A change of a route's
posture is a change of its lock file, so that a review sees it (OWASP API9).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .access import Access
from .routes import Route

Posture = Mapping[str, Mapping[str, Any]]
"""By ``METHOD /path``, what ``describe`` says of the route."""


def posture(routes: Iterable[Route]) -> Posture:
    """Return the posture of these routes, sorted by path and method."""
    ordered = sorted(routes, key=lambda route: (route.path, route.method))
    return {f"{route.method} {route.path}": describe(route) for route in ordered}


def describe(route: Route) -> Mapping[str, Any]:
    """Return what a reviewer has to know of a route, as JSON values."""
    return {
        "version": route.version or None,
        "access": route.access.name,
        "limit": limit_class(route.access),
        "body": _body(route),
        "page_limit": route.page_limit,
        "response": _fields(route.response_model),
        "deprecation": _deprecation(route),
    }


def limit_class(access: Access) -> str:
    """Return the rate class that admitted callers of a rule have at least."""
    if access.anonymous:
        return "public"
    return "admin" if access.role == "admin" else "authenticated"


def dump(value: Posture) -> str:
    """Return the text of a lock file."""
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def differences(locked: Posture, current: Posture) -> Iterator[str]:
    """Yield one line a difference: ``+`` a new route, ``-`` a lost one, ``~`` a changed fact."""
    for key in sorted(locked.keys() | current.keys()):
        if key not in locked:
            yield f"+ {key}: {json.dumps(current[key])}"
        elif key not in current:
            yield f"- {key}"
        else:
            before, after = locked[key], current[key]
            for fact in sorted(before.keys() | after.keys()):
                if before.get(fact) != after.get(fact):
                    was, now = json.dumps(before.get(fact)), json.dumps(after.get(fact))
                    yield f"~ {key} {fact}: {was} -> {now}"


def overdue(routes: Iterable[Route]) -> Iterator[str]:
    """Yield a sentence for each route that still answers although its sunset has passed."""
    for route in routes:
        deprecation = route.deprecation
        if deprecation and deprecation.sunset_passed() and not deprecation.enforce_sunset:
            yield (
                f"the sunset of {route.method} {route.path} has passed: "
                "remove it, or set enforce_sunset"
            )


def _body(route: Route) -> Mapping[str, Any] | None:
    if not route.body.media_types:
        return None
    return {
        "media_types": sorted(route.body.media_types),
        "cap": "upload" if route.body.upload else "body",
        "fields": _fields(route.request_model)
        or sorted((*route.body.required, *route.body.optional))
        or None,
    }


def _fields(model: type[Any] | None) -> list[str] | None:
    """Return the paths of all fields of a model, such as ``items[].title``."""
    if model is None:
        return None
    schema = model.model_json_schema(mode="serialization")
    return sorted(_walk(schema, schema.get("$defs", {}), ""))


def _walk(schema: Mapping[str, Any], definitions: Mapping[str, Any], at: str) -> Iterator[str]:
    reference = schema.get("$ref")
    if reference is not None:
        schema = definitions[reference.rsplit("/", 1)[-1]]
    for name, member in schema.get("properties", {}).items():
        here = f"{at}.{name}" if at else name
        yield from _walk(member, definitions, here)
    if "items" in schema:
        yield from _walk(schema["items"], definitions, f"{at}[]")
    elif at and "properties" not in schema:
        yield at


def _deprecation(route: Route) -> Mapping[str, Any] | None:
    if route.deprecation is None:
        return None
    sunset = route.deprecation.sunset
    return {
        "since": route.deprecation.since.isoformat(),
        "successor": route.deprecation.successor,
        "sunset": None if sunset is None else sunset.isoformat(),
        "enforced": route.deprecation.enforce_sunset,
    }
