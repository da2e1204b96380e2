"""One route of FastAPI with the service's checks in front of it, in the contract's order."""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi.datastructures import Default
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from .answers import UnfitAnswerError
from .handlers_fastapi import Terms, adapt
from .queries import check_query, is_list
from .refusals import from_http, from_validation
from .security.access import Access
from .security.bodies import JSON, NO_BODY, Body, parse_json
from .security.context import caller_of
from .security.declarations import NO_CONTENT, check
from .security.forms import parse_form
from .security.problems import Problem
from .security.routes import Route, object_id
from .security.versioning import Deprecation
from .storage.objects import load

_OK: Final = 200
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}


class SecureRoute(APIRoute):
    """A route of FastAPI that decides access to its object before it reads the body.

    Attributes:
        declared: the route as the table and the posture see it.
    """

    def __init__(  # noqa: PLR0913 - one declaration, one keyword each
        self,
        method: str,
        path: str,
        handler: Callable[..., Awaitable[Any]],
        *,
        access: Access,
        tags: list[str],
        body: Body | None = None,
        status: int | None = None,
        deprecation: Deprecation | None = None,
        produces: tuple[str, ...] = (),
        errors: tuple[int, ...] = (),
    ) -> None:
        upload = body is not None and body.upload
        terms = Terms(access, read_only=method == "GET", upload=upload)
        self._access = access
        self._body = body or NO_BODY
        success = status or _default_status(handler)
        super().__init__(
            path,
            adapt(handler, terms),
            methods=[method],
            status_code=success,
            # Nothing has no media type: FastAPI would call an empty answer JSON.
            response_class=Response if success == NO_CONTENT else Default(JSONResponse),
            tags=[*tags],
            deprecated=deprecation is not None,
        )
        # FastAPI has read the signature by now; the handler below reads these at request time.
        if body is None and self.body_field is not None:
            self._body = JSON
        self._check_object_first = access.model is not None and bool(
            self._body.media_types or self.dependant.query_params
        )
        query = _query_schema(self)
        self._scalars = {name for name, schema in query.items() if not is_list(schema)}
        self.declared = Route(
            method=method,
            path=path,
            access=access,
            app=self.app,
            body=self._body,
            deprecation=deprecation,
            module=handler.__module__,
            request_model=_model(self.body_field),
            response_model=_model(self.response_field),
            page_limit=query.get("limit", {}).get("maximum"),
            errors=errors,
        )
        check(self.declared, status=self.status_code or _OK, produces=produces)
        if produces:
            self.responses[_OK] = {"content": dict.fromkeys(produces, _BINARY)}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler behind the checks that the contract puts before it."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            if self._check_object_first:
                await self._load_object(request)
            try:
                request = await self._accept_body(request)
                check_query(request.scope["query_string"], self._scalars)
                return await handle(request)
            except ClientDisconnect:
                raise Problem(400, "The body broke off.", close=True) from None
            except RequestValidationError as error:
                raise from_validation(error.errors()) from None
            except HTTPException as error:
                raise from_http(error) from None
            except ResponseValidationError as error:
                raise UnfitAnswerError(self.declared, error.errors()) from None

        return answer

    async def _load_object(self, request: Request) -> None:
        """Answer 404 before the body is read; the handler's own transaction loads it again."""
        async with request.app.database.read() as session:
            await load(session, self._access, caller_of(request.scope), object_id(request.scope))

    async def _accept_body(self, request: Request) -> Request:
        if not self._body.media_types:
            return request
        request.state.media_type = self._body.check(request.scope["headers"])
        if self._body.upload:
            return request
        content = await request.body()
        if self._body is JSON:
            return _JsonRequest(request, content, parse_json(content))
        parse_form(content, self._body.required)  # it is a form; the handler reads its fields
        return request


class _JsonRequest(Request):
    """A request whose body is read and parsed already, by a stricter parser than FastAPI's."""

    def __init__(self, request: Request, content: bytes, value: Any) -> None:  # noqa: ANN401 - JSON is any value
        super().__init__(request.scope, request.receive)
        self._content = content
        self._value = value

    async def body(self) -> bytes:
        """Return the bytes that were read."""
        return self._content

    async def json(self) -> Any:  # noqa: ANN401 - JSON is any value
        """Return the value that was parsed."""
        return self._value


def _default_status(handler: Callable[..., Awaitable[Any]]) -> int:
    answer = inspect.signature(handler, eval_str=True).return_annotation
    return NO_CONTENT if answer is None else _OK


def _model(field: Any) -> type[BaseModel] | None:  # noqa: ANN401 - FastAPI keeps the class private
    annotation = getattr(getattr(field, "field_info", None), "annotation", None)
    return (
        annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    )


def _query_schema(route: APIRoute) -> dict[str, dict[str, Any]]:
    """Return the JSON schema of each query parameter by name."""
    schemas: dict[str, dict[str, Any]] = {}
    for field in route.dependant.query_params:
        annotation: Any = Annotated[field.field_info.annotation, field.field_info]
        schema = TypeAdapter(annotation).json_schema()
        schemas |= schema.get("properties", {field.alias: schema})
    return schemas
