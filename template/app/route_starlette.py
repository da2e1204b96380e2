"""One line of a route table, and what it does for a request, in the contract's order."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .answers import Download, UnfitAnswerError
from .queries import check_query, is_list
from .refusals import from_http, from_validation
from .request_starlette import AnyRequest, Application, Request, Transaction
from .security.access import Access
from .security.bodies import JSON, NO_BODY, Body, parse_json
from .security.context import caller_of
from .security.declarations import NO_CONTENT, check
from .security.forms import parse_form
from .security.problems import Problem
from .security.routes import Route, UnsafeRouteError, object_id
from .security.versioning import Deprecation
from .storage.objects import load
from .storage.uploads import IncomingFile

_OK: Final = 200
_PARAMETERS: Final = 3

Handler = Callable[[AnyRequest], Awaitable[Any]]
Model = type[BaseModel]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecureRoute:
    """A declared route: its facts for the table, and its handler.

    Attributes:
        declared: the route as the table and the posture see it.
        handler: answers an admitted and validated request.
        query: the model of the query, or None.
        status: of a success.
        produces: media types of an answer that is a ``Download``.
    """

    declared: Route
    handler: Handler
    query: Model | None
    status: int
    produces: tuple[str, ...]


def declare(  # noqa: PLR0913 - one declaration, one keyword each
    method: str,
    path: str,
    handler: Handler,
    *,
    access: Access,
    body: Model | Body | None,
    query: Model | None,
    answer: type[Any] | None,
    status: int | None,
    deprecation: Deprecation | None,
    produces: tuple[str, ...],
    errors: tuple[int, ...],
) -> SecureRoute:
    """Return the route of one declaration; see ``routing_starlette`` for the arguments.

    Raises:
        UnsafeRouteError: the declaration cannot be safe, or is not what the handler expects.
    """
    model = None if body is None or isinstance(body, Body) else body
    accepted = body if isinstance(body, Body) else JSON if model else NO_BODY
    shown = None if answer is Download else answer
    success = status or (NO_CONTENT if answer is None else _OK)
    schemas = {} if query is None else query.model_json_schema().get("properties", {})
    _check_handler(handler, access, _kind_of(accepted, model), query, answer)
    endpoint = _Endpoint(
        handler=handler,
        access=access,
        body=accepted,
        model=model,
        query=query,
        lists=frozenset(name for name, schema in schemas.items() if is_list(schema)),
        scalars=frozenset(name for name, schema in schemas.items() if not is_list(schema)),
        answer=shown,
        status=success,
        write=method != "GET",
    )
    declared = Route(
        method=method,
        path=path,
        access=access,
        app=endpoint,
        body=accepted,
        deprecation=deprecation,
        module=handler.__module__,
        request_model=model,
        response_model=shown,
        page_limit=schemas.get("limit", {}).get("maximum"),
        errors=errors,
    )
    endpoint.route = declared
    _check_answer(declared, answer, success, produces)
    return SecureRoute(
        declared=declared, handler=handler, query=query, status=success, produces=produces
    )


def _kind_of(body: Body, model: Model | None) -> type[Any]:
    if body.upload:
        return IncomingFile
    if model is not None:
        return model
    return dict[str, str] if body.media_types else type(None)


def _check_handler(
    handler: Handler,
    access: Access,
    body: type[Any],
    query: Model | None,
    answer: type[Any] | None,
) -> None:
    """Refuse a handler whose annotations contradict its line in the table."""
    name = handler.__qualname__
    if not inspect.iscoroutinefunction(handler):
        raise UnsafeRouteError(f"{name} must be an async function")
    hints = get_type_hints(handler)
    if "return" not in hints:
        raise UnsafeRouteError(f"{name} must say by its return annotation what it answers")
    returned = hints.pop("return")
    if (
        len(hints) != 1
        or (get_origin(*hints.values()) or next(iter(hints.values()))) is not Request
    ):
        raise UnsafeRouteError(f"{name} must take one argument, its request: Request[...]")
    given = get_args(*hints.values())
    wanted = (body, access.model or type(None), query or type(None))
    found = (*given, *(type(None),) * _PARAMETERS)[:_PARAMETERS]
    for what, expected, actual in zip(("body", "object", "query"), wanted, found, strict=True):
        if (actual or type(None)) != expected:
            raise UnsafeRouteError(
                f"{name} expects {_name(actual)} as its {what}, its route gives {_name(expected)}"
            )
    if returned != (answer or type(None)):
        raise UnsafeRouteError(
            f"{name} returns {_name(returned)}, its route answers {_name(answer)}"
        )


def _name(kind: Any) -> str:  # noqa: ANN401 - annotations are any value
    return "None" if kind in {None, type(None)} else getattr(kind, "__name__", str(kind))


def _check_answer(
    route: Route, answer: type[Any] | None, status: int, produces: tuple[str, ...]
) -> None:
    if (answer is Download) is not bool(produces):
        raise UnsafeRouteError(
            f"{route.method} {route.path}: answer=Download and produces=(...) go together"
        )
    if answer is not None and not _is_class(answer):
        raise UnsafeRouteError(
            f"{route.method} {route.path} must answer a model, not {_name(answer)}"
        )
    check(route, status=status, produces=produces)


def _is_class(answer: Any) -> bool:  # noqa: ANN401 - annotations are any value
    return (
        isinstance(answer, type)
        and get_origin(answer) is None
        and issubclass(answer, (BaseModel, Download))
    )


@dataclass(slots=True, kw_only=True)
class _Endpoint:
    """Answers the requests of one route, as an ASGI application below the table."""

    handler: Handler
    access: Access
    body: Body
    model: Model | None
    query: Model | None
    lists: frozenset[str]
    scalars: frozenset[str]
    answer: type[Any] | None
    status: int
    write: bool
    route: Route = field(init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; every refusal is a ``Problem``."""
        http = HttpRequest(scope, receive)
        try:
            response = await self._answer(http)
        except ClientDisconnect:
            raise Problem(400, "The body broke off.", close=True) from None
        except HTTPException as error:
            raise from_http(error) from None
        await response(scope, receive, send)

    async def _answer(self, http: HttpRequest) -> Response:
        app: Application = http.app
        loads = self.access.model is not None
        found = None
        if loads and (self.body.media_types or self.query is not None):
            # A stranger's id is 404 before the body is read; the transaction loads it again.
            async with app.database.read() as session:
                found = await load(session, self.access, *_named(http.scope))
        body, query = await self._input(http)
        if self.body.upload:
            request: AnyRequest = Request(http, body, query, None)
            request.object = found
            return self._response(await self.handler(request))
        async with Transaction(app.database, write=self.write) as transaction:
            request = Request(http, body, query, transaction)
            if loads:
                request.object = await load(
                    transaction.session, self.access, *_named(http.scope), for_update=self.write
                )
            answer = await self.handler(request)
        return self._response(answer)

    async def _input(self, http: HttpRequest) -> tuple[Any, Any]:
        body = await self._body(http)
        check_query(http.scope["query_string"], self.scalars)
        faults: list[Any] = []
        query = _validated(self.query, "query", self._parameters(http), faults)
        if self.model is not None:
            body = _validated(self.model, "body", body, faults)
        if faults:
            raise from_validation(faults)
        return body, query

    async def _body(self, http: HttpRequest) -> Any:  # noqa: ANN401 - JSON is any value
        if not self.body.media_types:
            return None
        media_type = self.body.check(http.scope["headers"])
        if self.body.upload:
            return IncomingFile(media_type, http.stream())
        content = await http.body()
        if self.model is None:
            return parse_form(content, self.body.required)
        return parse_json(content)

    def _parameters(self, http: HttpRequest) -> Mapping[str, Any] | None:
        if self.query is None:
            return None
        sent = QueryParams(http.scope["query_string"])
        return {name: sent.getlist(name) if name in self.lists else sent[name] for name in sent}

    def _response(self, answer: Any) -> Response:  # noqa: ANN401 - whatever the handler returned
        if self.answer is None:
            return answer if isinstance(answer, Download) else Response(status_code=self.status)
        try:
            view = self.answer.model_validate(answer)
        except ValidationError as error:
            raise UnfitAnswerError(self.route, error.errors(include_input=False)) from None
        content = self.answer.__pydantic_serializer__.to_json(view, by_alias=True)
        return Response(content, self.status, media_type="application/json")


def _named(scope: Scope) -> tuple[Any, str]:
    return caller_of(scope), object_id(scope)


def _validated(model: Model | None, place: str, value: Any, faults: list[Any]) -> Any:  # noqa: ANN401 - JSON is any value
    """Return an instance of the model, or None and the faults added to the others."""
    if model is None:
        return None
    try:
        # Only the message for what is no object depends on ``from_attributes``: JSON has none.
        return model.model_validate(value, from_attributes=True)
    except ValidationError as error:
        faults += [
            {**fault, "loc": (place, *fault["loc"])} for fault in error.errors(include_input=False)
        ]
        return None
