"""The routes of accounts, tokens, sessions and administration."""

from fastapi import Request
from sqlalchemy import select

from app.handlers_fastapi import Caller, CallerId, Loaded, Paging, Session
from app.routing_fastapi import Router
from app.security.access import owner, public, role, user
from app.security.forms import parse_form
from app.security.schemas import Listing, Page
from app.storage.models import AuthSession, User
from app.storage.paging import paginate

from .callers import address_of, client_of, services_of
from .grants import grant
from .schemas import (
    REVOKE_FORM,
    TOKEN_FORM,
    ManagedUserView,
    PasswordChange,
    PasswordResetUse,
    PasswordResetView,
    ProfileChange,
    RegisteredView,
    Registration,
    RevokedView,
    SessionView,
    TokenView,
    UserChange,
    UserView,
)

registration = Router("/v1/auth", tags=["auth"])
auth = Router("/v1/auth", tags=["auth"])
me = Router("/v1/users", tags=["users"])
admin = Router("/v1/admin", tags=["admin"])


@registration.post("/register", access=public, status=201, errors=(409,))
async def register(request: Request, new: Registration) -> RegisteredView:
    """Make an account."""
    accounts = services_of(request).accounts
    made = await accounts.register(new.email, new.password, address_of(request))
    return RegisteredView.of(made)


@auth.post("/token", access=public, body=TOKEN_FORM)
async def issue_token(request: Request) -> TokenView:
    """Sign in, or exchange a refresh token (the wire format of RFC 6749 section 4.3 and 6)."""
    fields = parse_form(await request.body())
    return await grant(services_of(request), fields, client_of(request))


@auth.post("/revoke", access=public, body=REVOKE_FORM)
async def revoke_token(request: Request) -> RevokedView:
    """End the session of a token, known or not (RFC 7009); 400 `invalid_request` without one."""
    fields = parse_form(await request.body())
    await services_of(request).sessions.revoke(fields["token"])
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
    resets = services_of(request).password_resets
    await resets.use(use.token, use.new_password, address_of(request))


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


@admin.post(
    "/users/{user_id}/password-reset", access=role("admin", User), status=201, errors=(409,)
)
async def issue_password_reset(
    request: Request, session: Session, caller: Caller, account: Loaded[User]
) -> PasswordResetView:
    """Issue a reset token; it is shown unless the service has sent it to the account's owner."""
    return await services_of(request).password_resets.issue_as(caller, session, account)
