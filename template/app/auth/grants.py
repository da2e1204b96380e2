"""The token endpoint: what each grant type asks for and gives (RFC 6749 sections 4.3 and 6)."""

from collections.abc import Mapping

from app.security.forms import required
from app.security.problems import Problem
from app.services import Services

from .schemas import TokenView
from .sign_in import Client


async def grant(services: Services, fields: Mapping[str, str], client: Client) -> TokenView:
    """Return a pair of tokens for the fields of a token request.

    Raises:
        Problem: 400 with the ``error`` of RFC 6749 section 5.2, or a limit's 429.
    """
    match required(fields, "grant_type"):
        case "password":
            username, password = required(fields, "username"), required(fields, "password")
            pair = await services.sign_in.with_password(username, password, client)
        case "refresh_token":
            pair = await services.sessions.refresh(required(fields, "refresh_token"))
        case _:
            raise Problem(
                400, "The grant type is not known.", extensions={"error": "unsupported_grant_type"}
            )
    return TokenView.of(pair)
