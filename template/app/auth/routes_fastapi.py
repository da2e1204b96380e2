"""The routes of accounts, tokens, sessions and administration."""

from fastapi import Request
from sqlalchemy import select

from app.handlers_fastapi import Caller, CallerId, Loaded, Paging, Session
from app.routing_fastapi import Router
from app.security.access import owner, public, role, user
from app.security.bodies import form
from app.security.context import context_of
from app.security.forms import parse_form, required
from app.security.problems import Problem
from app.security.schemas import Listing, Page
from app.services import Services
from app.storage.models import AuthSession, User
from app.storage.paging import paginate

from .schemas import (
    ManagedUserView,
    PasswordChange,
    PasswordResetUse,
    ProfileChange,
    RegisteredView,
    Registration,
    RevokedView,
    SessionView,
    TokenView,
    UserChange,
    UserView,
)
from .sign_in import Client

TOKEN_FORM = form("grant_type", optional=("username", "password", "refresh_token"))

registration = Router("/v1/auth", tags=["auth"])
auth = Router("/v1/auth", tags=["auth"])
me = Router("/v1/users", tags=["users"])
admin = Router("/v1/admin", tags=["admin"])


def services_of(request: Request) -> Services:
    """Return the parts of the service that a request is served by."""
    services: Services = request.app.state.services
    return services


def address_of(request: Request) -> str:
    """Return the caller's address, as the edge resolved it."""
    return context_of(request.scope).client


def client_of(request: Request) -> Client:
    """Return who is at the other end, as the edge and the request itself say."""
    address = address_of(request)
    agent = request.headers.get("user-agent", "an unknown client")
    name = "".join(char for char in agent if char.isascii() and char.isprintable())
    return Client(address, f"{name[:120]} from {address}")


@registration.post("/register", access=public, status=201, errors=(409,))
async def register(request: Request, new: Registration) -> RegisteredView:
    """Make an account."""
    accounts = services_of(request).accounts
    made = await accounts.register(new.email, new.password, address_of(request))
    return RegisteredView.of(made)


@auth.post("/token", access=public, body=TOKEN_FORM)
async def issue_token(request: Request) -> TokenView:
    """Sign in, or exchange a refresh token (the wire format of RFC 6749 section 4.3 and 6)."""
    services, fields = services_of(request), parse_form(await request.body())
    match required(fields, "grant_type"):
        case "password":
            username, password = required(fields, "username"), required(fields, "password")
            pair = await services.sign_in.with_password(username, password, client_of(request))
        case "refresh_token":
            pair = await services.sessions.refresh(required(fields, "refresh_token"))
        case _:
            raise Problem(
                400, "The grant type is not known.", extensions={"error": "unsupported_grant_type"}
            )
    return TokenView.of(pair)


@auth.post("/revoke", access=public, body=form("token"))
async def revoke_token(request: Request) -> RevokedView:
    """End the session of a token; the answer is the same for one that is not known (RFC 7009)."""
    fields = parse_form(await request.body())
    await services_of(request).sessions.revoke(required(fields, "token"))
    return RevokedView()


@auth.get("/sessions", access=user)
async def list_sessions(
    request: Request, session: Session, caller: CallerId
) -> Listing[SessionView]:
    """List one's own sessions."""
    found = await services_of(request).sessions.list(session, caller)
    return Listing[SessionView](items=[SessionView.of(item) for item in found])


@auth.delete("/sessions", access=user)
async def end_sessions(request: Request, session: Session, caller: CallerId) -> None:
    """End all of one's own sessions, this one included."""
    await services_of(request).sessions.end_all(session, caller)


@auth.delete("/sessions/{session_id}", access=owner(AuthSession, "user_id"))
async def end_session(request: Request, session: Session, ended: Loaded[AuthSession]) -> None:
    """End one of one's own sessions."""
    await services_of(request).sessions.end(session, ended)


@auth.post("/password", access=user, status=204, errors=(403,))
async def change_password(request: Request, caller: Caller, change: PasswordChange) -> None:
    """Set a new password; all other sessions end."""
    changes = services_of(request).password_changes
    await changes.change(caller, change.current_password, change.new_password)


@auth.post("/password/reset", access=public, status=204)
async def reset_password(request: Request, use: PasswordResetUse) -> None:
    """Set a new password with a reset token; all sessions end."""
    changes = services_of(request).password_changes
    await changes.reset(use.token, use.new_password, address_of(request))


@me.get("/me", access=user)
async def read_me(session: Session, caller: CallerId) -> UserView:
    """Read one's own account."""
    return UserView.of(await session.get_one(User, caller))


@me.patch("/me", access=user)
async def change_me(session: Session, caller: CallerId, change: ProfileChange) -> UserView:
    """Change one's own profile."""
    account = await session.get_one(User, caller)
    if "display_name" in change.model_fields_set:
        account.display_name = change.display_name
    return UserView.of(account)


@me.delete("/me", access=user, errors=(409,))
async def delete_me(request: Request, session: Session, caller: CallerId) -> None:
    """Delete one's own account and everything that belongs to it."""
    account = await session.get_one(User, caller, with_for_update=True)
    await services_of(request).accounts.delete(session, account)


@admin.get("/users", access=role("admin"))
async def list_users(session: Session, page: Paging) -> Page[ManagedUserView]:
    """List all accounts, the newest first."""
    return await paginate(session, select(User), page, Page[ManagedUserView])


@admin.patch("/users/{user_id}", access=role("admin", User), errors=(409,))
async def change_user(
    request: Request, session: Session, account: Loaded[User], change: UserChange
) -> ManagedUserView:
    """Change an account's role, or whether it is active."""
    accounts = services_of(request).accounts
    await accounts.change(session, account, role=change.role, active=change.active)
    return ManagedUserView.of(account)


@admin.delete("/users/{user_id}", access=role("admin", User), errors=(409,))
async def delete_user(request: Request, session: Session, account: Loaded[User]) -> None:
    """Delete an account and everything that belongs to it."""
    await services_of(request).accounts.delete(session, account)
