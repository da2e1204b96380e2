"""What a handler may ask for by an annotation, beside its input: caller, object, session, file.

They are filled in after the input is valid and without FastAPI's dependency solver, which would
cost a fifth of the throughput for each.
"""

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from functools import update_wrapper
from typing import Annotated, Any, Final, TypeVar, get_args
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from .security.access import Access
from .security.context import Principal, caller_of
from .security.routes import UnsafeRouteError, object_id
from .security.schemas import NumberedPageQuery, PageQuery
from .storage.objects import load
from .storage.uploads import IncomingFile, Uploads


class Provision(Enum):
    """What this module can fill in."""

    CALLER = auto()
    CALLER_ID = auto()
    SESSION = auto()
    LOADED = auto()
    FILE = auto()
    UPLOADS = auto()


T = TypeVar("T")

Caller = Annotated[Principal, Provision.CALLER]
"""The caller."""
CallerId = Annotated[UUID, Provision.CALLER_ID]
"""The caller's user id."""
Session = Annotated[AsyncSession, Provision.SESSION]
"""A transaction: it commits when the handler returns and rolls back when it raises."""
Loaded = Annotated[T, Provision.LOADED]
"""The object that the path names, admitted by the route's access rule."""
File = Annotated[IncomingFile, Provision.FILE]
"""The file in the body of an upload route."""
Files = Annotated[Uploads, Provision.UPLOADS]
"""The store of users' files."""
Paging = Annotated[PageQuery, Query()]
"""``limit`` and ``cursor``."""
NumberedPaging = Annotated[NumberedPageQuery, Query()]
"""``page`` and ``limit``, for deprecated versions."""

_REQUEST: Final = "request_of_the_handler"
_WITH_CALLER: Final = {Provision.CALLER, Provision.CALLER_ID, Provision.LOADED}
_WITH_SESSION: Final = {Provision.SESSION, Provision.LOADED}

Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a handler runs.

    Attributes:
        access: the route's rule.
        read_only: the transaction needs no write lock.
        upload: the body is read by the handler, so that no transaction may stay open.
    """

    access: Access
    read_only: bool
    upload: bool


def adapt(handler: Handler, terms: Terms) -> Handler:
    """Return the handler as FastAPI shall see it: without the parameters that are filled in here.

    Raises:
        UnsafeRouteError: the handler asks for what its route cannot give.
    """
    if not inspect.iscoroutinefunction(handler):
        raise UnsafeRouteError(f"{handler.__qualname__} must be an async function")
    signature = inspect.signature(handler, eval_str=True)
    provided = {
        name: provision
        for name, parameter in signature.parameters.items()
        if (provision := _provision(parameter.annotation)) is not None
    }
    _check(handler, set(provided.values()), terms)
    _check_models(handler, signature, terms)
    if not provided:
        return handler
    needs_session = not _WITH_SESSION.isdisjoint(provided.values())

    # FastAPI fills in one parameter of this type: the handler's own, or one that it never sees.
    own = next((n for n, p in signature.parameters.items() if p.annotation is Request), None)

    async def call(**values: Any) -> Any:  # noqa: ANN401 - whatever the handler returns
        request = values.pop(_REQUEST) if own is None else values[own]
        supply = _Supply(request, terms)
        if not needs_session:
            return await handler(**values, **await supply.values(provided, None))
        async with supply.transaction() as session:
            filled = await supply.values(provided, session)
            if not terms.upload:
                return await handler(**values, **filled)
        return await handler(**values, **filled)

    kept = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in signature.parameters.items()
        if name not in provided
    ]
    if own is None:
        kept.append(inspect.Parameter(_REQUEST, inspect.Parameter.KEYWORD_ONLY, annotation=Request))
    update_wrapper(call, handler)
    call.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]  # what inspect.signature reads
    return call


def _provision(annotation: Any) -> Provision | None:  # noqa: ANN401 - annotations are any value
    return next((mark for mark in get_args(annotation)[1:] if isinstance(mark, Provision)), None)


def _check(handler: Handler, asked: set[Provision], terms: Terms) -> None:
    name, rule = handler.__qualname__, terms.access
    if terms.access.anonymous and not _WITH_CALLER.isdisjoint(asked):
        raise UnsafeRouteError(f"{name} asks for the caller of a {rule.name!r} route")
    if Provision.LOADED in asked and rule.model is None:
        raise UnsafeRouteError(f"{name} asks for an object that {rule.name!r} does not load")
    if rule.model is not None and Provision.LOADED not in asked:
        raise UnsafeRouteError(
            f"{name} must take the object that {rule.name!r} admits: Loaded[...]"
        )
    if Provision.SESSION in asked and terms.upload:
        raise UnsafeRouteError(f"{name} would hold a transaction while a file arrives")
    if Provision.FILE in asked and not terms.upload:
        raise UnsafeRouteError(f"{name} asks for a file, but its body is no upload")


def _check_models(handler: Handler, signature: inspect.Signature, terms: Terms) -> None:
    for parameter in signature.parameters.values():
        if _provision(parameter.annotation) is Provision.LOADED:
            model = get_args(parameter.annotation)[0]
            if model is not terms.access.model:
                raise UnsafeRouteError(
                    f"{handler.__qualname__} asks for a {model.__name__}, "
                    f"but {terms.access.name!r} loads another model"
                )


@dataclass(frozen=True, slots=True)
class _Supply:
    """Fills in what a handler asked for, for one request."""

    request: Request
    terms: Terms

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        database = self.request.app.database
        async with database.read() if self.terms.read_only else database.write() as session:
            yield session

    def value(self, provision: Provision) -> Any:  # noqa: ANN401 - one type for each provision
        match provision:
            case Provision.CALLER:
                return caller_of(self.request.scope)
            case Provision.CALLER_ID:
                return UUID(caller_of(self.request.scope).user_id)
            case Provision.UPLOADS:
                return self.request.app.uploads
            case Provision.FILE:
                return IncomingFile(self.request.state.media_type, self.request.stream())
        raise LookupError(provision)

    async def values(
        self, provided: Mapping[str, Provision], session: AsyncSession | None
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, provision in provided.items():
            if provision is Provision.SESSION:
                values[name] = session
            elif provision is Provision.LOADED and session is not None:
                values[name] = await self._load(session)
            else:
                values[name] = self.value(provision)
        return values

    async def _load(self, session: AsyncSession) -> Any:  # noqa: ANN401 - an instance of the rule's model
        return await load(
            session,
            self.terms.access,
            caller_of(self.request.scope),
            object_id(self.request.scope),
            for_update=not self.terms.read_only,
        )
