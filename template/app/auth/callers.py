"""What a route of accounts may ask of a request: the service's parts, and who is calling."""

from starlette.requests import HTTPConnection

from app.security.context import context_of
from app.services import Services

from .sign_in import Client


def services_of(request: HTTPConnection) -> Services:
    """Return the parts of the service that a request is served by."""
    services: Services = request.app.state.services
    return services


def address_of(request: HTTPConnection) -> str:
    """Return the caller's address, as the edge resolved it."""
    return context_of(request.scope).client


def client_of(request: HTTPConnection) -> Client:
    """Return who is at the other end, as the edge and the request itself say."""
    address = address_of(request)
    agent = request.headers.get("user-agent", "an unknown client")
    name = "".join(char for char in agent if char.isascii() and char.isprintable())
    return Client(address, f"{name[:120]} from {address}")
