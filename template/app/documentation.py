"""The API document and a page that shows it: no script, nothing from elsewhere."""

import json
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Final

from .security.access import public
from .security.routes import Receive, Route, Scope, Send

Document = Mapping[str, Any]

_STYLE: Final = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
summary { cursor: pointer; padding: .4rem 0; border-bottom: 1px solid #8884; }
summary code { font-weight: 600; }
.method { display: inline-block; min-width: 4.5rem; }
.access { float: right; opacity: .7; font-size: .9rem; }
summary::after { content: ""; display: block; clear: both; }
.deprecated code { text-decoration: line-through; }
table { border-collapse: collapse; margin: .5rem 0 1rem; display: block; overflow-x: auto; }
td, th { text-align: left; vertical-align: top; padding: .15rem 1.5rem .15rem 0; }
"""


def documentation(document: Callable[[], Document]) -> list[Route]:
    """Return the routes ``/openapi.json``, ``/docs`` and the page's style sheet.

    Args:
        document: returns the OpenAPI document.
    """

    def page() -> bytes:
        return "".join(_page(document())).encode()

    return [
        _asset("/openapi.json", "application/json", lambda: json.dumps(document()).encode()),
        _asset("/docs", "text/html; charset=utf-8", page),
        _asset("/docs/style.css", "text/css; charset=utf-8", _STYLE.encode),
    ]


def _asset(path: str, media_type: str, content: Callable[[], bytes]) -> Route:
    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        body = content()
        headers = [
            (b"content-type", media_type.encode("ascii")),
            (b"content-length", b"%d" % len(body)),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return Route(method="GET", path=path, access=public, app=answer, module=__name__)


def _page(document: Document) -> Iterator[str]:
    title = escape(document["info"]["title"])
    yield "<!doctype html><html lang=en><meta charset=utf-8>"
    yield "<meta name=viewport content='width=device-width, initial-scale=1'>"
    yield f"<title>{title}</title><link rel=stylesheet href=/docs/style.css><h1>{title}</h1>"
    yield "<p><a href=/openapi.json>openapi.json</a></p>"
    for path, operations in sorted(document["paths"].items()):
        for method, operation in sorted(operations.items()):
            yield from _operation(path, method, operation)
    yield "<h2>Models</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f"<h3 id='{escape(name)}'>{escape(name)}</h3>"
        yield from _fields(schema)


def _operation(path: str, method: str, operation: Document) -> Iterator[str]:
    css = " class=deprecated" if operation.get("deprecated") else ""
    yield f"<details><summary{css}><span class=method>{method.upper()}</span>"
    yield f"<code>{escape(path)}</code>"
    yield f"<span class=access>{escape(operation['x-access'])}</span></summary>"
    yield f"<p>{escape(operation.get('description', ''))}</p><table>"
    for parameter in operation.get("parameters", ()):
        kind = _type(parameter["schema"])
        yield f"<tr><td>{parameter['in']}<td><code>{escape(parameter['name'])}</code><td>{kind}"
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<tr><td>body<td>{escape(media_type)}<td>{_type(body['schema'])}"
    refused = [status for status, answer in operation["responses"].items() if "$ref" in answer]
    for status, answer in operation["responses"].items():
        if status not in refused:
            kinds = [_type(body.get("schema", {})) for body in answer.get("content", {}).values()]
            yield f"<tr><td>answer<td>{status}<td>{', '.join(dict.fromkeys(kinds)) or '-'}"
    yield f"<tr><td>refusals<td>{' '.join(sorted(refused))}<td><a href='#Problem'>Problem</a>"
    yield "</table></details>"


def _fields(schema: Document) -> Iterator[str]:
    yield "<table>"
    for name, member in schema.get("properties", {}).items():
        required = "required" if name in schema.get("required", ()) else ""
        yield f"<tr><td><code>{escape(name)}</code><td>{_type(member)}<td>{required}"
    yield "</table>"


def _type(schema: Document) -> str:
    """Return a schema in a few words, as HTML."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f"<a href='#{name}'>{name}</a>"
    if "anyOf" in schema:
        return " or ".join(_type(member) for member in schema["anyOf"])
    words = str(schema.get("format") or schema.get("type", "any"))
    if "items" in schema:
        return f"list of {_type(schema['items'])}"
    bounds = ("minLength", "maxLength", "minimum", "maximum", "enum")
    said = [f"{bound} {schema[bound]}" for bound in bounds if bound in schema]
    return escape(", ".join([words, *said]))
