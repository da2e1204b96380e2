"""What commands have in common: settings or a refusal, and words for what went wrong.

Everything that ends a command says why on stderr and raises ``typer.Exit`` with status 1.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Final, NoReturn, TypeVar

import typer
from alembic.util import CommandError
from pydantic_settings import BaseSettings
from sqlalchemy.exc import SQLAlchemyError

from .project import PROJECT
from .security import logs
from .security.problems import Problem
from .security.routes import UnsafeRouteError
from .services import Services
from .settings import Settings
from .settings_loading import SettingsError, load_settings, unreadable
from .settings_policy import Fault, Serving

ENV_FILE: Final = Path(".env")

T = TypeVar("T")


def own_settings() -> type[BaseSettings]:
    """Return the class of the owner's settings; its module brings the routes with it."""
    try:
        own: type[BaseSettings] = import_module("app.service").ServiceSettings
    except UnsafeRouteError as error:
        _refuse_route(error)
    return own


def check_routes(settings: Settings) -> None:
    """Refuse what the server would fail to make in each of its processes."""
    module, _, name = PROJECT.factory.partition(":")
    try:
        getattr(import_module(module), name)(settings)
    except UnsafeRouteError as error:
        _refuse_route(error)


def require_readable(env_file: Path) -> None:
    """Refuse an ``.env`` that cannot be read, before anything is read from or added to it."""
    fault = unreadable(env_file)
    if fault is not None:
        refuse([fault])


def load(serving: Serving | None = None) -> Settings:
    """Return the settings of ``.env`` and the process environment, and log by them from here on.

    Args:
        serving: how the service is about to be served, when it is.
    """
    try:
        settings = load_settings(ENV_FILE, service=own_settings(), serving=serving)
    except SettingsError as error:
        refuse(error.faults)
    # What a command has to say is on stdout; the server starts its own log there.
    secrets = settings.secrets()
    logs.configure(settings.log.format, secrets=secrets, level="WARNING", stream="stderr")
    return settings


def with_database(work: Callable[[], T]) -> T:
    """Do something with the database, and turn its failures into words without its URL."""
    try:
        return work()
    except SQLAlchemyError as error:
        fail(
            "APP_DATABASE__URL: the database does not answer as it should "
            f"({type(error).__name__}); is its server up, or its folder writable, and are name "
            "and password right?"
        )
    except CommandError as error:
        fail(f"APP_DATABASE__URL: the migrations do not fit the database: {error}")


def run(settings: Settings, work: Callable[[Services], Awaitable[T]]) -> T:
    """Do something with the service's parts, and turn its refusals into words."""

    async def done() -> T:
        services = Services.of(settings)
        try:
            return await work(services)
        finally:
            await services.close()

    try:
        return with_database(lambda: asyncio.run(done()))
    except Problem as problem:
        reasons = [error["detail"] for error in problem.errors] or [problem.detail or "Refused."]
        fail("The password " + "; ".join(reasons) if problem.errors else reasons[0])
    except LookupError as error:
        fail(str(error))


def refuse(faults: Iterable[Fault]) -> NoReturn:
    """End the command with every reason not to start."""
    fail("\n".join((f"{PROJECT.slug} refuses to start:", *(f"  {fault}" for fault in faults))))


def _refuse_route(error: UnsafeRouteError) -> NoReturn:
    refuse([Fault(("app/service.py",), str(error))])


def fail(message: str) -> NoReturn:
    """End the command with a message."""
    typer.echo(message, err=True)
    raise typer.Exit(1)


def say(message: str) -> None:
    """Print a line of the command's result."""
    typer.echo(message)
