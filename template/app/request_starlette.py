"""The one argument of a handler: what was sent, by whom, about what, and the transaction."""

from types import TracebackType
from typing import Any, Generic, Protocol, Self, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request as HttpRequest
from typing_extensions import TypeVar

from .auth.callers import address_of, client_of, services_of
from .auth.sign_in import Client
from .security.context import Principal, caller_of
from .security.schemas import PageQuery
from .services import Services
from .storage.database import Database
from .storage.uploads import Uploads

BodyT = TypeVar("BodyT", default=None)
ObjectT = TypeVar("ObjectT", default=None)
QueryT = TypeVar("QueryT", default=None)


class Application(Protocol):
    """What requests use of the application that serves them."""

    database: Database
    uploads: Uploads


class Transaction:
    """A transaction for whoever asks: no session is made before that.

    Used with ``async with``: it commits when the block ends and rolls back when it raises.

    Args:
        database: where it takes place.
        write: whether it may write.
    """

    def __init__(self, database: Database, *, write: bool) -> None:
        self._database = database
        self._write = write
        self._session: AsyncSession | None = None

    @property
    def session(self) -> AsyncSession:
        """The session; the transaction begins with its first statement."""
        if self._session is None:
            self._session = self._database.session(write=self._write)
        return self._session

    async def __aenter__(self) -> Self:
        """Begin nothing yet."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Commit or roll back what was begun, and give the connection back."""
        if self._session is None:
            return
        async with self._session as session:
            if kind is None and self._write:
                await session.commit()


class Request(Generic[BodyT, ObjectT, QueryT]):
    """A request that was admitted and validated: ``Request[NewItem]``, ``Request[Changes, Item]``.

    Attributes:
        body: an instance of the route's model; the fields of a form; the file of an upload; None.
        object: the object that the path names, admitted by the route's access rule, or None.
        query: an instance of the route's query model, or None.
        http: Starlette's own request, for header fields and the like.
    """

    __slots__ = ("_transaction", "body", "http", "object", "query")

    def __init__(
        self, http: HttpRequest, body: BodyT, query: QueryT, transaction: Transaction | None
    ) -> None:
        self.http = http
        self.body = body
        self.query = query
        self.object = cast("ObjectT", None)
        self._transaction = transaction

    @property
    def session(self) -> AsyncSession:
        """A transaction: it commits when the handler returns and rolls back when it raises.

        Raises:
            LookupError: the route takes an upload, and no transaction stays open while it arrives.
        """
        if self._transaction is None:
            raise LookupError("a handler would hold a transaction while a file arrives")
        return self._transaction.session

    @property
    def caller(self) -> Principal:
        """The caller.

        Raises:
            LookupError: the route is public.
        """
        return caller_of(self.http.scope)

    @property
    def caller_id(self) -> UUID:
        """The caller's user id."""
        return UUID(self.caller.user_id)

    @property
    def address(self) -> str:
        """The caller's address, as the edge resolved it."""
        return address_of(self.http)

    @property
    def client(self) -> Client:
        """The caller's address and program."""
        return client_of(self.http)

    @property
    def files(self) -> Uploads:
        """The store of users' files."""
        app: Application = self.http.app
        return app.uploads

    @property
    def services(self) -> Services:
        """The parts of the service."""
        return services_of(self.http)


AnyRequest = Request[Any, Any, Any]
PageRequest = Request[None, None, PageQuery]
"""The request of a list that is read page by page."""
